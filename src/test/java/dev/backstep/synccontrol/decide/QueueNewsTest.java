package dev.backstep.synccontrol.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.sync.QueueStatus;
import dev.backstep.api.v1alpha1.sync.QueueStatus.NotMeasured;
import dev.backstep.api.v1alpha1.sync.QueueStatusBuilder;
import dev.backstep.api.v1alpha1.sync.SyncQueue;
import dev.backstep.testing.PlanYaml;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Values that move all the time are written now and then, and at once when they mean more. */
class QueueNewsTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private static final SyncQueue SPEC =
      PlanYaml.sync(
              """
              queue:
                interval: 5s
                size: {warnAbove: 100, unhealthyAbove: 1000, overflowAbove: 10000}
                lastSync: {maxAge: 5m}
              """)
          .queue();

  private static QueueStatus queue(long size, Instant lastSync, Instant at) {
    return QueueStatusBuilder.builder().size(size).lastSync(lastSync).measuredAt(at).build();
  }

  private static boolean written(QueueStatus before, QueueStatus measured, boolean counting) {
    var now = measured.measuredAt();
    var next = QueueNews.next(SPEC, Optional.of(before), Optional.of(measured), counting, now);
    assertThat(next).containsSame(next.get() == measured ? measured : before);
    return next.get() == measured;
  }

  private static boolean written(QueueStatus before, QueueStatus measured) {
    return written(before, measured, false);
  }

  @Test
  void anotherValueIsWrittenEvery30Seconds() {
    var before = queue(5, NOON, NOON);

    assertThat(written(before, queue(6, NOON, NOON.plusSeconds(29)))).isFalse();
    assertThat(written(before, queue(6, NOON, NOON.plusSeconds(30)))).isTrue();
  }

  @Test
  void theSameValuesAreNotWritten() {
    assertThat(written(queue(5, NOON, NOON), queue(5, NOON, NOON.plusSeconds(200)))).isFalse();
  }

  @Test
  void whileARuleCountsItIsWrittenThatNothingIsMissing() {
    var before = queue(5000, NOON, NOON);

    assertThat(written(before, queue(5000, NOON, NOON.plusSeconds(29)), true)).isFalse();
    assertThat(written(before, queue(5000, NOON, NOON.plusSeconds(30)), true)).isTrue();
  }

  @Test
  void whatMeansSomethingElseIsWrittenAtOnce() {
    var at = NOON.plusSeconds(1);
    var before = queue(5, NOON, NOON);

    assertThat(written(before, queue(101, NOON, at))).as("filling").isTrue();
    assertThat(written(queue(101, NOON, NOON), queue(1001, NOON, at))).as("unhealthy").isTrue();
    assertThat(written(queue(1001, NOON, NOON), queue(10_001, NOON, at))).as("overflow").isTrue();
    assertThat(written(queue(10_001, NOON, NOON), queue(7, NOON, at))).as("empty again").isTrue();
    assertThat(written(before, queue(100, NOON, at))).as("at the threshold").isFalse();
  }

  @Test
  void whatCannotBeMeasuredAnyMoreIsWrittenAtOnce() {
    var blind =
        queue(0, NOON, NOON.plusSeconds(1))
            .with()
            .size(null)
            .notMeasured(List.of(new NotMeasured("size", "no answer")))
            .build();

    assertThat(written(queue(5, NOON, NOON), blind)).isTrue();
    assertThat(written(blind, queue(5, NOON, NOON.plusSeconds(2)))).isTrue();
  }

  @Test
  void aSyncThatBecomesOrRemainsFreshByAnotherValueIsWrittenAtOnce() {
    var now = NOON.plusSeconds(301);
    var before = queue(5, NOON, NOON.plusSeconds(290));

    assertThat(written(before, queue(5, NOON.plusSeconds(295), now)))
        .as("it came in time")
        .isTrue();
    assertThat(written(before, queue(5, NOON, now))).as("stale either way").isFalse();
  }

  @Test
  void whatIsNotMeasuredYetLeavesWhatIsKnown() {
    var before = Optional.of(queue(5, NOON, NOON));

    assertThat(QueueNews.next(SPEC, before, Optional.empty(), true, NOON)).isEqualTo(before);
    assertThat(QueueNews.next(SPEC, Optional.empty(), before, false, NOON)).isEqualTo(before);
    assertThat(QueueNews.next(SPEC, Optional.empty(), Optional.empty(), false, NOON)).isEmpty();
  }

  @Test
  void whatIsMissingIsNotFresh() {
    var spec = SPEC.lastSync();
    var blind =
        queue(5, null, NOON).withNotMeasured(List.of(new NotMeasured("lastSync", "no answer")));

    assertThat(Freshness.of(spec, queue(5, NOON.minusSeconds(300), NOON), NOON))
        .isEqualTo(Freshness.Fresh);
    assertThat(Freshness.of(spec, queue(5, NOON.minusSeconds(301), NOON), NOON))
        .isEqualTo(Freshness.Stale);
    assertThat(Freshness.of(spec, queue(5, null, NOON), NOON)).isEqualTo(Freshness.Never);
    assertThat(Freshness.of(spec, blind, NOON)).isEqualTo(Freshness.NotMeasured);
  }
}
