package dev.backstep.api.v1alpha1.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.effect.EffectRecords;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Target;
import dev.backstep.problem.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is the same several times in a row is one entry, and nothing is lost by that. */
class EffectStatusTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final List<String> IMAGES = List.of("bs-img-1");
  private static final EffectResult REFUSED =
      new EffectResult(0, "Deployment web", How.Refused, null, null);

  private static EffectStatus effect(int number, int attempt, String said) {
    var results =
        said == null
            ? List.<EffectResult>of()
            : List.of(new EffectResult(0, "database orders", How.Applied, said, null));
    return EffectStatusBuilder.builder()
        .verb(Intent.Verb.Apply)
        .number(number)
        .attempt(attempt)
        .targets(1)
        .images(IMAGES)
        .endedAt(NOON)
        .results(results)
        .build();
  }

  private static List<EffectStatus> folded(List<EffectStatus> effects) {
    var all = List.<EffectStatus>of();
    for (var effect : effects) {
      all = EffectStatus.and(all, effect);
    }
    return all;
  }

  private static ActionStatus action(List<EffectStatus> effects) {
    return ActionStatus.begun("pause", NOON).withSent(folded(effects));
  }

  @Test
  void whatIsDoneAgainForDaysIsOneEntry() {
    // given
    var effects = new ArrayList<EffectStatus>();
    for (var number = 1; number <= 1_000; number++) {
      effects.add(effect(number, 1, "2 rows"));
    }

    // when
    var action = action(effects);

    // then
    assertThat(action.sent()).hasSize(1);
    assertThat(action.changed()).isEqualTo(1_000);
    assertThat(action.tried()).hasSize(1_000);
    assertThat(action.effects()).isEqualTo(effects);
  }

  @Test
  void soIsWhatIsDoneOnceInEachAttempt() {
    // given
    var effects = List.of(effect(1, 1, null), effect(2, 2, null), effect(3, 3, null));

    // when
    var action = action(effects).withAttempt(3);

    // then
    assertThat(action.sent()).hasSize(1);
    assertThat(action.tried()).containsExactly(effects.get(2));
    assertThat(action.effects()).isEqualTo(effects);
  }

  @Test
  void theLimitsOfAnAttemptCountEachOfThem() {
    // given
    var again = new ArrayList<EffectStatus>();
    for (var number = 1; number <= 3; number++) {
      again.add(effect(number, 1, null).withAgain(true));
    }

    // then
    assertThat(action(again).reapplied()).isEqualTo(3);
  }

  /** Nothing says that what was kept of them is the same. */
  @Test
  void withoutAnImageEachIsAnEntry() {
    // given
    var one = effect(1, 1, null).withImages(List.of());

    // then
    assertThat(folded(List.of(one, one.withNumber(2)))).hasSize(2);
  }

  @Test
  void whatDidNotReachItsTargetsIsAnEntryOfItsOwn() {
    // given
    var refused = effect(1, 1, null).withResults(List.of(REFUSED));

    // when
    var action = action(List.of(refused, refused.withNumber(2), refused.withNumber(3)));

    // then
    assertThat(action.sent()).hasSize(3);
    assertThat(action.conflicts()).isEqualTo(3);
  }

  /** Whatever was sent: exactly that follows from the entries. */
  @Test
  void whatFailsForDaysIsOneEntry() {
    // given
    var target = new Target("Deployment", "web");
    var forbidden = new Outcome.Failed(new Problem("Forbidden", "It may not be patched."));
    var report = new Progress.Report(List.of(new Progress.Result(target, forbidden, null, null)));
    var action = ActionStatus.begun("workers", NOON);

    // when
    for (var number = 1; number <= 1_000; number++) {
      var intent =
          IntentBuilder.builder()
              .verb(Intent.Verb.Apply)
              .effect(number)
              .images(List.of("bs-img-" + number))
              .targets(1)
              .build();
      action = EffectRecords.with(action, intent, NOON.plusSeconds(number), report);
    }

    // then
    assertThat(action.sent()).hasSize(1);
    assertThat(action.sent().get(0).number()).isEqualTo(1_000);
  }

  @Test
  void nothingIsLost() {
    for (var seed = 0; seed < 2_000; seed++) {
      var effects = any(new Random(seed));
      var folded = folded(effects);
      assertThat(folded.stream().flatMap(EffectStatus::each))
          .as("seed %d", seed)
          .isEqualTo(effects);
      assertThat(folded).hasSizeLessThanOrEqualTo(effects.size());
    }
  }

  private static List<EffectStatus> any(Random random) {
    var effects = new ArrayList<EffectStatus>();
    var number = 0;
    var attempt = 1;
    for (var i = 0; i < 12; i++) {
      number += random.nextInt(10) == 0 ? 2 : 1;
      attempt += random.nextInt(3) == 0 ? 1 + random.nextInt(2) : 0;
      var effect = effect(number, attempt, random.nextInt(8) == 0 ? "3 rows" : null);
      effect = random.nextInt(10) == 0 ? effect.withVerb(Intent.Verb.Undo) : effect;
      effects.add(random.nextInt(10) == 0 ? effect.withResults(List.of(REFUSED)) : effect);
    }
    return effects;
  }
}
