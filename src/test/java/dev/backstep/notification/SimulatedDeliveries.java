package dev.backstep.notification;

import dev.backstep.api.v1alpha1.value.Notification;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import dev.backstep.testing.Outside;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Letters that go to somebody in memory. */
public final class SimulatedDeliveries extends Deliveries {
  private static final int OK = 200;

  private final Outside outside;

  /**
   * @param outside who takes them; null: nobody writes any
   */
  public SimulatedDeliveries(Outside outside) {
    super(null, null);
    this.outside = outside;
  }

  @Override
  List<Problem> problems(Notification to, Author author) {
    return List.of();
  }

  @Override
  Optional<Problem> deliver(Notification to, Author author, String key, String body) {
    try {
      var said =
          outside.ask(
              "http/%s/letter".formatted(to.name()),
              Map.of("Idempotency-Key", key, "body", body),
              () -> true);
      return said.status() == OK
          ? Optional.empty()
          : Optional.of(new Problem("NotTaken", "it answered " + said.status()));
    } catch (IOException e) {
      return Optional.of(new Problem("NoAnswer", "no answer came"));
    }
  }
}
