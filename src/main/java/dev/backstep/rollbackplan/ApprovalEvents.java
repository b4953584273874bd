package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.RollbackPlan;
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
  private InformerEventSource<Approval, RollbackPlan> source;

  EventSource<?, RollbackPlan> eventSource(EventSourceContext<RollbackPlan> context) {
    var configuration =
        InformerEventSourceConfiguration.from(Approval.class, RollbackPlan.class)
            .withName("approvals")
            .withNamespacesInheritedFromController()
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

  /** The Approvals that name this plan. */
  List<Approval> of(RollbackPlan plan) {
    var name = plan.getMetadata().getName();
    return source
        .list(
            plan.getMetadata().getNamespace(),
            approval ->
                approval.getSpec() != null && name.equals(approval.getSpec().targetRef().name()))
        .toList();
  }
}
