package dev.backstep.http;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/** The moment at which one request leaves this process: it comes once, or never. */
public final class Departure {
  private final BooleanSupplier inTime;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

  private enum State {
    WAITING,
    LEFT,
    CANCELLED
  }

  private Departure(BooleanSupplier inTime) {
    this.inTime = inTime;
  }

  /** It may leave whenever it is ready. */
  public static Departure anytime() {
    return new Departure(() -> true);
  }

  /** It may leave until then, by this clock. */
  public static Departure until(Instant notAfter, Clock clock) {
    return new Departure(() -> !clock.instant().isAfter(notAfter));
  }

  /** Called right before the first byte; false: it must not leave any more. */
  boolean leave() {
    return inTime.getAsBoolean() && state.compareAndSet(State.WAITING, State.LEFT);
  }

  /** It does not leave any more, if it has not left yet. */
  void cancel() {
    state.compareAndSet(State.WAITING, State.CANCELLED);
  }

  /** True when the other side may have seen it, or a part of it. */
  boolean left() {
    return state.get() == State.LEFT;
  }
}
