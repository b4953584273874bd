package dev.backstep.synccontrol.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.api.v1alpha1.sync.QueueStatus;
import dev.backstep.api.v1alpha1.sync.QueueStatus.Growth;
import dev.backstep.api.v1alpha1.sync.QueueStatusBuilder;
import dev.backstep.synccontrol.decide.AutoDisabling.Judged;
import dev.backstep.testing.PlanYaml;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleConditionsTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private static final QueueStatus QUEUE =
      QueueStatusBuilder.builder()
          .size(5000L)
          .failed(12L)
          .lastSync(NOON.minusSeconds(400))
          .growthPerMinute(new Growth(-3L, 120L))
          .build();

  private static final QueueStatus NOTHING = QueueStatusBuilder.builder().build();

  private final RuleConditions conditions = new RuleConditions();

  private static SyncControlSpec spec(String when, String until) {
    return PlanYaml.sync(
        """
        queue: {interval: 30s, size: {value: value}, failed: {value: value}, lastSync: {value: value}}
        autoDisable:
        - {name: flood, when: "%s", until: "%s"}
        """
            .formatted(when, until));
  }

  private Judged judged(String when, String until, QueueStatus queue) {
    return conditions.judged(spec(when, until), queue, NOON).get("flood");
  }

  @ParameterizedTest
  @CsvSource({
    "size > 1000, true",
    "size > 5000, false",
    "failed > 10 && failedGrowth > 100, true",
    "sizeGrowth > 0, false",
    "lastSyncAge > 300, true",
    "lastSyncAge == 400, true",
  })
  void aConditionSeesWhatWasMeasured(String when, boolean expected) {
    assertThat(judged(when, "false", QUEUE).when()).isEqualTo(expected);
    assertThat(judged("false", when, QUEUE).until()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "size > 1000, false",
    "size == null, true",
    "sizeGrowth == null || sizeGrowth > 5, true",
    "lastSyncAge == null || lastSyncAge > 300, true",
    "failedGrowth > 100 || size == null, true",
  })
  void whatIsNotKnownIsNullAndWhatCannotBeJudgedIsNotTrue(String when, boolean expected) {
    assertThat(judged(when, "false", NOTHING).when()).isEqualTo(expected);
  }

  @Test
  void itSaysWhatItLookedAt() {
    assertThat(judged("size > 1000", "false", QUEUE).seen()).isEqualTo("size was 5000");
  }

  @Test
  void aRuleThatDoesNotCompileIsAProblemAndHoldsNothing() {
    var spec = spec("sise > 10", "size <");

    assertThat(conditions.problems(spec))
        .hasSize(2)
        .allMatch(it -> it.endsWith(": correct it in spec.autoDisable."))
        .anyMatch(it -> it.startsWith("when of rule flood does not compile at 1:1"))
        .anyMatch(it -> it.startsWith("until of rule flood does not compile at 1:"));
    assertThat(conditions.judged(spec, QUEUE, NOON).get("flood"))
        .isEqualTo(new Judged(false, false, ""));
  }

  @Test
  void aRuleThatLooksAtWhatIsNotMeasuredIsAProblem() {
    var spec =
        PlanYaml.sync(
            """
            queue: {interval: 30s, size: {value: value}}
            autoDisable: [{name: flood, when: "size > 1 && failedGrowth > 100"}]
            """);

    assertThat(conditions.problems(spec))
        .containsExactly(
            "when of rule flood looks at failedGrowth, which is not measured: say how in spec.queue.failed.");
  }
}
