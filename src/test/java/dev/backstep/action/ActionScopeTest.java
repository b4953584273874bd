package dev.backstep.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.effect.Target;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an action keeps off. */
class ActionScopeTest {
  private static final Target DATABASE = new Target("database", "orders");

  private static Hold taken(ActionScope scope) {
    return scope.holds(DATABASE, "as it was", "paused");
  }

  private static ActionScope later(Hold... known) {
    var scope = Scopes.of();
    return scope.with().now(scope.now().plusSeconds(3_600)).holds(List.of(known)).build();
  }

  /** So the effect that takes it again is the same one, and shares its image. */
  @Test
  void whatIsHeldAlreadyIsHeldSinceThen() {
    // given
    var first = taken(Scopes.of());

    // when
    var again = taken(later(first));

    // then
    assertThat(again).isEqualTo(first);
  }

  @Test
  void whatIsHeldOtherwiseIsAnotherHold() {
    // given
    var first = Scopes.of().holds(DATABASE, "as it was", "stopped");

    // then
    assertThat(taken(later(first)).since()).isAfter(first.since());
    assertThat(taken(later()).since()).isAfter(first.since());
  }
}
