package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.Evidence;
import dev.backstep.api.v1alpha1.status.Evidence.Moment;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Work;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Streak;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvidenceLogTest {
  private static final Gate ORDERS = Plans.gate("orders").withUse(Gate.Use.Evidence);

  private static RunSnapshots recording() {
    return run().gates(Plans.gate("api"), ORDERS);
  }

  @Test
  void theStartIsRecordedBeforeAnythingIsTouched() {
    // given
    var snapshot = recording().red("orders", 1).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var seen =
        new Evidence("orders", Moment.Start, snapshot.now(), "503 Service Unavailable", null);
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Checking);
    assertThat(advanced(decision).evidence()).containsExactly(seen);
  }

  @Test
  void evidenceIsWaitedForALittle() {
    // given
    var snapshot = recording().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(snapshot.now().plusSeconds(1)));
  }

  @Test
  void evidenceThatDoesNotComeKeepsNobodyFromActing() {
    // given
    var snapshot = recording().entry(Run.Entry.Always).after(Duration.ofSeconds(15)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Acting);
    assertThat(advanced(decision).evidence())
        .extracting(Evidence::seen)
        .containsExactly("not measured yet");
  }

  @Test
  void redEvidenceDecidesNothing() {
    // given
    var snapshot = recording().in(Phase.Checking).green("api", 3).red("orders", 9).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Recovered);
  }

  @Test
  void theEndIsRecordedOnceAndNotAgainByARelease() {
    // given
    var start = new Evidence("orders", Moment.Start, START, "12 open orders", null);
    var end = new Evidence("orders", Moment.End, START, "0 open orders", null);
    var ending =
        recording()
            .in(Phase.Checking)
            .green("api", 3)
            .green("orders", 1)
            .status(run -> run.evidence(List.of(start)))
            .build();
    var released =
        recording()
            .in(Phase.Releasing)
            .work(new Work.Observed("All is there."))
            .status(run -> run.evidence(List.of(start, end)))
            .build();

    // when
    var first = advanced(Engine.decide(ending));
    var second = advanced(Engine.decide(released));

    // then
    assertThat(first.evidence()).extracting(Evidence::at).containsExactly(Moment.Start, Moment.End);
    assertThat(second.phase()).isEqualTo(Phase.Released);
    assertThat(second.evidence()).containsExactly(start, end);
  }

  @Test
  void whatWasSeenIsShortened() {
    // given
    var long501 = new Reading(Reading.Color.GREEN, "x".repeat(501));
    var streak = Streak.startedAt(START).and(long501, GateLimits.of(ORDERS));
    var snapshot = recording().build().withGates(Map.of("orders", streak));

    // when
    var evidence = EvidenceLog.with(snapshot, Moment.End);

    // then
    assertThat(evidence.get(0).seen()).isEqualTo("x".repeat(500) + " ...");
  }

  private static String kept(JsonNode value) {
    var reading = Reading.green("fine").withValue(value);
    var streak = Streak.startedAt(START).and(reading, GateLimits.of(ORDERS));
    var snapshot = recording().build().withGates(Map.of("orders", streak));
    return EvidenceLog.with(snapshot, Moment.Start).get(0).value();
  }

  @Test
  void valuesAreKeptAndTextsAreNot() {
    assertThat(kept(LongNode.valueOf(12))).isEqualTo("12");
    assertThat(kept(DoubleNode.valueOf(0.5))).isEqualTo("0.5");
    assertThat(kept(BooleanNode.TRUE)).isEqualTo("true");
    assertThat(kept(TextNode.valueOf("alice@example.org"))).isNull();
    assertThat(kept(NullNode.instance)).isNull();
  }
}
