package dev.backstep.synccontrol.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.AutoDisableStatus;
import dev.backstep.api.v1alpha1.sync.QueueStatusBuilder;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import dev.backstep.synccontrol.decide.AutoDisabling.Judged;
import dev.backstep.testing.PlanYaml;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * When a rule holds the sync off, told pass by pass. Only the status is remembered between them.
 */
class AutoDisablingTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Judged FLOOD = new Judged(true, false, "size was 5000");
  private static final Judged CALM = new Judged(false, false, "size was 5");
  private static final Judged DRAINED = new Judged(false, true, "size was 5");

  private static final SyncControlSpec SPEC =
      PlanYaml.sync(
          """
          queue: {interval: 30s}
          autoDisable:
          - {name: flood, when: size > 1000, for: 5m, until: size < 10, cooldown: 10m}
          """);

  private SyncControlStatus status = measuredAt(NOON);
  private SyncControlSpec spec = SPEC;

  private static SyncControlStatus measuredAt(Instant at) {
    return SyncControlStatus.NOTHING.withQueue(QueueStatusBuilder.builder().measuredAt(at).build());
  }

  /** A pass after so many seconds; the queue is written with it, as it is while a rule counts. */
  private void pass(long seconds, Map<String, Judged> judged, Map<String, String> letGo) {
    var now = NOON.plusSeconds(seconds);
    var rules = new AutoDisabling(spec, status, judged, letGo, now).next();
    status = status.withAutoDisable(rules).withQueue(status.queue().withMeasuredAt(now));
  }

  private void pass(long seconds, Judged judged) {
    pass(seconds, Map.of("flood", judged), Map.of());
  }

  private void every(long from, long to, Judged judged) {
    for (var at = from; at <= to; at += 30) {
      pass(at, judged);
    }
  }

  private List<SyncHolder> holders() {
    return AutoDisabling.holders(status.autoDisable());
  }

  @Test
  void whatIsTrueForLongEnoughHoldsItOffAndSaysWhy() {
    every(0, 270, FLOOD);
    assertThat(holders()).isEmpty();

    pass(300, FLOOD);
    assertThat(holders())
        .containsExactly(
            new SyncHolder(
                "auto-flood",
                "",
                "autoDisable flood (size was 5000)",
                NOON.plusSeconds(300),
                null));
    assertThat(holders()).allMatch(AutoDisabling::isRule);

    every(330, 900, FLOOD);
    assertThat(holders().get(0).since()).as("it is one hold").isEqualTo(NOON.plusSeconds(300));
  }

  @Test
  void whatIsNotTrueForOnceBeginsAnew() {
    every(0, 270, FLOOD);
    pass(285, CALM);
    every(300, 570, FLOOD);
    assertThat(holders()).isEmpty();

    pass(600, FLOOD);
    assertThat(holders()).hasSize(1);
  }

  @Test
  void itLetsGoByItselfAndRestsBeforeItComesAgain() {
    every(0, 300, FLOOD);
    every(330, 600, CALM);
    assertThat(holders()).as("calm, and not drained").hasSize(1);

    pass(630, DRAINED);
    assertThat(holders()).isEmpty();
    assertThat(status.autoDisable())
        .containsExactly(AutoDisableStatus.named("flood").withReleasedAt(NOON.plusSeconds(630)));

    every(660, 1200, FLOOD);
    assertThat(holders()).as("true for long enough, and cooling down").isEmpty();
    every(1230, 1260, FLOOD);
    assertThat(holders()).hasSize(1);
  }

  @Test
  void withoutUntilOnlyAHumanEndsThisHoldAndNoLaterOne() {
    spec =
        PlanYaml.sync(
            """
            queue: {interval: 30s}
            autoDisable: [{name: flood, when: size > 1000, for: 1m, cooldown: 1m}]
            """);
    every(0, 60, FLOOD);
    every(90, 3600, CALM);
    assertThat(holders()).hasSize(1);

    var word = Map.of("flood", holders().get(0).since().toString());
    pass(3630, Map.of("flood", CALM), Map.of("flood", NOON.toString()));
    assertThat(holders()).as("another hold was meant").hasSize(1);
    pass(3660, Map.of("flood", CALM), word);
    assertThat(holders()).isEmpty();

    for (var at = 3690; at <= 3750; at += 30) {
      pass(at, Map.of("flood", FLOOD), word);
    }
    assertThat(holders()).as("the annotation is still there").hasSize(1);
    pass(3780, Map.of("flood", FLOOD), word);
    assertThat(holders()).hasSize(1);
  }

  @Test
  void aProcessThatDoesNotKnowYetChangesNothing() {
    every(0, 270, FLOOD);
    pass(285, Map.of(), Map.of());
    pass(300, FLOOD);
    assertThat(holders()).as("counted on by another process").hasSize(1);

    pass(330, Map.of(), Map.of());
    assertThat(holders()).as("held on by another process").hasSize(1);
  }

  @Test
  void aLongTimeWithoutMeasurementsIsABreak() {
    every(0, 60, FLOOD);
    pass(60 + Duration.ofMinutes(10).toSeconds(), FLOOD);
    assertThat(holders()).isEmpty();
    assertThat(status.autoDisable().get(0).trueSince()).isEqualTo(NOON.plusSeconds(660));
  }

  @Test
  void aRuleThatIsTakenAwayHoldsNothing() {
    every(0, 300, FLOOD);
    spec = SPEC.withAutoDisable(List.of());
    pass(330, FLOOD);
    assertThat(holders()).isEmpty();
    assertThat(status.autoDisable()).isEmpty();
  }

  /** Else each pass would take it for another holder, and write it again. */
  @Test
  void aHolderIsTheSameAfterItWasWritten() throws Exception {
    every(0, 300, FLOOD);
    var written = Json.MAPPER.writeValueAsString(holders().get(0));

    assertThat(Json.MAPPER.readValue(written, SyncHolder.class)).isEqualTo(holders().get(0));
  }

  @Test
  void nothingIsWrittenOfARuleThatIsNotTrue() {
    every(0, 300, CALM);
    assertThat(status.autoDisable()).isEmpty();
  }
}
