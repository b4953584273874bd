package dev.backstep.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/** Rollouts of Argo Rollouts, whose controller sums up in one word how far they are. */
@ApplicationScoped
public class ArgoRollouts implements WorkloadType<ArgoRollout> {
  private static final String HEALTHY = "Healthy";
  private static final String DEGRADED = "Degraded";

  @Override
  public WorkloadKind kind() {
    return WorkloadKind.Rollout;
  }

  @Override
  public Class<ArgoRollout> type() {
    return ArgoRollout.class;
  }

  @Override
  public String group() {
    return "argoproj.io";
  }

  @Override
  public String resource() {
    return "rollouts";
  }

  @Override
  public Optional<String> partOf() {
    return Optional.of("Argo Rollouts");
  }

  /** One that names a workload has no template of its own. */
  @Override
  public PodTemplateSpec template(ArgoRollout object) {
    var own = object.getSpec().getTemplate();
    return own == null ? new PodTemplateSpecBuilder().withSpec(new PodSpec()).build() : own;
  }

  @Override
  public LabelSelector selector(ArgoRollout object) {
    return object.getSpec().getSelector();
  }

  /** Without a number one pod is wanted. */
  @Override
  public Integer replicas(ArgoRollout object) {
    var wanted = object.getSpec().getReplicas();
    return wanted == null ? Integer.valueOf(1) : wanted;
  }

  @Override
  public Integer historyLimit(ArgoRollout object) {
    return object.getSpec().getRevisionHistoryLimit();
  }

  @Override
  public History history() {
    return new ReplicaSetHistory("rollout.argoproj.io/revision", "rollouts-pod-template-hash");
  }

  @Override
  public Optional<Problem> paused(ArgoRollout object) {
    var metadata = object.getMetadata();
    return Boolean.TRUE.equals(object.getSpec().getPaused())
        ? Optional.of(
            new Problem(
                "TargetPaused",
                "Rollout %s is paused, a change would not be rolled out. Resume it: kubectl -n %s patch rollout %s --type=merge -p '{\"spec\":{\"paused\":false}}'."
                    .formatted(metadata.getName(), metadata.getNamespace(), metadata.getName())))
        : Optional.empty();
  }

  @Override
  public Optional<Problem> fixed(ArgoRollout object) {
    var from = object.getSpec().getWorkloadRef();
    return from == null
        ? Optional.empty()
        : Optional.of(
            new Problem(
                "TemplateElsewhere",
                "Rollout %s takes its pod template from %s %s (spec.workloadRef), so it is changed there. Name that one instead."
                    .formatted(
                        object.getMetadata().getName(), from.get("kind"), from.get("name"))));
  }

  @Override
  public Rollout rollout(ArgoRollout object) {
    if (!seen(object)) {
      return Rollout.UNSEEN;
    }
    var status = object.getStatus();
    var wanted = replicas(object);
    if (HEALTHY.equals(status.getPhase())) {
      return new Rollout(Rollout.State.DONE, "%d of %d pods are ready".formatted(wanted, wanted));
    }
    if (DEGRADED.equals(status.getPhase())) {
      return new Rollout(
          Rollout.State.STUCK,
          "Rollout %s is degraded: %s."
              .formatted(object.getMetadata().getName(), status.getMessage()));
    }
    return new Rollout(Rollout.State.RUNNING, running(object, wanted));
  }

  private static String running(ArgoRollout object, int wanted) {
    var status = object.getStatus();
    return "%s (%s), %d of %d pods are new"
        .formatted(
            status.getPhase(),
            status.getMessage(),
            Rollout.number(status.getUpdatedReplicas()),
            wanted);
  }

  /** The controller writes the generation as text. */
  private static boolean seen(ArgoRollout object) {
    var status = object.getStatus();
    return status != null
        && String.valueOf(object.getMetadata().getGeneration())
            .equals(status.getObservedGeneration());
  }

  /** What is current became what is stable. */
  @Override
  public boolean completed(ArgoRollout object) {
    return seen(object)
        && object.getStatus().getCurrentPodHash() != null
        && Objects.equals(object.getStatus().getCurrentPodHash(), object.getStatus().getStableRS());
  }

  @Override
  public Optional<String> restartedAt(ArgoRollout object) {
    return Optional.ofNullable(object.getSpec().getRestartAt());
  }

  /**
   * Another template would be rolled out step by step. The controller compares the time with its
   * own record of it, which has no fractions of a second.
   */
  @Override
  public Stamp restart(ArgoRollout object, PodTemplates templates, Instant time) {
    var json = JsonNodeFactory.instance;
    return new Stamp(
        "/spec/restartAt",
        restartedAt(object).<JsonNode>map(json::textNode).orElseGet(json::nullNode),
        json.textNode(time.plusMillis(999).truncatedTo(ChronoUnit.SECONDS).toString()));
  }

  @Override
  public void empty(ArgoRollout object) {
    object.setSpec(null);
    object.setStatus(null);
  }
}
