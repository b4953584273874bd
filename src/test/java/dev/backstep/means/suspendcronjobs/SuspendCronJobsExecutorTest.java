package dev.backstep.means.suspendcronjobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.action.Scopes;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.sync.SuspendCronJobs;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.ConfigMaps;
import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.LeapingClock;
import dev.backstep.effect.Author;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.Differences;
import dev.backstep.object.Editors;
import dev.backstep.object.ObjectDeletion;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.ObjectPatches;
import dev.backstep.object.PatchReversals;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LooksHere;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.MeansYaml;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.zjsonpatch.JsonPatch;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** CronJobs that begin nothing, and what of theirs runs already. */
class SuspendCronJobsExecutorTest {
  private static final SuspendCronJobs WAIT = means("names: [nightly], runningJobs: Wait");
  private static final SuspendCronJobs DELETE = means("names: [nightly], runningJobs: Delete");

  private final LoopbackApi api = new LoopbackApi();
  private final SuspendCronJobsExecutor executor =
      new SuspendCronJobsExecutor(
          api.client(),
          new JobsOfCronJobs(api.client()),
          new CatchingUp(api.client(), new JobSteps(api.client())));
  private final List<Hold> holds = new ArrayList<>();

  @AfterEach
  void stop() {
    api.close();
  }

  private static SuspendCronJobs means(String yaml) {
    return MeansYaml.of("suspendCronJobs: {%s, catchUp: Kubernetes}".formatted(yaml))
        .suspendCronJobs();
  }

  private ActionScope scope() {
    return Scopes.of().with().holds(holds).build();
  }

  private Step next(SuspendCronJobs means) {
    return Scopes.now(executor.next(means, scope()));
  }

  private static CronJob cronJob(String name, boolean suspended) {
    return new CronJobBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName(name)
        .withUid("uid-" + name)
        .withResourceVersion("7")
        .addToAnnotations("team", "shop")
        .endMetadata()
        .withNewSpec()
        .withSchedule("0 3 * * *")
        .withSuspend(suspended)
        .endSpec()
        .build();
  }

  /** A Job that runs, of a CronJob. */
  private static JobBuilder job(String name, String cronJob) {
    return new JobBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName(name)
        .withUid("uid-" + name)
        .withResourceVersion("42")
        .addNewOwnerReference()
        .withKind("CronJob")
        .withName(cronJob)
        .withUid("uid-" + cronJob)
        .endOwnerReference()
        .endMetadata()
        .withNewSpec()
        .endSpec()
        .withNewStatus()
        .withActive(1)
        .withStartTime("2026-11-21T03:00:00Z")
        .endStatus();
  }

  /** The CronJobs once the effects are there, and what is held then. */
  private List<ObjectPatch> carriedOut(Step step) {
    var patches = step.effects().stream().map(ObjectPatch.class::cast).toList();
    for (var patch : patches) {
      api.has(patched(patch));
      holds.add(patch.takes());
    }
    return patches;
  }

  private CronJob patched(ObjectPatch patch) {
    var serialization = api.client().getKubernetesSerialization();
    var live =
        api.client()
            .batch()
            .v1()
            .cronjobs()
            .inNamespace("shop")
            .withName(patch.target().name())
            .get();
    var json = serialization.convertValue(live, ObjectNode.class);
    return serialization.convertValue(JsonPatch.apply(patch.patch(), json), CronJob.class);
  }

  private boolean suspended(String name) {
    return api.client()
        .batch()
        .v1()
        .cronjobs()
        .inNamespace("shop")
        .withName(name)
        .get()
        .getSpec()
        .getSuspend();
  }

  private Step back(ObjectPatch... applied) {
    var client = api.client();
    var effector =
        new ObjectPatches(
            client,
            new Impersonation(client),
            Workloads.of(),
            new PatchReversals(client, Clock.systemUTC(), new LooksHere()),
            new Differences(client),
            new Editors(),
            new ConfigMaps(client, new LeapingClock()));
    var mark = new Mark("bs-run-1", "back", Intent.Verb.Apply, 1, 0);
    var sent =
        Arrays.stream(applied)
            .map(patch -> new Sent<>(patch, mark, new Outcome.Applied("8")))
            .toList();
    return Scopes.now(effector.reverse(sent, List.of(), new Author("shop", "runner")));
  }

  // ---- off, and as before

  @Test
  void aCronJobIsSuspendedAndHeldAndComesBack() {
    // given
    api.has(cronJob("nightly", false));

    // when
    var patch = carriedOut(next(WAIT)).get(0);

    // then
    assertThat(suspended("nightly")).isTrue();
    assertThat(patch.summary()).isEqualTo("CronJob nightly: suspended");
    assertThat(patch.precondition().version()).isEqualTo("7");
    assertThat(patch.takes().target()).isEqualTo("CronJob nightly");
    assertThat(patch.takes().original()).isEqualTo("not suspended");
    assertThat(next(WAIT)).isEqualTo(Step.done("No Job runs of CronJob nightly, and none begins."));

    // when
    carriedOutBack(back(patch));

    // then
    assertThat(suspended("nightly")).isFalse();
    assertThat(back(patch).work().isSettled()).isTrue();
  }

  private void carriedOutBack(Step step) {
    step.effects().forEach(effect -> api.has(patched((ObjectPatch) effect)));
  }

  /** It is kept so, since nobody else may let it go then; and nothing of it comes back. */
  @Test
  void oneThatWasSuspendedBeforeStaysSuspended() {
    // given
    api.has(cronJob("nightly", true));

    // when
    var patch = carriedOut(next(WAIT)).get(0);

    // then
    assertThat(patch.edits()).isEmpty();
    assertThat(patch.takes().bringsBack()).isFalse();
    assertThat(patch.summary()).isEqualTo("CronJob nightly: suspended, as it is already");
    assertThat(next(WAIT).work().isSettled()).isTrue();
    assertThat(back(patch).effects()).isEmpty();
  }

  @Test
  void oneThatSomebodyElseLetsGoIsSuspendedAgainAndComesBackAsItWasFirst() {
    // given
    api.has(cronJob("nightly", false));
    var first = carriedOut(next(WAIT)).get(0);

    // when
    api.has(cronJob("nightly", false));
    var second = carriedOut(next(WAIT)).get(0);

    // then
    assertThat(suspended("nightly")).isTrue();
    carriedOutBack(back(first, second));
    assertThat(suspended("nightly")).isFalse();
  }

  /** As GitOps does it with --replace: the new one is another CronJob of the same name. */
  @Test
  void oneThatIsCreatedAnewMeanwhileIsSuspendedTooAndComesBackAsItWasThen() {
    // given
    api.has(cronJob("nightly", false));
    var first = carriedOut(next(WAIT)).get(0);
    var anew = cronJob("nightly", false).edit().editMetadata().withUid("uid-new").endMetadata();
    api.has(anew.build());

    // when
    var second = carriedOut(next(WAIT)).get(0);
    carriedOutBack(back(first, second));

    // then
    assertThat(suspended("nightly")).isFalse();
  }

  @Test
  void oneThatIsDeletedWhileItIsKeptOffIsOff() {
    // given
    api.has(cronJob("nightly", false));
    carriedOut(next(WAIT));

    // when
    api.lose(cronJob("nightly", false));

    // then
    assertThat(next(WAIT).work().isSettled()).isTrue();
  }

  @Test
  void oneThatDoesNotExistIsAProblemAndNothingIsDone() {
    // given
    api.has(cronJob("hourly", false));
    var both = means("names: [hourly, nightly], runningJobs: Wait");
    var absent =
        "CronJob nightly does not exist in namespace shop. Create it, or take it out of means back.";

    // then
    assertThat(Scopes.now(executor.preflight(both, scope())))
        .containsExactly(new Problem("CronJobAbsent", absent));
    assertThat(next(both)).isEqualTo(Step.impossible("CronJobAbsent", absent));
  }

  // ---- what runs already

  private void suspendedWith(JobBuilder... jobs) {
    api.has(cronJob("nightly", false));
    carriedOut(next(WAIT));
    for (var job : jobs) {
      api.has(job.build());
    }
  }

  @Test
  void itIsWaitedForJobsThatRunAndTheyAreNamed() {
    // given
    suspendedWith(job("nightly-1", "nightly"), job("other-1", "other"));

    // then
    assertThat(next(WAIT).work())
        .isEqualTo(
            new Work.Rolling(
                "It is waited for the end of what runs already: Job nightly-1, since 2026-11-21T03:00:00Z.",
                Duration.ofSeconds(2)));
  }

  @Test
  void theyAreDeletedWithTheirPodsWhereThatIsWanted() {
    // given
    suspendedWith(job("nightly-1", "nightly"), job("other-1", "other"));

    // when
    var effects = next(DELETE).effects();

    // then
    assertThat(effects)
        .singleElement()
        .isInstanceOfSatisfying(
            ObjectDeletion.class,
            deletion -> {
              assertThat(deletion.summary()).isEqualTo("Job nightly-1: deleted, with its pods");
              assertThat(deletion.uid()).isEqualTo("uid-nightly-1");
              assertThat(deletion.version()).isEqualTo("42");
              assertThat(deletion.withItsOwn()).isTrue();
            });
  }

  @Test
  void oneThatIsBeingDeletedIsThereUntilItsPodsAreGone() {
    // given
    suspendedWith(
        job("nightly-1", "nightly")
            .editMetadata()
            .withDeletionTimestamp("2026-11-21T03:01:00Z")
            .endMetadata());

    // then
    assertThat(next(DELETE).work())
        .isInstanceOfSatisfying(
            Work.Rolling.class,
            rolling ->
                assertThat(rolling.message())
                    .isEqualTo(
                        "It is waited for the end of what runs already: the pods of Job nightly-1, which is being deleted."));
  }

  @Test
  void oneThatEndedOrIsSuspendedItselfDoesNotRun() {
    // given
    suspendedWith(
        job("nightly-1", "nightly")
            .editStatus()
            .withActive(0)
            .addNewCondition()
            .withType("Failed")
            .withStatus("True")
            .endCondition()
            .endStatus(),
        job("nightly-2", "nightly")
            .editSpec()
            .withSuspend(true)
            .endSpec()
            .editStatus()
            .withActive(0)
            .endStatus());

    // then
    assertThat(next(DELETE).work().isSettled()).isTrue();
  }

  // ---- what it needs

  @Test
  void itIsAHoldAndNeedsTheRightToDeleteJobsOnlyWhereItDoes() {
    assertThat(executor.traits(WAIT)).isEqualTo(Traits.HOLD);
    assertThat(executor.rights(WAIT, scope()))
        .containsExactly(new Right("patch", "batch", "cronjobs", List.of("nightly")));
    assertThat(executor.rights(DELETE, scope()))
        .containsExactly(
            new Right("patch", "batch", "cronjobs", List.of("nightly")),
            new Right("delete", "batch", "jobs", List.of()));
  }

  @Test
  void allOfThemAreSuspendedAtOnce() {
    // given
    api.has(cronJob("nightly", false)).has(cronJob("hourly", false));

    // then
    assertThat(next(means("names: [nightly, hourly], runningJobs: Wait")).effects())
        .extracting(Effect::summary)
        .containsExactly("CronJob nightly: suspended", "CronJob hourly: suspended");
  }
}
