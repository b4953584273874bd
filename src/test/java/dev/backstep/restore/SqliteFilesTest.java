package dev.backstep.restore;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.JobSteps;
import dev.backstep.action.ProgramSteps;
import dev.backstep.action.Scopes;
import dev.backstep.action.backup.BackupExecutor;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.restore.RestoreCheck;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.restore.RestoreSource;
import dev.backstep.api.v1alpha1.value.BackupTo;
import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import dev.backstep.api.v1alpha1.value.Location;
import dev.backstep.cluster.ContainerLogs;
import dev.backstep.cluster.Impersonation;
import dev.backstep.config.BackstepConfig;
import dev.backstep.dump.FileBackups;
import dev.backstep.dump.FileJobs;
import dev.backstep.effect.Images;
import dev.backstep.effect.Work;
import dev.backstep.job.ClaimNodes;
import dev.backstep.job.JobManifests;
import dev.backstep.job.JobPods;
import dev.backstep.job.JobProgress;
import dev.backstep.job.ProgramJobs;
import dev.backstep.job.ProgramPods;
import dev.backstep.object.ObjectCreation;
import dev.backstep.testing.LooksHere;
import dev.backstep.testing.LoopbackApi;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is left of a restore of a SQLite file, as its Jobs say. */
class SqliteFilesTest {
  private static final String PROVEN =
      "{\"state\":\"Verified\",\"file\":\"nightly.db\",\"sha256\":\"ab\",\"madeAt\":\"2026-11-21T02:00:00Z\",\"value.orders\":\"100\",\"before.orders\":\"7\"}";

  private static final Location BACKUPS = new Location(new Location.Volume("backups"), null);

  private static final DbRestoreAction RESTORE =
      new DbRestoreAction(
          new DatabaseTarget(null, new DatabaseTarget.Sqlite("data", "shop.db", 1000L)),
          new RestoreSource(BACKUPS, "nightly.db", null, null, null, null),
          null,
          new BackupTo(BACKUPS, "before-", null),
          List.of(new RestoreCheck("orders", "SELECT count(*) FROM orders", "value > 0")),
          null);

  private final LoopbackApi api = new LoopbackApi();
  private final ActionScope scope = Scopes.of().with().timeout(Duration.ofHours(1)).build();
  private final Restoring restoring = restoring();

  private Restoring restoring() {
    var config =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(BackstepConfig.class)
            .withDefaultValues(Map.of("backstep.image.name", "backstep:1"))
            .build()
            .getConfigMapping(BackstepConfig.class);
    var client = api.client();
    var programs = new ProgramJobs(new JobManifests(client), config);
    var jobs = new FileJobs(programs, new ClaimNodes(client));
    var steps = new JobSteps(client);
    var pods = new JobPods(client);
    var said = new ProgramSteps(pods);
    var logs = new ContainerLogs(new Impersonation(client));
    var progress = new JobProgress(pods, logs, new LooksHere());
    var backups = new FileBackups(jobs, progress);
    var backup = new BackupExecutor(List.of(backups), steps, null, said, null);
    var actions = new Actions(List.of(backup));
    var images = new Images(client, null);
    var safety = new SafetyStage(() -> actions, images);
    var quiet = new QuietStage(() -> actions, safety);
    var files = new FileSteps(jobs, steps, said, progress, images);
    var media = new Media(List.of(new SqliteFiles(files, new FileQuiet(quiet))));
    var checks = new RestoreChecks(() -> actions, media, new Verification(null));
    return new Restoring(
        media, quiet, safety, new LettingGo(() -> actions, images, null), new JobsStage(checks));
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private String name(String purpose) {
    return JobSteps.name(purpose, scope.claim(), scope);
  }

  private JobBuilder job(String purpose) {
    return new JobBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName(name(purpose))
        .withUid(purpose)
        .withResourceVersion("7")
        .endMetadata()
        .withNewSpec()
        .withSuspend(false)
        .endSpec();
  }

  private void ended(String purpose, String how, String said) {
    api.has(
        job(purpose)
            .withNewStatus()
            .addNewCondition()
            .withType(how)
            .withStatus("True")
            .withMessage("its pod ended")
            .endCondition()
            .endStatus()
            .build());
    api.has(ProgramPods.ended(0, said));
  }

  private Stand proven() {
    return Scopes.now(restoring.proven(RESTORE, scope));
  }

  private Stand replaced() {
    return Scopes.now(restoring.replaced(RESTORE, scope));
  }

  private static JsonNode pod(Stand stand) {
    var created = (ObjectCreation) stand.step().effects().get(0);
    return created.manifest().at("/spec/template/spec");
  }

  private static String program(Stand stand) {
    return pod(stand).at("/containers/0/command").toString();
  }

  private static JsonNode task(Stand stand) throws Exception {
    return Json.MAPPER.readTree(pod(stand).at("/containers/0/env/0/value").asText());
  }

  @Test
  void theBackupIsLoadedByTheUserOfTheApplicationThenProvenThenShown() throws Exception {
    var load = proven();
    assertThat(load.phase()).isEqualTo(RestorePhase.Restoring);
    assertThat(program(load)).contains("dev.backstep.dump.FileLoad");
    assertThat(task(load).at("/source/path").asText()).isEqualTo("nightly.db");
    assertThat(task(load).at("/source/database").asText()).isEqualTo("shop.db");
    assertThat(pod(load).at("/securityContext/runAsUser").asInt()).isEqualTo(1000);
    assertThat(pod(load).at("/securityContext").has("fsGroup")).isFalse();

    ended("load", "Complete", "{\"state\":\"Loaded\",\"file\":\"nightly.db\"}");
    var prove = proven();
    assertThat(prove.phase()).isEqualTo(RestorePhase.Verifying);
    assertThat(task(prove).at("/step").asText()).isEqualTo("Prove");
    assertThat(prove.seen().orElseThrow().facts()).containsEntry("file", "nightly.db");

    ended("prove", "Complete", PROVEN);
    assertThat(proven().step().work())
        .isInstanceOf(Work.Observed.class)
        .extracting(Work::message)
        .asString()
        .contains("Backup nightly.db was restored", "orders 100 (now: 7)", "would be lost");
  }

  private Work.Rolling running(String purpose, Stand stand) {
    var work = (Work.Rolling) stand.step().work();
    assertThat(work.message()).startsWith("Job %s runs".formatted(name(purpose)));
    return work;
  }

  @Test
  void howMuchIsCopiedIsShown() {
    api.has(job("load").build());
    api.has(ProgramPods.running())
        .answersAt("GET", ProgramPods.LOG, "progress: 12300000 of 540000000 bytes copied\n");

    assertThat(running("load", proven()).progress()).contains("12.3 MB of 540.0 MB copied");

    api.has(job(JobSteps.RUN).build());
    api.answersAt("GET", ProgramPods.LOG, "progress: 0 of 540000000 bytes read back\n");
    assertThat(running(JobSteps.RUN, replaced()).progress()).contains("reads back 540.0 MB");
  }

  @Test
  void whoMayNotReadTheLogIsShownNothingAndGoesOn() {
    api.has(job("load").build());
    api.has(ProgramPods.running()).refusesAt("GET", ProgramPods.LOG, 403, "runner may not get it");

    assertThat(running("load", proven()).progress()).isEmpty();

    ended("load", "Complete", "{\"state\":\"Loaded\",\"file\":\"nightly.db\"}");
    assertThat(proven().phase()).isEqualTo(RestorePhase.Verifying);
  }

  @Test
  void aBackupThatIsBadEndsWithItsReason() {
    ended("load", "Failed", "SourceTruncated: File nightly.db is cut off.");

    var work = (Work.Impossible) proven().step().work();

    assertThat(work.reason()).isEqualTo("SourceTruncated");
    assertThat(work.message()).contains("File nightly.db is cut off.");
  }

  @Test
  void theFileIsReplacedOnceThePresentOneIsCopiedAway() throws Exception {
    var copy = replaced();
    assertThat(copy.phase()).isEqualTo(RestorePhase.BackingUp);
    assertThat(program(copy)).contains("dev.backstep.dump.FileBackup");

    ended(JobSteps.RUN, "Complete", "before-20261121T120100Z.sqlite: 1 MB");
    var swap = replaced();
    assertThat(swap.phase()).isEqualTo(RestorePhase.CuttingOver);
    assertThat(task(swap).at("/step").asText()).isEqualTo("Swap");

    ended("prove", "Complete", PROVEN);
    ended("swap", "Complete", PROVEN);
    var check = replaced();
    assertThat(check.phase()).isEqualTo(RestorePhase.Finishing);
    assertThat(task(check).at("/step").asText()).isEqualTo("Check");
    assertThat(check.seen().orElseThrow().replaced()).isTrue();

    ended("check", "Complete", PROVEN);
    assertThat(replaced().step().work().message())
        .contains("Database shop.db was replaced by nightly.db", "is kept as shop.db_bs");
  }

  @Test
  void aDamagedFileThatWasKeptAsItIsCounts() throws Exception {
    ended(JobSteps.RUN, "Failed", "KeptAsFound: It was kept byte for byte.");

    assertThat(task(replaced()).at("/step").asText()).isEqualTo("Swap");
  }

  @Test
  void aFileThatSomebodyHasOpenIsNotReplaced() {
    ended(JobSteps.RUN, "Complete", "");
    ended("swap", "Failed", "DatabaseInUse: Somebody has file shop.db open.");

    assertThat(replaced().phase()).isEqualTo(RestorePhase.CuttingOver);
    assertThat(((Work.Impossible) replaced().step().work()).reason()).isEqualTo("DatabaseInUse");
  }

  /** Nobody says that it was not replaced, or was, without knowing. */
  @Test
  void aSwapThatDidNotSayWhatItDidIsWaitedFor() {
    ended(JobSteps.RUN, "Complete", "");
    ended("swap", "Failed", "NotFinished: The volume is gone.");

    var work = replaced().step().work();

    assertThat(work).isInstanceOf(Work.Rolling.class);
    assertThat(work.message()).contains("did not come to say", "kubectl -n shop delete job");
  }

  @Test
  void writersStayOffWhereTheLiveFileIsNotGood() {
    ended(JobSteps.RUN, "Complete", "");
    ended("swap", "Complete", "");
    ended("check", "Failed", "VerificationFailed: Check orders is not true.");

    var stand = replaced();

    assertThat(stand.phase()).isEqualTo(RestorePhase.Finishing);
    assertThat(stand.step().work().message())
        .contains("Check orders is not true.", "are kept off", "state: Undone");
  }

  /** What was found is shown as long as it is known, and found out again where it is not. */
  @Test
  void whatWasFoundIsFoundOutAgainWhenItsPodIsGone() {
    ended("load", "Complete", "");
    ended("prove", "Complete", "");

    assertThat(proven().step().work())
        .isInstanceOf(Work.Rolling.class)
        .extracting(Work::message)
        .asString()
        .contains("is not known any more", "kubectl -n shop delete job " + name("prove"));
  }

  @Test
  void whereNothingWasBegunNothingIsCleared() {
    assertThat(Scopes.now(restoring.stopped(RESTORE, scope)).step().work())
        .isInstanceOf(Work.Observed.class);
  }
}
