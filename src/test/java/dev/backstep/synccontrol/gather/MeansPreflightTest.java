package dev.backstep.synccontrol.gather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatusBuilder;
import dev.backstep.condition.Conditions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether a process that has just started need not look at the means of a SyncControl. */
class MeansPreflightTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private static boolean saidSo(long generation, Conditions said) {
    var sync = new SyncControl();
    sync.getMetadata().setGeneration(generation);
    var status =
        SyncControlStatusBuilder.builder()
            .observedGeneration(generation)
            .conditions(said.list())
            .build();
    return MeansPreflight.saidSo(sync, status);
  }

  @Test
  void onlyWhatWasFoundInOrderNeedNotBeLookedAt() {
    assertThat(saidSo(1, new Conditions(List.of(), 1L, NOON))).isFalse();
    assertThat(saidSo(1, checked(1, true))).isTrue();
    assertThat(saidSo(1, checked(1, false))).isFalse();
  }

  /** While an episode is open nothing is checked, and the status goes with the edits. */
  @Test
  void anEditThatNobodyCheckedIsLookedAt() {
    var before = checked(1, true).list();
    var edited = new Conditions(before, 2L, NOON).keep(ConditionTypes.READY, "Preflight", "");

    assertThat(saidSo(2, edited)).isFalse();
  }

  private static Conditions checked(long generation, boolean well) {
    return new Conditions(List.of(), generation, NOON)
        .say(ConditionTypes.READY, well, "Checked", "");
  }
}
