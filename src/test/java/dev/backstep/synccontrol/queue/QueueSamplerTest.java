package dev.backstep.synccontrol.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.sync.QueueStatus;
import dev.backstep.api.v1alpha1.sync.QueueStatus.NotMeasured;
import dev.backstep.api.v1alpha1.value.Query;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.Probes;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Sampler;
import dev.backstep.synccontrol.watch.SyncWakeups;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A queue whose database answers as it is told to, measured by the sampler of all. */
class QueueSamplerTest {
  private static final String SPEC =
      """
      serviceAccountName: runner
      queue:
        interval: 1s
        size: {value: value, sql: {databaseRef: {name: db}, query: size, timeout: 1s}}
        lastSync: {value: value, sql: {databaseRef: {name: db}, query: lastSync, timeout: 1s}}
      autoDisable: [{name: flood, when: size > 5}]
      """;

  private final Map<String, Reading> answers = new ConcurrentHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger woken = new AtomicInteger();
  private final Sampler samples = new Sampler(Clock.systemUTC());
  private final QueueSampler sampler =
      new QueueSampler(
          new Probes(List.of(new Database())),
          samples,
          Workloads.of(),
          new SyncWakeups() {
            @Override
            public Runnable of(SyncControl sync) {
              return woken::incrementAndGet;
            }
          });

  /** Answers each query as it is told to. */
  private final class Database implements GateProbe<Query> {
    @Override
    public Class<Query> type() {
      return Query.class;
    }

    @Override
    public CompletionStage<Reading> value(Query query, String formula, GateScope scope) {
      asked.incrementAndGet();
      assertThat(scope.namespace()).isEqualTo("shop");
      return CompletableFuture.completedStage(answers.get(query.query()));
    }

    @Override
    public CompletionStage<Reading> measure(Query query, GateScope scope) {
      throw new AssertionError("a queue is not judged as a gate is");
    }
  }

  @AfterEach
  void stop() {
    samples.end();
  }

  private static SyncControl sync() {
    var sync = new SyncControl();
    sync.setMetadata(
        new ObjectMetaBuilder().withNamespace("shop").withName("orders").withUid("u-1").build());
    sync.setSpec(PlanYaml.sync(SPEC));
    return sync;
  }

  private void answers(long size, String lastSync) {
    answers.put("size", Reading.green("value").withValue(LongNode.valueOf(size)));
    answers.put(
        "lastSync",
        Reading.green("value")
            .withValue(lastSync == null ? NullNode.instance : TextNode.valueOf(lastSync)));
  }

  private QueueStatus await(Predicate<QueueStatus> reached) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(50, TimeUnit.MILLISECONDS)
        .until(() -> sampler.measure(sync()).queue().filter(reached), Optional::isPresent)
        .orElseThrow();
  }

  @Test
  void whatIsMeasuredIsKnownOnceAllOfItIs() {
    answers(12, "2026-03-01T12:00:00Z");

    var queue = await(it -> true);

    assertThat(queue.size()).isEqualTo(12);
    assertThat(queue.lastSync()).isEqualTo(Instant.parse("2026-03-01T12:00:00Z"));
    assertThat(queue.failed()).as("it is not asked for").isNull();
    assertThat(queue.notMeasured()).isEmpty();
  }

  @Test
  void everyMeasurementWakesAndAnotherValueIsSeen() {
    answers(12, null);
    await(it -> it.size() == 12 && it.lastSync() == null);
    var before = woken.get();

    answers(13, null);

    await(it -> it.size() == 13);
    assertThat(woken.get()).isGreaterThan(before);
  }

  @Test
  void anErrorLeavesTheLastValueAndSeveralDoNot() {
    answers(12, "2026-03-01T12:00:00Z");
    await(it -> true);
    var before = asked.get();

    answers.put("size", Reading.error("the database is down"));

    var blind = await(it -> it.notMeasured("size").isPresent());
    assertThat(blind.size()).isNull();
    assertThat(blind.notMeasured())
        .containsExactly(new NotMeasured("size", "the database is down"));
    assertThat(asked.get() - before).as("so often it was asked").isGreaterThanOrEqualTo(5);
    answers(14, null);
    assertThat(await(it -> it.notMeasured().isEmpty()).size()).isEqualTo(14);
  }

  @Test
  void whatWasNeverMeasuredIsMissingAtOnce() {
    answers(12, null);
    answers.put("size", Reading.error("no such table"));

    assertThat(await(it -> true).notMeasured()).extracting(NotMeasured::metric).contains("size");
    assertThat(sampler.measure(sync()).settled()).as("nothing more will be known").isTrue();
  }

  @Test
  void rulesWaitUntilItIsKnownHowFastItGrows() {
    answers(12, null);
    await(it -> true);
    assertThat(sampler.measure(sync()).settled()).isFalse();

    var settled = await(it -> it.growthPerMinute() != null);

    assertThat(settled.growthPerMinute().size()).isZero();
    assertThat(sampler.measure(sync()).settled()).isTrue();
  }

  @Test
  void ofWhatIsDeletedNothingIsMeasured() {
    answers(12, null);
    await(it -> true);
    var deleted = sync();
    deleted.getMetadata().setDeletionTimestamp("2026-03-01T12:00:00Z");

    assertThat(sampler.measure(deleted)).isEqualTo(Measured.NOTHING);
  }
}
