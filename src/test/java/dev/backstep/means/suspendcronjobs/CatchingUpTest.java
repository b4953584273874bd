package dev.backstep.means.suspendcronjobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.action.Scopes;
import dev.backstep.action.Taken;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.sync.SuspendCronJobs;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.ConfigMaps;
import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.LeapingClock;
import dev.backstep.effect.Author;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Reversals;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.object.Differences;
import dev.backstep.object.Editors;
import dev.backstep.object.ObjectCreation;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.ObjectPatches;
import dev.backstep.object.PatchReversals;
import dev.backstep.testing.LooksHere;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.MeansYaml;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.zjsonpatch.JsonPatch;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of the times of CronJobs that passed while they were suspended. */
class CatchingUpTest {
  private static final Instant LET_GO = Scopes.SINCE.plusSeconds(3600);
  private static final Author AUTHOR = new Author("shop", "runner");

  private final LoopbackApi api = new LoopbackApi();
  private final ObjectPatches patches =
      new ObjectPatches(
          api.client(),
          new Impersonation(api.client()),
          Workloads.of(),
          new PatchReversals(api.client(), Clock.systemUTC(), new LooksHere()),
          new Differences(api.client()),
          new Editors(),
          new ConfigMaps(api.client(), new LeapingClock()));
  private final SuspendCronJobsExecutor executor =
      new SuspendCronJobsExecutor(
          api.client(),
          new JobsOfCronJobs(api.client()),
          new CatchingUp(api.client(), new JobSteps(api.client())));

  private final List<Hold> holds = new ArrayList<>();
  private final List<Sent<?>> applied = new ArrayList<>();
  private final List<Sent<?>> back = new ArrayList<>();

  @AfterEach
  void stop() {
    api.close();
  }

  private static SuspendCronJobs means(String catchUp) {
    return MeansYaml.of(
            "suspendCronJobs: {names: [nightly], runningJobs: Wait, catchUp: %s}"
                .formatted(catchUp))
        .suspendCronJobs();
  }

  private static ActionScope scope(Instant now) {
    return Scopes.of().with().now(now).build();
  }

  private static CronJob cronJob(boolean suspended) {
    return new CronJobBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("nightly")
        .withUid("uid-nightly")
        .withResourceVersion("7")
        .withCreationTimestamp("2026-11-01T00:00:00Z")
        .endMetadata()
        .withNewSpec()
        .withSchedule("0 3 * * *")
        .withSuspend(suspended)
        .withNewJobTemplate()
        .withNewMetadata()
        .addToLabels("team", "shop")
        .addToAnnotations("note", "kept")
        .endMetadata()
        .withNewSpec()
        .withBackoffLimit(2)
        .endSpec()
        .endJobTemplate()
        .endSpec()
        .withNewStatus()
        .withLastScheduleTime("2026-11-20T03:00:00Z")
        .endStatus()
        .build();
  }

  private CronJob live() {
    return api.client().batch().v1().cronjobs().inNamespace("shop").withName("nightly").get();
  }

  private List<Job> jobs() {
    return api.client().batch().v1().jobs().inNamespace("shop").list().getItems();
  }

  /** It is suspended, and held. */
  private void off(boolean suspendedBefore) {
    api.has(cronJob(suspendedBefore));
    var scope = Scopes.of().with().holds(holds).build();
    for (var effect : Scopes.now(executor.next(means("Skip"), scope)).effects()) {
      done(effect);
      holds.add(effect.takes());
      applied.add(sent(effect, Intent.Verb.Apply));
    }
  }

  private static Sent<?> sent(Effect effect, Intent.Verb verb) {
    return new Sent<>(effect, new Mark("bs-run-1", "back", verb, 1, 0), new Outcome.Applied("8"));
  }

  /** The world after an effect. */
  private void done(Effect effect) {
    var serialization = api.client().getKubernetesSerialization();
    if (effect instanceof ObjectCreation creation) {
      api.has(serialization.convertValue(creation.manifest(), HasMetadata.class));
      return;
    }
    var patch = (ObjectPatch) effect;
    var object = patch.object().find(api.client()).orElseThrow();
    var json = serialization.convertValue(object, ObjectNode.class);
    var after = JsonPatch.apply(patch.patch(), json);
    api.has((HasMetadata) serialization.convertValue(after, object.getClass()));
  }

  private Step left(String catchUp, Instant now) {
    var past =
        new Taken.Past() {
          @Override
          public List<Sent<?>> applied() {
            return List.copyOf(applied);
          }

          @Override
          public List<Sent<?>> back() {
            return List.copyOf(back);
          }
        };
    var reversals = new Reversals(new Effectors(List.of(patches)));
    var taken = new Taken(holds, past, AUTHOR, reversals);
    return Scopes.now(executor.back(means(catchUp), taken, scope(now)));
  }

  /** What is sent next, and done. */
  private Effect sends(String catchUp) {
    var effects = left(catchUp, LET_GO).effects();
    assertThat(effects).hasSize(1);
    done(effects.get(0));
    back.add(sent(effects.get(0), Intent.Verb.Release));
    return effects.get(0);
  }

  private void nothingIsLeft(String catchUp) {
    assertThat(left(catchUp, LET_GO.plusSeconds(3600)))
        .isEqualTo(Step.done("CronJob nightly: as before the run."));
  }

  // ---- Skip

  @Test
  void itForgetsTheTimesThatPassedRightBeforeItIsLetGo() {
    // given
    off(false);

    // when
    var forgetting = (ObjectPatch) sends("Skip");

    // then
    assertThat(forgetting.summary()).isEqualTo("CronJob nightly: what it missed is not caught up");
    assertThat(forgetting.subresource()).isEqualTo("status");
    assertThat(forgetting.precondition().version()).isEqualTo("7");
    assertThat(live().getStatus().getLastScheduleTime()).isEqualTo(LET_GO.toString());
    assertThat(live().getSpec().getSuspend()).isTrue();

    // when
    sends("Skip");

    // then
    assertThat(live().getSpec().getSuspend()).isFalse();
    nothingIsLeft("Skip");
    assertThat(jobs()).isEmpty();
  }

  @Test
  void itForgetsOnceMoreWhereTheProcessDiedInBetween() {
    // given
    off(false);
    sends("Skip");

    // when
    var later = left("Skip", LET_GO.plusSeconds(600)).effects();

    // then
    assertThat(later)
        .singleElement()
        .isInstanceOfSatisfying(
            ObjectPatch.class,
            patch ->
                assertThat(patch.patch().toString()).contains(LET_GO.plusSeconds(600).toString()));
  }

  /** One that never began a Job counts from when it was created. */
  @Test
  void itForgetsAlsoWhereNoneWasEverBegun() {
    // given
    off(false);
    api.has(live().edit().withStatus(null).build());

    // when
    sends("Skip");

    // then
    assertThat(live().getStatus().getLastScheduleTime()).isEqualTo(LET_GO.toString());
  }

  @Test
  void nothingIsForgottenOfOneThatSomebodyElseLetGo() {
    // given
    off(false);
    api.has(live().edit().editSpec().withSuspend(false).endSpec().build());

    // then
    nothingIsLeft("Skip");
  }

  @Test
  void oneThatWasSuspendedBeforeIsLeftAlone() {
    // given
    off(true);

    // then
    for (var catchUp : List.of("Skip", "RunOnce", "Kubernetes")) {
      assertThat(left(catchUp, LET_GO).effects()).isEmpty();
    }
  }

  @Test
  void oneThatWasDeletedHasNothingToForget() {
    // given
    off(false);
    api.lose(cronJob(false));

    // then
    for (var catchUp : List.of("Skip", "RunOnce", "Kubernetes")) {
      assertThat(left(catchUp, LET_GO).effects()).isEmpty();
    }
  }

  /** The time is a part of the status, which a patch of the object itself does not reach. */
  @Test
  void itIsWrittenToTheStatus() {
    // given
    off(false);
    var forgetting = (ObjectPatch) left("Skip", LET_GO).effects().get(0);
    var status = "/apis/batch/v1/namespaces/shop/cronjobs/nightly/status";
    api.answersAt("PATCH", status, api.client().getKubernetesSerialization().asJson(cronJob(true)));
    var mark = new Mark("bs-run-1", "back", Intent.Verb.Release, 1, 0);

    // when
    var outcome = patches.send(forgetting, mark, AUTHOR, LET_GO);

    // then
    assertThat(outcome).isInstanceOf(Outcome.Applied.class);
    var asked = api.asked().get(api.asked().size() - 1);
    assertThat(asked.path()).isEqualTo(status);
    assertThat(asked.body()).contains("/status/lastScheduleTime").contains(mark.text());
  }

  // ---- Kubernetes

  @Test
  void kubernetesIsLeftToDecide() {
    // given
    off(false);

    // when
    sends("Kubernetes");

    // then
    assertThat(live().getSpec().getSuspend()).isFalse();
    assertThat(live().getStatus().getLastScheduleTime()).isEqualTo("2026-11-20T03:00:00Z");
    nothingIsLeft("Kubernetes");
  }

  // ---- RunOnce

  private Job letGoAndJobCreated() {
    off(false);
    sends("RunOnce");
    sends("RunOnce");
    assertThat(live().getSpec().getSuspend()).isFalse();
    assertThat(sends("RunOnce")).isInstanceOf(ObjectCreation.class);
    return jobs().get(0);
  }

  @Test
  void itBeginsOneJobWhenItWasLetGo() {
    // when
    var job = letGoAndJobCreated();

    // then
    assertThat(job.getSpec().getSuspend()).isTrue();
    assertThat(job.getSpec().getBackoffLimit()).isEqualTo(2);
    assertThat(job.getMetadata().getLabels())
        .containsEntry("team", "shop")
        .containsEntry(Annotations.RECORD, "job");
    assertThat(job.getMetadata().getAnnotations())
        .containsEntry("note", "kept")
        .containsEntry("cronjob.kubernetes.io/instantiate", "manual");
    assertThat(job.getMetadata().getOwnerReferences())
        .singleElement()
        .matches(owner -> owner.getUid().equals("uid-nightly") && owner.getController());

    // when
    var wake = (ObjectPatch) sends("RunOnce");

    // then
    assertThat(wake.starts()).isTrue();
    assertThat(jobs().get(0).getSpec().getSuspend()).isFalse();
    nothingIsLeft("RunOnce");
  }

  @Test
  void itBeginsNoneOnceMoreThatSomebodyDeletedOrStopped() {
    // given
    var job = letGoAndJobCreated();
    sends("RunOnce");

    // when
    api.has(jobs().get(0).edit().editSpec().withSuspend(true).endSpec().build());

    // then
    nothingIsLeft("RunOnce");

    // when
    api.lose(job);

    // then
    nothingIsLeft("RunOnce");
  }

  @Test
  void oneThatIsGoneBeforeItWasStartedIsCreatedAgainUnderItsName() {
    // given
    var job = letGoAndJobCreated();
    api.lose(job);

    // when
    sends("RunOnce");

    // then
    assertThat(jobs().get(0).getMetadata().getName()).isEqualTo(job.getMetadata().getName());
  }

  @Test
  void oneOfWhichNobodyKnowsWhetherItWasStartedIsNotStartedAgain() {
    // given
    var job = letGoAndJobCreated();
    var wake = left("RunOnce", LET_GO).effects().get(0);
    var mark = new Mark("bs-run-1", "back", Intent.Verb.Release, 4, 0);
    back.add(new Sent<>(wake, mark, new Outcome.Unknown("nobody knows", null)));

    // when
    api.lose(job);

    // then
    nothingIsLeft("RunOnce");
  }

  // ---- rights

  @Test
  void theRightsAreThoseThatItNeeds() {
    var cronJobs = new Right("patch", "batch", "cronjobs", List.of("nightly"));
    var status = new Right("patch", "batch", "cronjobs/status", List.of("nightly"));
    assertThat(executor.rights(means("Kubernetes"), scope(LET_GO))).containsExactly(cronJobs);
    assertThat(executor.rights(means("Skip"), scope(LET_GO))).containsExactly(cronJobs, status);
    assertThat(executor.rights(means("RunOnce"), scope(LET_GO)))
        .containsExactly(
            cronJobs,
            status,
            new Right("create", "batch", "jobs", List.of()),
            new Right("patch", "batch", "jobs", List.of()));
  }
}
