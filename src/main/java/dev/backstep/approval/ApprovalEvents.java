package dev.backstep.approval;

import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.resource.Pages;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Set;

/**
 * Watches Approvals, wakes the objects that they are for, and answers look-ups from the cache. Each
 * kind has a bean of its own, because each has a queue of its own.
 *
 * @param <R> the kind
 */
public class ApprovalEvents<R extends HasMetadata> {
  private final KubernetesClient client;
  private final Class<R> kind;
  private InformerEventSource<Approval, R> source;

  protected ApprovalEvents(KubernetesClient client, Class<R> kind) {
    this.client = client;
    this.kind = kind;
  }

  /** Where the SDK hears of them. */
  public EventSource<?, R> eventSource(EventSourceContext<R> context) {
    var configuration =
        InformerEventSourceConfiguration.from(Approval.class, kind)
            .withName("approvals")
            .withNamespacesInheritedFromController()
            .withInformerListLimit(Pages.SIZE)
            .withSecondaryToPrimaryMapper(this::asking)
            .build();
    source = new InformerEventSource<>(configuration, context);
    return source;
  }

  private Set<ResourceID> asking(Approval approval) {
    return ofKind(approval)
        ? Set.of(
            new ResourceID(
                approval.getSpec().targetRef().name(), approval.getMetadata().getNamespace()))
        : Set.of();
  }

  private boolean ofKind(Approval approval) {
    return approval.getSpec() != null
        && approval.getSpec().targetRef().kind().name().equals(HasMetadata.getKind(kind));
  }

  /** The Approvals that name this object, as the cache has them. */
  public List<Approval> of(R object) {
    return source
        .list(object.getMetadata().getNamespace(), approval -> names(approval, object))
        .toList();
  }

  /** The Approvals that name this object, asked of the API server: a no may not be in the cache. */
  public List<Approval> live(R object) {
    return client
        .resources(Approval.class)
        .inNamespace(object.getMetadata().getNamespace())
        .list()
        .getItems()
        .stream()
        .filter(approval -> names(approval, object))
        .toList();
  }

  private boolean names(Approval approval, R object) {
    return ofKind(approval)
        && object.getMetadata().getName().equals(approval.getSpec().targetRef().name());
  }
}
