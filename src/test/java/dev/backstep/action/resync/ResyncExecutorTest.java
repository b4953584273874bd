package dev.backstep.action.resync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.action.ProgramSteps;
import dev.backstep.action.Scopes;
import dev.backstep.action.SyncControls;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.action.Resync;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Impersonation;
import dev.backstep.effect.Author;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.job.JobManifests;
import dev.backstep.job.JobPods;
import dev.backstep.job.JobTrials;
import dev.backstep.job.ProgramJobs;
import dev.backstep.object.ObjectCreation;
import dev.backstep.object.ObjectPatch;
import dev.backstep.problem.Problem;
import dev.backstep.resync.Progress;
import dev.backstep.resync.Progress.State;
import dev.backstep.resync.ResyncLooks;
import dev.backstep.resync.ResyncTask;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.Settings;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the Job of a re-sync is made of, and what is said of it. */
class ResyncExecutorTest {
  private static final Resync ALL = new Resync(new Ref("cloud"), null);
  private static final String SQLITE = "sqlite: {claimName: shop-data, path: db/shop.sqlite}";

  private final LoopbackApi api = new LoopbackApi();
  private final Target target = new Target();
  private final ActionScope scope = Scopes.of().with().timeout(Duration.ofHours(1)).build();

  /** A target that says what it is told to. */
  private static final class Target extends ResyncLooks {
    private Seen seen = new Seen(Optional.empty(), Optional.empty());
    private List<Problem> problems = List.of();

    Target() {
      super(null);
    }

    @Override
    public CompletionStage<Seen> progress(String databaseRef, Author author, String id) {
      assertThat(databaseRef).isEqualTo("cloud-db");
      assertThat(id).isEqualTo("bs-run-1/back");
      return CompletableFuture.completedStage(seen);
    }

    @Override
    public CompletionStage<List<Problem>> ofTarget(
        String databaseRef, Author author, List<ResyncTask.Table> tables) {
      return CompletableFuture.completedStage(problems);
    }

    @Override
    public CompletionStage<List<Problem>> ofSource(String databaseRef, Author author) {
      return CompletableFuture.completedStage(
          List.of(new Problem("SourceAway", databaseRef + " is away.")));
    }
  }

  @BeforeEach
  void aSyncControl() {
    hasControl(SQLITE);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private void hasControl(String source) {
    var yaml =
        """
        apiVersion: backstep.dev/v1alpha1
        kind: SyncControl
        metadata: {name: cloud, namespace: shop}
        spec:
          serviceAccountName: sync
          means: []
          resync:
            source: {%s}
            target: {databaseRef: {name: cloud-db}}
            tables: [{name: customers, key: [id]}, {name: parts, key: [shop, number]}]
            batchSize: 500
            timeout: 30m
        """
            .formatted(source);
    api.has(new KubernetesSerialization().unmarshal(yaml, SyncControl.class));
  }

  private ResyncExecutor executor() {
    return executor(
        Map.of("backstep.image.name", "backstep:1", "backstep.image.pull-secrets", "a,b"));
  }

  private ResyncExecutor executor(Map<String, String> settings) {
    var config = Settings.of(settings);
    var client = api.client();
    return new ResyncExecutor(
        new ResyncSpecs(new SyncControls(client)),
        new ResyncJobs(new ProgramJobs(new JobManifests(client), config)),
        new JobSteps(client),
        new JobTrials(new Impersonation(client)),
        target,
        new ProgramSteps(new JobPods(client)));
  }

  private Step next(Resync action) {
    return Scopes.now(executor().next(action, scope));
  }

  private JsonNode created(Resync action) {
    return ((ObjectCreation) next(action).effects().get(0)).manifest();
  }

  private static ResyncTask task(JsonNode job) throws Exception {
    var variable = job.at("/spec/template/spec/containers/0/env/0");
    assertThat(variable.path("name").asText()).isEqualTo(ResyncTask.VARIABLE);
    return Json.MAPPER.readValue(variable.path("value").asText(), ResyncTask.class);
  }

  @Test
  void theJobRunsTheOperatorsImageWithFileAndSecretAsVolumes() throws Exception {
    var job = created(ALL);

    var pod = job.at("/spec/template/spec");
    assertThat(pod.at("/containers/0/image").asText()).isEqualTo("backstep:1");
    assertThat(pod.at("/imagePullSecrets").findValuesAsText("name")).containsExactly("a", "b");
    assertThat(pod.at("/automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(pod.at("/containers/0/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(pod.at("/volumes/1/secret/secretName").asText()).isEqualTo("cloud-db");
    assertThat(pod.at("/volumes/2/persistentVolumeClaim").toString())
        .isEqualTo("{\"claimName\":\"shop-data\",\"readOnly\":true}");
    assertThat(job.at("/spec/suspend").asBoolean()).isTrue();
    assertThat(job.at("/spec/activeDeadlineSeconds").asInt()).isEqualTo(1800);
    var task = task(job);
    assertThat(task.sqlite()).isEqualTo("/run/backstep/source/db/shop.sqlite");
    assertThat(task.source()).isNull();
    assertThat(task.job()).isEqualTo(job.at("/metadata/name").asText());
    assertThat(task.batchSize()).isEqualTo(500);
    assertThat(task.tables())
        .containsExactly(
            new ResyncTask.Table("customers", List.of("id")),
            new ResyncTask.Table("parts", List.of("shop", "number")));
  }

  /** A pod that is killed is replaced; one that says that it cannot be done is the end. */
  @Test
  void aPodThatWasKilledIsReplacedAndOneThatRefusesIsNot() {
    var job = created(ALL);

    assertThat(job.at("/spec/backoffLimit").asInt()).isEqualTo(4);
    var rule = job.at("/spec/podFailurePolicy/rules/0");
    assertThat(rule.at("/action").asText()).isEqualTo("FailJob");
    assertThat(rule.at("/onExitCodes/values").toString()).isEqualTo("[65]");
  }

  @Test
  void whoeverLooksAtTheJobSeesWhichProgramItIs() {
    assertThat(created(ALL).at("/metadata/annotations/backstep.dev~1program").asText())
        .isEqualTo("Resync");
  }

  @Test
  void onlyTheTablesOfTheActionAreCopiedInTheOrderOfTheSyncControl() throws Exception {
    var action = new Resync(new Ref("cloud"), List.of("parts", "customers"));

    assertThat(task(created(action)).tables())
        .extracting(ResyncTask.Table::name)
        .containsExactly("customers", "parts");
  }

  @Test
  void aPostgresIsReadByItsSecret() throws Exception {
    hasControl("databaseRef: {name: local-db}");

    var job = created(ALL);

    assertThat(job.at("/spec/template/spec/volumes/2/secret/secretName").asText())
        .isEqualTo("local-db");
    assertThat(task(job).source())
        .isEqualTo(new ResyncTask.Database("local-db", "/run/backstep/source"));
    assertThat(executor().rights(ALL, scope))
        .contains(new Right("get", "", "secrets", List.of("cloud-db", "local-db")));
    assertThat(Scopes.now(executor().preflight(ALL, scope)))
        .extracting(Problem::reason)
        .containsExactly("SourceAway");
  }

  private Job live() {
    return new JobBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName(JobSteps.name(JobSteps.RUN, "bs-run-1", scope))
        .withUid("uid")
        .withResourceVersion("7")
        .endMetadata()
        .withNewSpec()
        .withSuspend(false)
        .withActiveDeadlineSeconds(1800L)
        .endSpec()
        .build();
  }

  private Job ended(String how) {
    return live()
        .edit()
        .withNewStatus()
        .addNewCondition()
        .withType(how)
        .withStatus("True")
        .withMessage("Pod failed")
        .endCondition()
        .endStatus()
        .build();
  }

  private void targetHas(long copied, State state) {
    target.seen =
        new ResyncLooks.Seen(
            Optional.of(
                new Progress(
                    List.of(new Progress.Table("vehicles", 50_000, copied, copied, state, 0, "")))),
            Optional.empty());
  }

  @Test
  void aSuspendedJobIsWoken() {
    api.has(live().edit().editSpec().withSuspend(true).endSpec().build());

    assertThat(next(ALL).effects()).singleElement().isInstanceOf(ObjectPatch.class);
  }

  @Test
  void howFarItIsStandsInTheStatus() {
    api.has(live());
    targetHas(12_400, State.waiting);

    var work = (Work.Rolling) next(ALL).work();

    assertThat(work.message()).endsWith(" runs: vehicles 12,400/50,000, table 1 of 1.");
    assertThat(work.progress()).contains("vehicles 12,400/50,000, table 1 of 1");
  }

  @Test
  void aTargetThatIsAwayKeepsNobodyFromWaiting() {
    api.has(live());
    target.seen =
        new ResyncLooks.Seen(Optional.empty(), Optional.of(new Problem("Away", "It is away.")));

    var work = (Work.Rolling) next(ALL).work();

    assertThat(work.message()).endsWith(" runs. How far it is, is not known: It is away.");
    assertThat(work.progress()).isEmpty();
  }

  private PodBuilder pod() {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("pod-1")
        .withCreationTimestamp("2026-11-21T12:00:00Z")
        .endMetadata();
  }

  @Test
  void whatKeepsItFromBeginningIsSaid() {
    api.has(live());
    api.has(
        pod()
            .withNewStatus()
            .addNewCondition()
            .withType("PodScheduled")
            .withStatus("False")
            .withMessage("persistentvolumeclaim \"shop-data\" not found")
            .endCondition()
            .endStatus()
            .build());

    assertThat(next(ALL).work().message())
        .endsWith(" runs: it waits: persistentvolumeclaim \"shop-data\" not found.");
  }

  @Test
  void whatWasCopiedIsSaidInTheEnd() {
    api.has(ended("Complete"));
    targetHas(50_000, State.compared);

    assertThat(next(ALL).work().message())
        .endsWith(" ended well: vehicles 50,000/50,000, 50,000 of them new or changed.");
  }

  @Test
  void whatTheProgramSaidLastIsWhyItFailed() {
    api.has(ended("Failed"));
    api.has(
        pod()
            .withNewStatus()
            .addNewContainerStatus()
            .withNewState()
            .withNewTerminated()
            .withExitCode(65)
            .withMessage("FileDamaged: The file shop.sqlite is damaged.\n")
            .endTerminated()
            .endState()
            .endContainerStatus()
            .endStatus()
            .build());

    var failed = (Work.Impossible) next(ALL).work();

    assertThat(failed.reason()).isEqualTo("FileDamaged");
    assertThat(failed.message())
        .startsWith("The file shop.sqlite is damaged. What was copied before stays")
        .contains("kubectl -n shop logs job/bs-job-");
  }

  @Test
  void withoutLastWordsTheJobSaysIt() {
    api.has(ended("Failed"));

    assertThat(((Work.Impossible) next(ALL).work()).reason()).isEqualTo("JobFailed");
  }

  @Test
  void aRunThatIsStoppedSuspendsIt() {
    api.has(live());

    assertThat(executor().stop(ALL, scope).effects()).hasSize(1);
  }

  @Test
  void whatCannotWorkIsFoundBefore() {
    target.problems = List.of(new Problem("TableMissing", "The target has no table parts."));

    assertThat(Scopes.now(executor().preflight(ALL, Scopes.of())))
        .extracting(Problem::reason)
        .containsExactly("TimeoutTooLong", "TableMissing");
    assertThat(reason(new Resync(new Ref("none"), null))).isEqualTo("SyncControlMissing");
    assertThat(reason(new Resync(new Ref("cloud"), List.of("x")))).isEqualTo("TableUnknown");
    assertThat(Scopes.now(executor(Map.of()).preflight(ALL, scope)).stream().map(Problem::reason))
        .containsExactly("ImageUnknown");
  }

  private String reason(Resync action) {
    return Scopes.now(executor().preflight(action, scope)).get(0).reason();
  }

  /** Whoever approves, approves what the SyncControl says at that time. */
  @Test
  void anotherTargetIsAnotherThingToApprove() {
    var before = Scopes.now(executor().pins(ALL, scope));

    hasControl("sqlite: {claimName: shop-data, path: other.sqlite}");

    assertThat(before).hasSize(1);
    assertThat(Scopes.now(executor().pins(ALL, scope))).isNotEqualTo(before);
  }
}
