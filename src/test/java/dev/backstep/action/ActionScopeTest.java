package dev.backstep.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.EffectStatusBuilder;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.effect.Target;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  private static ActionScope after(How how, int attempt) {
    var sent =
        EffectStatusBuilder.builder()
            .verb(Intent.Verb.Apply)
            .number(1)
            .attempt(attempt)
            .targets(1)
            .results(
                how == How.Applied
                    ? List.of()
                    : List.of(new EffectResult(0, "database orders", how, null, null)))
            .build();
    return later().withSent(List.of(sent));
  }

  /** Else each try every minute would keep an image of its own. */
  @ParameterizedTest
  @CsvSource({"Failed,1,true", "NotSent,1,true", "Applied,1,false", "Failed,0,false"})
  void whatFailedIsTriedAgainAsTheSame(How how, int attempt, boolean same) {
    var first = after(how, attempt);
    var again = first.withNow(first.now().plusSeconds(60));

    assertThat(taken(again).equals(taken(first))).isEqualTo(same);
  }

  /** The first try was too early for anything to be kept, such as in a namespace that goes. */
  @Test
  void whatCouldNotBeBegunIsTriedAgainAsTheSame() {
    var began = Scopes.of().now();
    var first = later().withTimedFrom(Optional.of(began));

    assertThat(taken(first).since()).isEqualTo(began);
    assertThat(taken(first.withNow(first.now().plusSeconds(5)))).isEqualTo(taken(first));
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
