package dev.backstep.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StreakTest {
  private static final Instant START = Instant.parse("2026-11-21T14:05:00Z");
  private static final Limits LIMITS = new Limits(3, 3, 4, Duration.ofSeconds(30));
  private static final Reading GREEN = Reading.green("200 OK");
  private static final Reading RED = Reading.red("503");
  private static final Reading ERROR = Reading.error("unknown host");

  private static Streak streak(Reading... readings) {
    var streak = Streak.startedAt(START);
    for (var reading : Arrays.asList(readings)) {
      streak = streak.and(reading, LIMITS);
    }
    return streak;
  }

  @Test
  void nothingMeasuredIsPending() {
    // when
    var streak = streak();

    // then
    assertThat(streak.verdict()).isEqualTo(Verdict.PENDING);
    assertThat(streak.message()).isEqualTo("not measured yet");
  }

  @Test
  void oneGreenTooFewIsPending() {
    // when
    var streak = streak(GREEN, GREEN);

    // then
    assertThat(streak.verdict()).isEqualTo(Verdict.PENDING);
  }

  @Test
  void greensInARowAreHealthy() {
    // when
    var streak = streak(GREEN, GREEN, GREEN);

    // then
    assertThat(streak.verdict()).isEqualTo(Verdict.HEALTHY);
    assertThat(streak.greens()).isEqualTo(3);
  }

  @Test
  void redsInARowAreUnhealthy() {
    // when
    var streak = streak(RED, RED, RED);

    // then
    assertThat(streak.verdict()).isEqualTo(Verdict.UNHEALTHY);
  }

  @Test
  void errorsInARowAreInconclusive() {
    // when
    var streak = streak(ERROR, ERROR, ERROR, ERROR);

    // then
    assertThat(streak.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void anotherColorBeginsTheRowAnew() {
    // when
    var streak = streak(GREEN, GREEN, RED, GREEN, GREEN);

    // then
    assertThat(streak.verdict()).isEqualTo(Verdict.PENDING);
    assertThat(streak.greens()).isEqualTo(2);
    assertThat(streak.reds()).isZero();
  }

  @Test
  void anErrorBetweenRedsBreaksTheRow() {
    // when
    var streak = streak(RED, RED, ERROR, RED);

    // then
    assertThat(streak.verdict()).isEqualTo(Verdict.PENDING);
    assertThat(streak.reds()).isEqualTo(1);
  }

  @Test
  void theVerdictStaysUntilAnotherOneIsReached() {
    // when
    var streak = streak(GREEN, GREEN, GREEN, RED, RED);

    // then
    assertThat(streak.verdict()).isEqualTo(Verdict.HEALTHY);
    assertThat(streak.greens()).isZero();
  }

  @Test
  void aNewVerdictReplacesTheOld() {
    // when
    var streak = streak(GREEN, GREEN, GREEN, RED, RED, RED);

    // then
    assertThat(streak.verdict()).isEqualTo(Verdict.UNHEALTHY);
  }

  @Test
  void theMessageIsThatOfTheLastMeasurement() {
    // when
    var streak = streak(GREEN, RED);

    // then
    assertThat(streak.message()).isEqualTo("503");
    assertThat(streak.since()).isEqualTo(START);
  }

  @Test
  void itRecoversWhenItTurnsHealthyAfterItHadNotBeen() {
    // given
    var first = streak(GREEN, GREEN, GREEN);

    // when
    var recovered = streak(GREEN, GREEN, GREEN, RED, RED, RED, GREEN, GREEN, GREEN);

    // then
    assertThat(first.verdict()).isEqualTo(Verdict.HEALTHY);
    assertThat(first.recoveredAt()).isNull();
    assertThat(recovered.verdict()).isEqualTo(Verdict.HEALTHY);
    assertThat(recovered.recoveredAt()).isEqualTo(recovered.verdictSince());
  }

  private static Streak at(Streak before, Reading reading, int seconds) {
    return before.and(reading, LIMITS, START.plusSeconds(seconds));
  }

  @Test
  void aMeasurementThatIsMissingIsRememberedWhenTheNextOneIsMade() {
    // when
    var steady = at(at(Streak.startedAt(START), GREEN, 10), GREEN, 40);
    var broken = at(steady, GREEN, 71);

    // then
    assertThat(steady.unbrokenSince()).isEqualTo(START);
    assertThat(broken.unbrokenSince()).isEqualTo(START.plusSeconds(71));
    assertThat(steady.missing(LIMITS, START.plusSeconds(70))).isFalse();
    assertThat(steady.missing(LIMITS, START.plusSeconds(71))).isTrue();
  }

  @Test
  void theTimeOfErrorsIsCountedUntilTheNextResult() {
    // given
    var healthy = at(at(at(Streak.startedAt(START), GREEN, 1), GREEN, 2), GREEN, 3);

    // when
    var blind = at(healthy, ERROR, 10);
    var sees = at(blind, GREEN, 25);

    // then
    assertThat(healthy.blindUntil(START.plusSeconds(9))).isZero();
    assertThat(blind.blindUntil(START.plusSeconds(20))).hasSeconds(10);
    assertThat(sees.blindUntil(START.plusSeconds(90))).hasSeconds(15);
  }

  @Test
  void whatWasNotSeenBeforeAVerdictDoesNotCountAfterIt() {
    // given
    var errors = at(at(Streak.startedAt(START), ERROR, 10), ERROR, 20);

    // when
    var healthy = at(at(at(errors, GREEN, 30), GREEN, 40), GREEN, 50);

    // then
    assertThat(healthy.blind()).isZero();
  }

  @Test
  void theLastValueIsKeptWhileNothingCanBeMeasured() {
    // given
    var five = at(Streak.startedAt(START), GREEN.withValue(IntNode.valueOf(5)), 1);

    // then
    assertThat(Streak.startedAt(START).value()).isEqualTo(NullNode.instance);
    assertThat(five.value()).isEqualTo(IntNode.valueOf(5));
    assertThat(at(five, ERROR, 2).value()).isEqualTo(IntNode.valueOf(5));
    assertThat(at(five, GREEN, 2).value()).as("there is none now").isEqualTo(NullNode.instance);
  }

  private static Streak healthy() {
    return at(at(at(Streak.startedAt(START), GREEN, 1), GREEN, 2), GREEN, 3);
  }

  @Test
  void whatIsShownIsAtMostAMinuteOld() {
    // given
    var other = Reading.green("201 Created");

    // then
    assertThat(healthy().shown()).isEqualTo("200 OK");
    assertThat(at(healthy(), other, 62).shown()).as("written a moment ago").isEqualTo("200 OK");
    assertThat(at(healthy(), other, 63).shown()).isEqualTo("201 Created");
  }

  @Test
  void whatIsShownSaysWhatTheVerdictSays() {
    // given
    var ill = at(at(at(healthy(), RED, 70), RED, 71), RED, 72);

    // then
    assertThat(at(healthy(), RED, 70).shown()).as("healthy as before").isEqualTo("200 OK");
    assertThat(ill.shown()).as("at once").isEqualTo("503");
    assertThat(at(ill, GREEN, 140).shown()).isEqualTo("503");
    assertThat(at(ill, ERROR, 140).shown()).isEqualTo("503");
    assertThat(at(ill, Reading.red("504"), 140).shown()).isEqualTo("504");
  }
}
