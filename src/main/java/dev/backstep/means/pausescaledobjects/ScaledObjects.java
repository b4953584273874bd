package dev.backstep.means.pausescaledobjects;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.ActionScope;
import dev.backstep.action.WorkloadTargets;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** The ScaledObjects of KEDA, which not every cluster has. */
@ApplicationScoped
public class ScaledObjects {
  static final String GROUP = "keda.sh";
  static final String RESOURCE = "scaledobjects";

  /** On a ScaledObject: the number of replicas that KEDA keeps. */
  static final String PAUSED_REPLICAS = "autoscaling.keda.sh/paused-replicas";

  /** On a ScaledObject: KEDA leaves the number of replicas as it is. */
  static final String PAUSED = "autoscaling.keda.sh/paused";

  private static final String VERSION = "v1alpha1";
  private static final String KIND = "ScaledObject";

  private static final ResourceDefinitionContext SCALED_OBJECTS =
      new ResourceDefinitionContext.Builder()
          .withGroup(GROUP)
          .withVersion(VERSION)
          .withKind(KIND)
          .withPlural(RESOURCE)
          .withNamespaced(true)
          .build();

  private final KubernetesClient client;
  private final WorkloadTargets workloads;

  public ScaledObjects(KubernetesClient client, WorkloadTargets workloads) {
    this.client = client;
    this.workloads = workloads;
  }

  /** As it is now; empty: there is none of that name. */
  Optional<ScaledObject> find(String name, ActionScope scope) {
    return Optional.ofNullable(
            client
                .genericKubernetesResources(SCALED_OBJECTS)
                .inNamespace(scope.namespace())
                .withName(name)
                .get())
        .map(object -> seen(object, scope));
  }

  private ScaledObject seen(HasMetadata object, ActionScope scope) {
    var json = client.getKubernetesSerialization().convertValue(object, ObjectNode.class);
    return new ScaledObject(
        object, json, ScaledObject.scales(json).flatMap(ref -> workloads.find(ref, scope)));
  }

  /** Why there is none of that name. */
  Problem absent(String name, ActionScope scope) {
    return client.supports("%s/%s".formatted(GROUP, VERSION), KIND)
        ? new Problem(
            "ScaledObjectAbsent",
            "ScaledObject %s does not exist in namespace %s. Create it, or take it out of means %s."
                .formatted(name, scope.namespace(), scope.action()))
        : new Problem(
            "KindAbsent",
            "KEDA is not installed in the cluster, so there is no ScaledObject %s. Install it, or take that out of means %s."
                .formatted(name, scope.action()));
  }

  /** What would keep it from coming back as it was; empty: nothing. */
  Optional<Problem> problem(ScaledObject object, ActionScope scope) {
    var itself =
        object.scaled().stream().flatMap(workload -> workloads.itself(workload, scope)).findFirst();
    return itself.or(() -> pausedWithPods(object));
  }

  private static Optional<Problem> pausedWithPods(ScaledObject object) {
    return object.pausedAsItWas() && object.scalesPods()
        ? Optional.of(
            new Problem(
                "PausedWithPods",
                "Somebody paused ScaledObject %s while %s has pods, and KEDA would not bring their number back. Keep that off by a means of kind scale instead."
                    .formatted(object.name(), object.scaled().orElseThrow().ref())))
        : Optional.empty();
  }
}
