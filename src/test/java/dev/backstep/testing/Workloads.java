package dev.backstep.testing;

import dev.backstep.action.WorkloadTargets;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.ArgoRollout;
import dev.backstep.cluster.ArgoRollouts;
import dev.backstep.cluster.DaemonSets;
import dev.backstep.cluster.Deployments;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.StatefulSets;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.cluster.WorkloadTypes;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Workloads of namespace shop as a cache has them. */
public final class Workloads implements WorkloadLookup {
  /** Every kind of workload. */
  public static final WorkloadTypes TYPES =
      new WorkloadTypes(
          List.of(new Deployments(), new StatefulSets(), new DaemonSets(), new ArgoRollouts()));

  private List<Workload> all;
  private boolean withoutArgo;

  private Workloads(List<Workload> all) {
    this.all = all;
  }

  /** These exist, and no others. */
  public static Workloads of(HasMetadata... objects) {
    return new Workloads(List.of()).has(objects);
  }

  /** From now on these exist, and no others. */
  public Workloads has(HasMetadata... objects) {
    all = Arrays.stream(objects).map(Workloads::workload).toList();
    return this;
  }

  /** Argo Rollouts is not installed. */
  public Workloads withoutArgo() {
    withoutArgo = true;
    return this;
  }

  @Override
  public Optional<String> missing(WorkloadKind kind) {
    return withoutArgo ? TYPES.of(kind).partOf() : Optional.empty();
  }

  /** An object of one of the kinds. */
  public static Workload workload(HasMetadata object) {
    return TYPES.workload(object);
  }

  /** What actions on these workloads have in common; they cannot be restarted. */
  public WorkloadTargets targets() {
    return new WorkloadTargets(this, TYPES, null);
  }

  /** What actions on these workloads have in common. */
  public WorkloadTargets targets(KubernetesClient client) {
    return new WorkloadTargets(this, TYPES, new PodTemplates(client));
  }

  @Override
  public Optional<Workload> find(String namespace, WorkloadRef ref) {
    return all.stream()
        .filter(it -> it.object().getMetadata().getNamespace().equals(namespace))
        .filter(it -> it.ref().equals(ref))
        .findFirst();
  }

  @Override
  public Stream<Workload> in(String namespace) {
    return all.stream().filter(it -> it.object().getMetadata().getNamespace().equals(namespace));
  }

  /** One container, which is called app. */
  public static PodTemplateSpec template(String name, String image) {
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .addToLabels("app", name)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("app")
        .withImage(image)
        .endContainer()
        .endSpec()
        .build();
  }

  private static ObjectMeta metadata(String name) {
    return new ObjectMetaBuilder()
        .withNamespace("shop")
        .withName(name)
        .withUid("uid-" + name)
        .withGeneration(7L)
        .withResourceVersion("42")
        .build();
  }

  private static LabelSelector selector(String name) {
    return new LabelSelectorBuilder().addToMatchLabels("app", name).build();
  }

  /** Rolled out, with three pods. */
  public static DeploymentBuilder deployment(String name, String image) {
    return new DeploymentBuilder()
        .withMetadata(metadata(name))
        .withNewSpec()
        .withReplicas(3)
        .withSelector(selector(name))
        .withTemplate(template(name, image))
        .endSpec()
        .withNewStatus()
        .withObservedGeneration(7L)
        .withReplicas(3)
        .withUpdatedReplicas(3)
        .withReadyReplicas(3)
        .withAvailableReplicas(3)
        .endStatus();
  }

  /** Of Argo Rollouts; rolled out, with three pods. */
  public static ArgoRollout rollout(String name, String image) {
    var rollout = new ArgoRollout();
    rollout.setMetadata(metadata(name));
    var spec = new ArgoRollout.Spec();
    spec.setReplicas(3);
    spec.setSelector(selector(name));
    spec.setTemplate(template(name, image));
    rollout.setSpec(spec);
    var status = new ArgoRollout.Status();
    status.setObservedGeneration("7");
    status.setPhase("Healthy");
    status.setCurrentPodHash("abc");
    status.setStableRS("abc");
    status.setUpdatedReplicas(3);
    rollout.setStatus(status);
    return rollout;
  }

  /** Rolled out, with two pods. */
  public static StatefulSetBuilder statefulSet(String name, String image) {
    return new StatefulSetBuilder()
        .withMetadata(metadata(name))
        .withNewSpec()
        .withReplicas(2)
        .withSelector(selector(name))
        .withNewUpdateStrategy()
        .withType("RollingUpdate")
        .endUpdateStrategy()
        .withTemplate(template(name, image))
        .endSpec()
        .withNewStatus()
        .withObservedGeneration(7L)
        .withCurrentRevision("r1")
        .withUpdateRevision("r1")
        .withReplicas(2)
        .withReadyReplicas(2)
        .withAvailableReplicas(2)
        .endStatus();
  }

  /** Rolled out, on one node. */
  public static DaemonSetBuilder daemonSet(String name, String image) {
    return new DaemonSetBuilder()
        .withMetadata(metadata(name))
        .withNewSpec()
        .withSelector(selector(name))
        .withNewUpdateStrategy()
        .withType("RollingUpdate")
        .endUpdateStrategy()
        .withTemplate(template(name, image))
        .endSpec()
        .withNewStatus()
        .withObservedGeneration(7L)
        .withDesiredNumberScheduled(1)
        .withUpdatedNumberScheduled(1)
        .withNumberReady(1)
        .withNumberAvailable(1)
        .endStatus();
  }
}
