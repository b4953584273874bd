package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.RollbackPlan;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;

/** Watches Approvals, wakes the plans they are for, and answers look-ups from the cache. */
@ApplicationScoped
public class ApprovalEvents {
  private final KubernetesClient client;
  private InformerEventSource<Approval, RollbackPlan> source;

  public ApprovalEvents(KubernetesClient client) {
    this.client = client;
  }

  EventSource<?, RollbackPlan> eventSource(EventSourceContext<RollbackPlan> context) {
    var configuration =
        InformerEventSourceConfiguration.from(Approval.class, RollbackPlan.class)
            .withName("approvals")
            .withNamespacesInheritedFromController()
            .withInformerListLimit(RollbackPlanReconciler.PAGE)
            .withSecondaryToPrimaryMapper(ApprovalEvents::plan)
            .build();
    source = new InformerEventSource<>(configuration, context);
    return source;
  }

  private static Set<ResourceID> plan(Approval approval) {
    return approval.getSpec() == null
        ? Set.of()
        : Set.of(
            new ResourceID(
                approval.getSpec().targetRef().name(), approval.getMetadata().getNamespace()));
  }

  /** The Approvals that name this plan, as the cache has them. */
  List<Approval> of(RollbackPlan plan) {
    return source
        .list(plan.getMetadata().getNamespace(), approval -> names(approval, plan))
        .toList();
  }

  /** The Approvals that name this plan, asked of the API server: a no may not be in the cache. */
  List<Approval> live(RollbackPlan plan) {
    return client
        .resources(Approval.class)
        .inNamespace(plan.getMetadata().getNamespace())
        .list()
        .getItems()
        .stream()
        .filter(approval -> names(approval, plan))
        .toList();
  }

  private static boolean names(Approval approval, RollbackPlan plan) {
    return approval.getSpec() != null
        && plan.getMetadata().getName().equals(approval.getSpec().targetRef().name());
  }
}
