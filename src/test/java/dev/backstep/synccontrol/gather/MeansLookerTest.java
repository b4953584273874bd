package dev.backstep.synccontrol.gather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.api.v1alpha1.SyncControlSpecBuilder;
import dev.backstep.api.v1alpha1.sync.Episode;
import dev.backstep.api.v1alpha1.sync.EpisodeBuilder;
import dev.backstep.api.v1alpha1.sync.MeansBuilder;
import dev.backstep.api.v1alpha1.sync.MeansStatus;
import dev.backstep.api.v1alpha1.sync.SuspendCronJobs;
import dev.backstep.effect.Owners;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.synccontrol.watch.SyncWakeups;
import dev.backstep.testing.LooksHere;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Looks at means that take longer than a pass. */
class MeansLookerTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Step ENDING = Step.of(new Work.Rolling("pods are ending."));

  private static final SyncControlSpec SPEC =
      SyncControlSpecBuilder.builder()
          .timeout("1m")
          .readBack("30s")
          .means(
              List.of(
                  MeansBuilder.builder()
                      .name("workers")
                      .suspendCronJobs(new SuspendCronJobs(List.of("sync"), null, null))
                      .build()))
          .build();

  private static final Episode EPISODE =
      EpisodeBuilder.builder()
          .number(1)
          .claim("claim-1")
          .startedAt(NOON)
          .since(NOON)
          .means(List.of(MeansStatus.begun("workers", NOON)))
          .build();

  private final List<CompletableFuture<Step>> begun = new ArrayList<>();
  private final LookTimes times = new LookTimes();
  private final MeansLooker looker = looker();

  /** Answers when the test does. */
  private final class Slow implements ActionExecutor<SuspendCronJobs> {
    @Override
    public Class<SuspendCronJobs> type() {
      return SuspendCronJobs.class;
    }

    @Override
    public CompletionStage<Step> next(SuspendCronJobs means, ActionScope scope) {
      var answer = new CompletableFuture<Step>();
      begun.add(answer);
      return answer;
    }
  }

  private MeansLooker looker() {
    var actions = new Actions(List.of(new Slow()));
    return new MeansLooker(
        actions,
        new MeansScopes(actions),
        new Owners(List.of(), null),
        null,
        null,
        new SwitchLooks(new LooksHere()),
        new SyncWakeups(),
        times);
  }

  private static SyncControl sync() {
    var sync = new SyncControl();
    sync.setMetadata(
        new ObjectMetaBuilder().withNamespace("shop").withName("orders").withUid("uid").build());
    return sync;
  }

  private Map<String, Step> steps(long millis) {
    return looker.steps(sync(), SPEC, EPISODE, NOON.plusMillis(millis));
  }

  /** Fifty pods that end are as much news, and each look may take longer than the next one. */
  @Test
  void newsThrowsNoLookAwayThatIsUnderWay() {
    // given
    assertThat(steps(0)).isEmpty();

    // when
    for (var pod = 1; pod <= 50; pod++) {
      times.news("uid", "workers");
      assertThat(steps(pod)).isEmpty();
    }
    begun.get(0).complete(ENDING);

    // then
    assertThat(begun).hasSize(1);
    assertThat(steps(100)).containsEntry("workers", ENDING);
  }

  @Test
  void whatChangedMeanwhileIsLookedAtOnceMore() {
    // given
    steps(0);
    times.news("uid", "workers");
    begun.get(0).complete(ENDING);

    // when
    assertThat(steps(100)).hasSize(1);

    // then
    assertThat(looker.next(sync(), NOON.plusMillis(100))).contains(NOON.plusMillis(600));
    steps(600);
    assertThat(begun).hasSize(2);
  }

  @Test
  void whatCouldNotBeLookedAtIsNotAskedForAgainAtOnce() {
    // given
    steps(0);
    times.news("uid", "workers");
    begun.get(0).completeExceptionally(new IllegalStateException("no route"));

    // when
    assertThat(steps(0).get("workers").work().message()).contains("no route");

    // then
    assertThat(looker.next(sync(), NOON)).contains(NOON.plusSeconds(5));
  }
}
