package dev.backstep.means.pausescaledobjects;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Rollout;
import dev.backstep.cluster.Workload;
import dev.backstep.effect.Target;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * A ScaledObject.
 *
 * @param object as the API server gave it
 * @param json the same as JSON
 * @param scaled the workload that it scales; empty: there is none, or it is of a kind of its own
 */
record ScaledObject(HasMetadata object, ObjectNode json, Optional<Workload> scaled) {
  private static final String KIND = "ScaledObject";

  static Target target(String name) {
    return new Target(KIND, name);
  }

  /** What it scales, as it says; empty: a kind that is no workload. */
  static Optional<WorkloadRef> scales(ObjectNode json) {
    var ref = json.at("/spec/scaleTargetRef");
    return WorkloadRef.of(ref.path("kind").asText("Deployment"), ref.path("name").asText());
  }

  String name() {
    return object.getMetadata().getName();
  }

  /** Somebody paused it at the number of replicas that there was. */
  boolean pausedAsItWas() {
    var annotations = Annotations.of(object);
    return annotations.containsKey(ScaledObjects.PAUSED)
        && !"false".equals(annotations.get(ScaledObjects.PAUSED))
        && !annotations.containsKey(ScaledObjects.PAUSED_REPLICAS);
  }

  /** True while pods of what it scales are wanted. */
  boolean scalesPods() {
    return scaled
        .filter(workload -> workload.replicas() == null || workload.replicas() > 0)
        .isPresent();
  }

  /** What is not yet as it is to be; empty: all is. */
  Optional<String> left() {
    if (!pausedAtZero()) {
      return Optional.of(
          "KEDA has not paused ScaledObject %s yet. Where that lasts, look whether KEDA runs."
              .formatted(name()));
    }
    return scaled
        .filter(workload -> scalesPods() || workload.rollout().state() != Rollout.State.DONE)
        .map(
            workload ->
                "%s, which ScaledObject %s scales, has pods yet: %s."
                    .formatted(workload.ref(), name(), workload.rollout().message()));
  }

  /** As KEDA says: older versions only by the number. */
  private boolean pausedAtZero() {
    var said =
        StreamSupport.stream(json.at("/status/conditions").spliterator(), false)
            .anyMatch(
                condition ->
                    "Paused".equals(condition.path("type").asText())
                        && "True".equals(condition.path("status").asText()));
    var number = json.at("/status/pausedReplicaCount");
    return number.isMissingNode() ? said : number.asInt() == 0;
  }
}
