package dev.backstep.action.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Holder;
import dev.backstep.action.JobSteps;
import dev.backstep.action.Scopes;
import dev.backstep.action.Taken;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.action.DeclaredEffect;
import dev.backstep.api.v1alpha1.action.JobAction;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.EffectStatusBuilder;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.PullFailures;
import dev.backstep.cluster.Secrets;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Reversals;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.job.DescribedJobs;
import dev.backstep.job.JobManifests;
import dev.backstep.job.JobTrials;
import dev.backstep.job.WorkloadImages;
import dev.backstep.object.Edit;
import dev.backstep.object.ObjectCreation;
import dev.backstep.object.ObjectPatch;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.WaitingPods;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where the Job of an action stands, and what it is made of. */
class JobExecutorTest {
  private static final String RUN = "run: {image: 'drain:1', timeout: 1m}";
  private static final JobAction DRAIN =
      action("effect: Hold, destructive: false, undo: {image: 'fill:1', timeout: 2m}, " + RUN);
  private static final JobAction REPAIR = action("effect: Repair, destructive: true, " + RUN);
  private static final JobAction NIGHTLY =
      action("effect: Repair, destructive: false, run: {from: {cronJob: nightly}, timeout: 1m}");

  private final LoopbackApi api = new LoopbackApi();
  private final KubernetesClient client = api.client();
  private final Workloads workloads = Workloads.of();
  private final WorkloadImages images = new WorkloadImages(workloads);
  private final JobExecutor executor =
      new JobExecutor(
          new Jobs(
              new DescribedJobs(
                  client,
                  new JobManifests(client),
                  images,
                  new Secrets(new Impersonation(client), Clock.systemUTC()),
                  new JobTrials(new Impersonation(client)),
                  new PullFailures(client)),
              images,
              new JobSteps(client)),
          new JobSteps(client),
          images);

  /** Of the Job of the first attempt. */
  private final String name = created(next(DRAIN)).at("/metadata/name").asText();

  @AfterEach
  void stop() {
    api.close();
  }

  private static JobAction action(String yaml) {
    var plan =
        """
        serviceAccountName: runner
        gates: []
        levels: [{name: quiet, actions: [{name: drain, job: {%s}}]}]
        """
            .formatted(yaml);
    return PlanYaml.spec(plan).allActions().findFirst().orElseThrow().job();
  }

  private static ActionScope scope(EffectStatus... sent) {
    return Scopes.of().of(1, List.of(sent));
  }

  private static EffectStatus effect(Intent.Verb verb, int number, int attempt, How how) {
    var results =
        how == How.Applied
            ? List.<EffectResult>of()
            : List.of(new EffectResult(0, "Job", how, null, null));
    return EffectStatusBuilder.builder()
        .verb(verb)
        .number(number)
        .attempt(attempt)
        .targets(1)
        .results(results)
        .build();
  }

  private static EffectStatus applied(Intent.Verb verb, int number) {
    return effect(verb, number, 1, How.Applied);
  }

  private Step next(JobAction action, EffectStatus... sent) {
    return executor.next(action, scope(sent)).toCompletableFuture().join();
  }

  private static JsonNode created(Step step) {
    return ((ObjectCreation) step.effects().get(0)).manifest();
  }

  private JobBuilder job() {
    return new JobBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName(name)
        .withUid("uid")
        .withResourceVersion("7")
        .addToAnnotations(Annotations.FENCE, "none")
        .endMetadata()
        .withNewSpec()
        .withSuspend(false)
        .withActiveDeadlineSeconds(60L)
        .endSpec();
  }

  private Job ended(String type, String status) {
    return job()
        .withNewStatus()
        .addNewCondition()
        .withType(type)
        .withStatus(status)
        .withMessage("Job was active longer than specified deadline")
        .endCondition()
        .endStatus()
        .build();
  }

  // What is made

  /** One that is created late, by a process that is gone, would wait for ever to be woken. */
  @Test
  void itGoesWithTheRecordsOfItsRun() {
    // given
    var claim =
        new ControllerRevisionBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName("bs-run-1")
            .withUid("claim-uid")
            .endMetadata()
            .build();
    api.has(claim);

    // when
    var owner = created(next(DRAIN)).at("/metadata/ownerReferences/0");

    // then
    assertThat(owner.path("kind").asText()).isEqualTo("ControllerRevision");
    assertThat(owner.path("name").asText()).isEqualTo("bs-run-1");
    assertThat(owner.path("uid").asText()).isEqualTo("claim-uid");
  }

  @Test
  void aJobOfAnImageIsCreatedSuspendedAndWithoutPrivileges() {
    // given
    var action =
        action(
            "effect: Repair, destructive: false, run: {image: 'drain:1', command: [drain], args: [all], env: [{name: A, value: '1'}], timeout: 90s}");

    // when
    var step = next(action);

    // then
    var job = created(step);
    assertThat(step.effects().get(0).summary())
        .isEqualTo("Job %s: created, suspended".formatted(job.at("/metadata/name").asText()));
    assertThat(job.at("/metadata/namespace").asText()).isEqualTo("shop");
    assertThat(job.at("/metadata/labels").toString())
        .contains("\"backstep.dev/claim\":\"bs-run-1\"")
        .contains("\"backstep.dev/record\":\"job\"");
    assertThat(job.at("/metadata/annotations").toString()).contains("backstep.dev/fence");
    assertThat(job.at("/spec/suspend").asBoolean()).isTrue();
    assertThat(job.at("/spec/backoffLimit").asInt(-1)).isZero();
    assertThat(job.at("/spec/ttlSecondsAfterFinished").asInt()).isEqualTo(86_400);
    assertThat(job.at("/spec/activeDeadlineSeconds").asInt()).isEqualTo(90);
    assertThat(job.at("/spec/podReplacementPolicy").asText()).isEqualTo("Failed");
    var pod = job.at("/spec/template/spec");
    assertThat(pod.path("restartPolicy").asText()).isEqualTo("Never");
    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    var container = pod.at("/containers/0");
    assertThat(container.path("image").asText()).isEqualTo("drain:1");
    assertThat(container.path("command").toString()).isEqualTo("[\"drain\"]");
    assertThat(container.path("args").toString()).isEqualTo("[\"all\"]");
    assertThat(container.path("env").toString()).isEqualTo("[{\"name\":\"A\",\"value\":\"1\"}]");
    assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(container.at("/securityContext/capabilities/drop").toString())
        .isEqualTo("[\"ALL\"]");
  }

  private JsonNode woken(ActionScope scope) {
    api.has(job().editSpec().withSuspend(true).endSpec().build());
    var step = executor.next(REPAIR, scope).toCompletableFuture().join();
    return ((ObjectPatch) step.effects().get(0)).patch();
  }

  private static ActionScope begun(long secondsAgo) {
    var now = Scopes.of().now();
    return scope().with().timedFrom(Optional.of(now.minusSeconds(secondsAgo))).build();
  }

  @Test
  void aJobThatIsWokenInTimeHasItsOwnLimit() {
    assertThat(woken(begun(30)).toString()).doesNotContain("activeDeadlineSeconds");
  }

  @Test
  void aJobThatIsWokenLateEndsBeforeTheActionsTimeIsOver() {
    assertThat(woken(begun(570)).toString())
        .contains("{\"op\":\"replace\",\"path\":\"/spec/activeDeadlineSeconds\",\"value\":25}");
    assertThat(woken(begun(599)).toString()).contains("activeDeadlineSeconds\",\"value\":1}");
  }

  private void nightly() {
    api.has(
        new CronJobBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName("nightly")
            .endMetadata()
            .withNewSpec()
            .withNewJobTemplate()
            .withNewSpec()
            .withBackoffLimit(6)
            .withNewTemplate()
            .withNewSpec()
            .withServiceAccountName("nightly")
            .endSpec()
            .endTemplate()
            .endSpec()
            .endJobTemplate()
            .endSpec()
            .build());
  }

  @Test
  void aJobOfACronJobIsAsThatSaysButTriedOnce() {
    // given
    nightly();

    // when
    var job = created(next(NIGHTLY));

    // then
    assertThat(job.at("/spec/template/spec/serviceAccountName").asText()).isEqualTo("nightly");
    assertThat(job.at("/spec/backoffLimit").asInt(-1)).isZero();
    assertThat(job.at("/spec/suspend").asBoolean()).isTrue();
  }

  /** Else it would be run again by another pod, whatever it had done. */
  @Test
  void aPodThatIsTakenAwayIsNotReplacedAndToldApart() {
    // given
    nightly();

    // then
    assertThat(created(next(DRAIN)).at("/spec/podFailurePolicy").toString())
        .contains("\"action\":\"FailJob\"", "\"type\":\"DisruptionTarget\"");
    assertThat(created(next(DRAIN)).at("/spec/podReplacementPolicy").asText()).isEqualTo("Failed");
    assertThat(created(next(NIGHTLY)).at("/spec/podFailurePolicy").isMissingNode())
        .as("is for pods that are never restarted")
        .isTrue();
  }

  @Test
  void aCronJobThatDoesNotExistIsAProblem() {
    assertThat(Scopes.now(executor.preflight(NIGHTLY, scope())))
        .containsExactly(
            new Problem(
                "CronJobAbsent",
                "CronJob nightly does not exist in namespace shop. Create it; it may be suspended."));
    assertThat(next(NIGHTLY).work())
        .isInstanceOfSatisfying(
            Work.Impossible.class, it -> assertThat(it.reason()).isEqualTo("CronJobAbsent"));

    nightly();
    assertThat(Scopes.now(executor.preflight(NIGHTLY, scope()))).isEmpty();
  }

  @Test
  void theApiServerIsAskedWithoutCreatingAnything() {
    // when
    assertThat(Scopes.now(executor.preflight(REPAIR, scope()))).isEmpty();

    // then
    assertThat(api.asked().get(api.asked().size() - 1))
        .satisfies(
            it -> {
              assertThat(it.method() + " " + it.path())
                  .isEqualTo("POST /apis/batch/v1/namespaces/shop/jobs");
              assertThat(it.query()).isEqualTo("dryRun=All");
              assertThat(it.user()).isEqualTo("system:serviceaccount:shop:runner");
            });
  }

  @Test
  void podsThatWouldBeRefusedAreAProblemThoughTheJobIsTaken() {
    api.warns(
        job().build(),
        "would violate PodSecurity \\\"restricted:latest\\\": runAsNonRoot != true (container \\\"a\\\")");

    assertThat(Scopes.now(executor.preflight(REPAIR, scope())))
        .containsExactly(
            new Problem(
                "PodsRefused",
                "The pods of the Job would be refused: would violate PodSecurity \"restricted:latest\": runAsNonRoot != true (container \"a\"). Correct the template of the CronJob, or the label pod-security.kubernetes.io/enforce of the namespace."));
  }

  @Test
  void otherWarningsAreNoProblem() {
    api.warns(job().build(), "batch/v1 is old");

    assertThat(Scopes.now(executor.preflight(REPAIR, scope()))).isEmpty();
  }

  @Test
  void aJobThatWouldBeRefusedIsAProblem() {
    api.refuses("POST", job().build(), 403, "exceeded quota: jobs");

    assertThat(Scopes.now(executor.preflight(REPAIR, scope())))
        .containsExactly(
            new Problem(
                "JobRefused",
                "The API server would not take the Job: exceeded quota: jobs. Correct the Job in the plan, or what refuses it."));
  }

  @Test
  void aSecretThatAVariableNeedsHasToBeThere() {
    var reads =
        action(
            "effect: Repair, destructive: false, run: {image: 'a:1', timeout: 1m, env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: password}}}]}");

    assertThat(Scopes.now(executor.preflight(reads, scope())))
        .containsExactly(
            new Problem(
                "SecretMissing",
                "Secret db with key password does not exist in namespace shop, so pods that read it would not start. Create it, or correct the plan."));
  }

  /** The missing right is a problem of its own, with its remedy. */
  @Test
  void aMissingRightIsNotSaidTwice() {
    api.refuses("POST", job().build(), 403, "User x cannot create resource jobs");

    assertThat(Scopes.now(executor.preflight(REPAIR, scope()))).isEmpty();
  }

  @Test
  void anApiServerThatDoesNotKnowIsAskedLater() {
    api.refuses("POST", job().build(), 503, "later");

    assertThatThrownBy(() -> Scopes.now(executor.preflight(REPAIR, scope())))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("HTTP 503");
  }

  @Test
  void everyAttemptAndPurposeHasAJobOfItsOwn() {
    // given
    var other = scope().with().holder(scope().holder().withAction("other")).build();
    var second = scope().of(2, List.of());

    // then
    assertThat(name).startsWith("bs-job-");
    assertThat(created(next(DRAIN)).at("/metadata/name").asText()).isEqualTo(name);
    assertThat(created(executor.next(DRAIN, second).toCompletableFuture().join()))
        .extracting(it -> it.at("/metadata/name").asText())
        .isNotEqualTo(name);
    assertThat(created(executor.next(DRAIN, other).toCompletableFuture().join()))
        .extracting(it -> it.at("/metadata/name").asText())
        .isNotEqualTo(name);
    assertThat(created(back(DRAIN, woken())))
        .extracting(it -> it.at("/metadata/name").asText())
        .isNotEqualTo(name);
  }

  private static JobAction imageOf(String from) {
    return action(
        "effect: Repair, destructive: false, run: {timeout: 1m, imageFrom: {%s}}".formatted(from));
  }

  private static final String OF_WEB = "workload: {kind: Deployment, name: web}, at: ";

  private static String image(Step step) {
    return created(step).at("/spec/template/spec/containers/0/image").asText();
  }

  @Test
  void theImageIsThatOfAWorkloadNowOrWhenTheRunBegan() {
    // given
    workloads.has(Workloads.deployment("web", "app:v2").build());
    var start = executor.atStart(imageOf(OF_WEB + "RunStart"), scope());
    workloads.has(Workloads.deployment("web", "app:v1").build());
    var run = scope().with().atStart(start).build();

    // then
    assertThat(image(next(imageOf(OF_WEB + "Now"), run))).isEqualTo("app:v1");
    assertThat(image(next(imageOf(OF_WEB + "RunStart"), run))).isEqualTo("app:v2");
    assertThat(image(next(imageOf(OF_WEB + "RunStart, container: app"), run))).isEqualTo("app:v2");
    assertThat(Scopes.now(executor.pins(imageOf(OF_WEB + "RunStart"), run)))
        .containsExactly("app:v2");
  }

  private Step next(JobAction action, ActionScope scope) {
    return executor.next(action, scope).toCompletableFuture().join();
  }

  @Test
  void onlyWhatIsWantedOfTheStartIsKept() {
    workloads.has(Workloads.deployment("web", "app:v2").build());

    assertThat(executor.atStart(imageOf(OF_WEB + "Now"), scope())).isEmpty();
    assertThat(executor.atStart(DRAIN, scope())).isEmpty();
    assertThat(executor.atStart(imageOf(OF_WEB + "RunStart"), scope()).orElseThrow().toString())
        .isEqualTo("{\"Deployment web\":{\"app\":\"app:v2\"}}");
  }

  @Test
  void anImageThatIsNotThereIsAProblem() {
    // given
    var action = imageOf(OF_WEB + "RunStart, container: app");
    assertThat(Scopes.now(executor.preflight(action, scope())))
        .containsExactly(
            new Problem(
                "ImageUnknown",
                "There is no Deployment web with a container app in namespace shop, whose image action back would run. Correct imageFrom."));
    assertThat(Scopes.now(executor.pins(action, scope()))).isEmpty();

    // when
    var start = executor.atStart(action, scope());
    workloads.has(Workloads.deployment("web", "app:v2").build());

    // then
    assertThat(Scopes.now(executor.preflight(action, scope()))).isEmpty();
    assertThat(next(action, scope().with().atStart(start).build()).work())
        .isEqualTo(
            new Work.Impossible(
                "ImageUnknown",
                "Deployment web had no container app when the run began, so its image of then is not known. Use at: Now, or name the image."));
  }

  // Where it stands

  @Test
  void aSuspendedJobIsWokenAndHoldsFromThenOn() {
    // given
    api.has(job().editSpec().withSuspend(true).endSpec().build());

    // when
    var wake = (ObjectPatch) next(DRAIN).effects().get(0);

    // then
    assertThat(wake.summary()).isEqualTo("Job %s: started".formatted(name));
    assertThat(wake.starts()).isTrue();
    assertThat(wake.patch().toString()).contains("\"path\":\"/spec/suspend\",\"value\":false");
    assertThat(wake.edits()).extracting(Edit::inverse).containsExactly(Edit.Inverse.NONE);
    assertThat(wake.precondition().values()).containsKey("/spec/suspend");
    assertThat(wake.takes().target()).isEqualTo("Job " + name);
    assertThat(wake.takes().original()).isEqualTo("undo not run");
    assertThat(wake.takes().held()).isEqualTo("run 1");
    assertThat(((ObjectPatch) next(REPAIR).effects().get(0)).takes()).isNull();
  }

  @Test
  void aJobThatRunsIsLookedAtAgain() {
    api.has(job().build());

    assertThat(next(DRAIN).work())
        .isInstanceOfSatisfying(
            Work.Rolling.class,
            it -> {
              assertThat(it.message()).endsWith(" runs.");
              assertThat(it.lookAgainIn()).isEqualTo(Duration.ofSeconds(2));
            });
  }

  @Test
  void aJobThatEndedIsDoneOrHasFailed() {
    api.has(ended("Complete", "True"));
    assertThat(next(DRAIN)).isEqualTo(Step.done("Job %s ended well.".formatted(name)));

    api.has(ended("Failed", "True"));
    assertThat(next(DRAIN).work())
        .isEqualTo(
            new Work.Impossible(
                "JobFailed",
                "Job %1$s failed: Job was active longer than specified deadline. Look at what it said: kubectl -n shop logs job/%1$s."
                    .formatted(name)));

    api.has(ended("Complete", "False"));
    assertThat(next(DRAIN).work()).isInstanceOf(Work.Rolling.class);
  }

  @Test
  void aJobWhosePodWasTakenAwayIsSaidToBeCutOff() {
    // given
    var failed = ended("Failed", "True");
    var condition = failed.getStatus().getConditions().get(0);
    condition.setReason("PodFailurePolicy");
    condition.setMessage(
        "Pod shop/x has condition DisruptionTarget matching FailJob rule at index 0");
    api.has(failed);

    // then
    assertThat(next(DRAIN).work())
        .isEqualTo(
            new Work.Impossible(
                "JobCutOff",
                "The pod of Job %s was evicted, or its node went, before its program ended. What it did until then stays done. Look at that; Retry runs it once more."
                    .formatted(name)));
  }

  @Test
  void aPodWhoseNodeDoesNotAnswerIsSaidWithItsRemedy() {
    api.has(job().withNewStatus().withActive(0).withTerminating(1).endStatus().build());

    assertThat(next(DRAIN).work())
        .isInstanceOfSatisfying(
            Work.Rolling.class,
            it ->
                assertThat(it.message())
                    .isEqualTo(
                        "Job %1$s ends: its pod was told to stop, and the node has not said yet that it did. If that node is gone for good: kubectl -n shop delete pod --force -l batch.kubernetes.io/job-name=%1$s."
                            .formatted(name)));
  }

  @Test
  void anImageThatPodsWaitForInVainIsAProblemBeforeARun() {
    // given
    api.has(WaitingPods.inVain("drain:1"));
    var before =
        scope().with().holder(new Holder("RollbackPlan", "web", null, null, "back", "job"));

    // then
    assertThat(Scopes.now(executor.preflight(REPAIR, before.build())))
        .containsExactly(
            new Problem(
                "ImageNotPulled",
                "Image drain:1, which action back would run, cannot be pulled: pod in-vain says ImagePullBackOff. Push it, give the pods a pull secret that may read it, or correct the plan."));
    assertThat(Scopes.now(executor.preflight(REPAIR, scope()))).as("in a run").isEmpty();
  }

  /** Its record says that it was started: nobody starts it a second time. */
  @Test
  void aJobThatWasStartedAndIsGoneIsNotKnown() {
    // when
    var started = next(DRAIN, applied(Intent.Verb.Apply, 1), applied(Intent.Verb.Apply, 2));

    // then
    assertThat(started.work())
        .isInstanceOfSatisfying(
            Work.Unknown.class, it -> assertThat(it.message()).contains("somebody deleted it"));
  }

  @Test
  void aJobThatWasNotStartedIsCreatedAgain() {
    var created = applied(Intent.Verb.Apply, 1);

    assertThat(next(DRAIN, created).work()).isInstanceOf(Work.ToDo.class);
    assertThat(next(DRAIN, created, effect(Intent.Verb.Apply, 2, 1, How.Refused)).work())
        .isInstanceOf(Work.ToDo.class);
    assertThat(next(DRAIN, created, effect(Intent.Verb.Apply, 2, 2, How.Applied)).work())
        .as("of another attempt")
        .isInstanceOf(Work.ToDo.class);
    assertThat(next(DRAIN, created, applied(Intent.Verb.Undo, 1)).work())
        .as("of the undo")
        .isInstanceOf(Work.ToDo.class);
  }

  // Stop

  @Test
  void aJobThatRunsIsStoppedByItsOwnSwitch() {
    // given
    api.has(job().build());

    // when
    var stop = (ObjectPatch) executor.stop(DRAIN, scope()).effects().get(0);

    // then
    assertThat(stop.summary()).isEqualTo("Job %s: stopped".formatted(name));
    assertThat(stop.patch().toString()).contains("\"path\":\"/spec/suspend\",\"value\":true");
    assertThat(stop.edits()).extracting(Edit::inverse).containsExactly(Edit.Inverse.NONE);
    assertThat(stop.precondition().values()).containsKey("/spec/suspend");
  }

  @Test
  void aStoppedJobIsWaitedForUntilItsPodsAreGone() {
    // given
    var stopped = job().editSpec().withSuspend(true).endSpec();

    // then
    api.has(stopped.withNewStatus().withActive(1).endStatus().build());
    assertThat(executor.stop(DRAIN, scope()).work()).as("runs").isInstanceOf(Work.Rolling.class);
    api.has(stopped.withNewStatus().withTerminating(1).endStatus().build());
    assertThat(executor.stop(DRAIN, scope()).work()).as("ends").isInstanceOf(Work.Rolling.class);
    api.has(stopped.withNewStatus().withActive(0).withTerminating(0).endStatus().build());
    assertThat(executor.stop(DRAIN, scope())).isEqualTo(Step.done("no Job runs."));
  }

  @Test
  void whatDoesNotRunIsNotStopped() {
    var nothing = Step.done("no Job runs.");

    assertThat(executor.stop(DRAIN, scope())).as("none").isEqualTo(nothing);
    api.has(job().editSpec().withSuspend(true).endSpec().build());
    assertThat(executor.stop(DRAIN, scope())).as("suspended").isEqualTo(nothing);
    api.has(ended("Complete", "True"));
    assertThat(executor.stop(DRAIN, scope())).as("complete").isEqualTo(nothing);
    api.has(ended("Failed", "True"));
    assertThat(executor.stop(DRAIN, scope())).as("failed").isEqualTo(nothing);
  }

  // Back

  private record Done(List<Sent<?>> applied) implements Taken.Past {
    @Override
    public List<Sent<?>> back() {
      return List.of();
    }
  }

  /** What woke the Job, as it was recorded. */
  private Done woken() {
    api.has(job().editSpec().withSuspend(true).endSpec().build());
    var wake = next(DRAIN).effects().get(0);
    api.lose(job().build());
    var mark = new Mark("bs-run-0", "back", Intent.Verb.Apply, 2, 0);
    return new Done(List.of(new Sent<>(wake, mark, new Outcome.Applied("1"))));
  }

  private Step back(JobAction action, Done past, EffectStatus... sent) {
    var reversals = new Reversals(new Effectors(List.of()));
    var taken = new Taken(List.of(), past, scope().author(), reversals);
    return executor.back(action, taken, scope(sent)).toCompletableFuture().join();
  }

  @Test
  void whatWasStartedIsTakenBackByItsUndo() {
    // when
    var job = created(back(DRAIN, woken()));

    // then
    assertThat(job.at("/spec/template/spec/containers/0/image").asText()).isEqualTo("fill:1");
    assertThat(job.at("/spec/activeDeadlineSeconds").asInt()).isEqualTo(120);
  }

  /** However long ago the action began. */
  @Test
  void whatTakesBackHasItsOwnLimit() {
    // given
    var past = woken();
    var undo = created(back(DRAIN, past)).at("/metadata/name").asText();
    var suspended = job().editMetadata().withName(undo).endMetadata().editSpec().withSuspend(true);
    api.has(suspended.endSpec().build());
    var reversals = new Reversals(new Effectors(List.of()));
    var taken = new Taken(List.of(), past, scope().author(), reversals);

    // when
    var step = executor.back(DRAIN, taken, begun(3600)).toCompletableFuture().join();

    // then
    assertThat(((ObjectPatch) step.effects().get(0)).patch().toString())
        .doesNotContain("activeDeadlineSeconds");
  }

  @Test
  void anUndoThatWasStartedAndIsGoneIsNotKnown() {
    // given
    var past = woken();
    var release = applied(Intent.Verb.Release, 1);

    // then
    assertThat(back(DRAIN, past, release, applied(Intent.Verb.Undo, 1)).work())
        .isInstanceOf(Work.Unknown.class);
    assertThat(back(DRAIN, past, release, applied(Intent.Verb.Apply, 2)).work())
        .isInstanceOf(Work.ToDo.class);
  }

  @Test
  void whatWasStartedAndHasNoUndoIsSaidToStay() {
    assertThat(back(REPAIR, woken()).work())
        .isEqualTo(
            new Work.Observed("the Job ran, and nothing takes that back: the action has no undo."));
  }

  @Test
  void whatWasNeverStartedNeedsNoUndo() {
    var nothing = new Work.Observed("there is nothing to put back.");

    assertThat(back(DRAIN, new Done(List.of())).work()).isEqualTo(nothing);
  }

  // What kind of action it is

  @Test
  void itIsWhatThePlanDeclaresAndNeedsJobs() {
    assertThat(executor.traits(DRAIN)).isEqualTo(Traits.declared(DeclaredEffect.Hold, false));
    assertThat(executor.traits(REPAIR)).isEqualTo(Traits.declared(DeclaredEffect.Repair, true));
    assertThat(executor.rights(DRAIN, scope()))
        .extracting(right -> right.verb() + " " + right.group() + " " + right.resource())
        .containsExactly("create batch jobs", "patch batch jobs");
  }

  @Test
  void aJobHasToEndBeforeItsActionDoes() {
    // given
    var shorter = scope().with().timeout(Duration.ofSeconds(119)).build();
    var equal = scope().with().timeout(Duration.ofMinutes(2)).build();
    var longer = scope().with().timeout(Duration.ofSeconds(121)).build();

    // then
    assertThat(Scopes.now(executor.preflight(DRAIN, longer))).isEmpty();
    assertThat(Scopes.now(executor.preflight(DRAIN, equal)))
        .extracting(Problem::reason)
        .containsExactly("TimeoutTooLong");
    assertThat(Scopes.now(executor.preflight(DRAIN, shorter))).hasSize(1);
  }
}
