package dev.backstep.resource;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;

/**
 * Wakes an object when something that no watch reports has ended: an effect, a measurement, a
 * write. Each kind has a bean of its own, because each has a queue of its own.
 *
 * @param <R> the kind
 */
public class Wakeups<R extends HasMetadata> {
  private final SimpleInboundEventSource<R> source = new SimpleInboundEventSource<>("wakeups");

  /** Where the SDK hears of it. */
  public EventSource<?, R> eventSource() {
    return source;
  }

  /** What wakes this object. */
  public Runnable of(R object) {
    var id = ResourceID.fromResource(object);
    return () -> source.propagateEvent(id);
  }
}
