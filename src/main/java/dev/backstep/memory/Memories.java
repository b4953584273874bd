package dev.backstep.memory;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Forgets objects that are gone. An object whose finalizer was taken off by force is never cleaned
 * up, and the SDK tells no reconciler that it was deleted; so now and then it looks which of those
 * that were worked on still exist.
 */
@ApplicationScoped
public class Memories {
  private static final Duration PACE = Duration.ofMinutes(1);

  private final List<PerObjectState> states;
  private final Clock clock;
  private final Map<Id, Known> seen = new ConcurrentHashMap<>();
  private final AtomicReference<Instant> looked = new AtomicReference<>(Instant.MIN);

  public Memories(@All List<PerObjectState> states, Clock clock) {
    this.states = states;
    this.clock = clock;
  }

  /** What finds an object. */
  private record Id(Class<?> kind, ResourceID name) {}

  /** An object that was worked on. */
  private record Known(String uid, BooleanSupplier exists) {}

  /**
   * An object is worked on, and something will be remembered of it.
   *
   * @param cache has the objects of the kind that there are
   */
  public <R extends HasMetadata> void seen(R object, Function<ResourceID, Optional<R>> cache) {
    var uid = object.getMetadata().getUid();
    var name = ResourceID.fromResource(object);
    BooleanSupplier exists =
        () -> cache.apply(name).filter(it -> uid.equals(it.getMetadata().getUid())).isPresent();
    var before = seen.put(new Id(object.getClass(), name), new Known(uid, exists));
    if (before != null && !before.uid().equals(uid)) {
      // Deleted by force and created again: nobody may go on for the one that is gone.
      forget(before.uid());
    }
    var last = looked.get();
    var now = clock.instant();
    if ((last.equals(Instant.MIN) || !now.isBefore(last.plus(PACE)))
        && looked.compareAndSet(last, now)) {
      sweep();
    }
  }

  private void sweep() {
    seen.values().stream()
        .filter(known -> !known.exists().getAsBoolean())
        .forEach(known -> forget(known.uid()));
  }

  /** Forgets everything about an object. */
  public void forget(String uid) {
    seen.values().removeIf(known -> known.uid().equals(uid));
    states.forEach(state -> state.forget(uid));
  }
}
