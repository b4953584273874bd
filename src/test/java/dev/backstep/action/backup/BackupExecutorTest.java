package dev.backstep.action.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Holder;
import dev.backstep.action.JobSteps;
import dev.backstep.action.ProgramSteps;
import dev.backstep.action.Scopes;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.action.Backup;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.EffectStatusBuilder;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import dev.backstep.api.v1alpha1.value.Location;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.cluster.ContainerLogs;
import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.Secrets;
import dev.backstep.dump.DumpBackups;
import dev.backstep.dump.DumpJobs;
import dev.backstep.dump.DumpLooks;
import dev.backstep.dump.FileBackups;
import dev.backstep.dump.FileJobs;
import dev.backstep.effect.Author;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.job.ClaimNodes;
import dev.backstep.job.JobManifests;
import dev.backstep.job.JobPods;
import dev.backstep.job.JobProgress;
import dev.backstep.job.JobTrials;
import dev.backstep.job.ProgramJobs;
import dev.backstep.job.ProgramPods;
import dev.backstep.object.ObjectCreation;
import dev.backstep.object.ObjectPatch;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LooksHere;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.Settings;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the Job of a backup is made of, and what is said of it. */
class BackupExecutorTest {
  private static final Backup TO_VOLUME =
      backup(new Location(new Location.Volume("backups"), null), "168h");
  private static final Backup TO_BUCKET =
      backup(
          new Location(
              null, new Location.S3("http://minio:9000", "shop-backups", null, new Ref("keys"))),
          null);

  private final LoopbackApi api = new LoopbackApi();
  private final ActionScope scope = Scopes.of().with().timeout(Duration.ofHours(1)).build();
  private final Server server = new Server();

  private static Backup backup(Location to, String retention) {
    var database = new DatabaseTarget(new Ref("orders-db"), null);
    return new Backup(database, to, "orders/daily-", retention, "30m");
  }

  private static Backup ofFile() {
    var file = new DatabaseTarget(null, new DatabaseTarget.Sqlite("shop-data", "shop.db", 1000L));
    return new Backup(file, TO_VOLUME.to(), TO_VOLUME.prefix(), "168h", TO_VOLUME.timeout());
  }

  /** A server that says what it is told to. */
  private static final class Server extends DumpLooks {
    private Optional<String> said = Optional.empty();

    Server() {
      super(null);
    }

    @Override
    public CompletionStage<Optional<String>> progress(String database, Author author, String tag) {
      assertThat(database).isEqualTo("orders-db");
      assertThat(tag).hasSize(16);
      return CompletableFuture.completedStage(said);
    }

    @Override
    public CompletionStage<List<Problem>> ofSource(String databaseRef, Author author) {
      return CompletableFuture.completedStage(List.of(new Problem("Hidden", "A table is.")));
    }
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private BackupExecutor executor() {
    var config = Settings.of(Map.of("backstep.image.name", "backstep:1"));
    var client = api.client();
    var programs = new ProgramJobs(new JobManifests(client), config);
    var pods = new JobPods(client);
    var logs = new ContainerLogs(new Impersonation(client));
    return new BackupExecutor(
        List.of(
            new DumpBackups(new DumpJobs(programs), server),
            new FileBackups(
                new FileJobs(programs, new ClaimNodes(client)),
                new JobProgress(pods, logs, new LooksHere()))),
        new JobSteps(client),
        new JobTrials(new Impersonation(client)),
        new ProgramSteps(pods),
        new Secrets(new Impersonation(client), Clock.systemUTC()));
  }

  private Step next(Backup action, ActionScope in) {
    return Scopes.now(executor().next(action, in));
  }

  private JsonNode created(Backup action) {
    return ((ObjectCreation) next(action, scope).effects().get(0)).manifest();
  }

  private static JsonNode task(JsonNode job) throws Exception {
    var variable = job.at("/spec/template/spec/containers/0/env/0");
    assertThat(variable.path("name").asText()).isEqualTo("BACKSTEP_BACKUP");
    return Json.MAPPER.readTree(variable.path("value").asText());
  }

  @Test
  void theJobDumpsIntoAVolumeThatItMayWriteTo() throws Exception {
    var job = created(TO_VOLUME);

    var pod = job.at("/spec/template/spec");
    assertThat(pod.at("/containers/0/image").asText()).isEqualTo("backstep:1");
    assertThat(pod.at("/containers/0/command").toString()).contains("\"dev.backstep.dump.Backup\"");
    assertThat(pod.at("/securityContext/fsGroup").asInt()).isEqualTo(65532);
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.at("/automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(pod.at("/volumes/1/secret/secretName").asText()).isEqualTo("orders-db");
    assertThat(pod.at("/volumes/2/persistentVolumeClaim/claimName").asText()).isEqualTo("backups");
    assertThat(pod.at("/volumes/2/persistentVolumeClaim/readOnly").asBoolean()).isFalse();
    assertThat(job.at("/spec/activeDeadlineSeconds").asInt()).isEqualTo(1800);
    var task = task(job);
    assertThat(task.at("/to/volume").asText()).isEqualTo("/run/backstep/place");
    assertThat(task.at("/retentionSeconds").asInt()).isEqualTo(7 * 24 * 3600);
    assertThat(task.at("/prefix").asText()).isEqualTo("orders/daily-");
    assertThat(task.at("/at").asText()).isEqualTo(scope.now().toString());
  }

  @Test
  void theJobDumpsIntoABucketWithItsSecretAsAVolume() throws Exception {
    var job = created(TO_BUCKET);

    var pod = job.at("/spec/template/spec");
    assertThat(pod.at("/volumes/2/secret/secretName").asText()).isEqualTo("keys");
    assertThat(pod.at("/securityContext").has("fsGroup")).isFalse();
    assertThat(task(job).at("/to/s3").toString())
        .isEqualTo(
            "{\"endpoint\":\"http://minio:9000\",\"region\":null,\"bucket\":\"shop-backups\",\"secret\":\"/run/backstep/place\"}");
    assertThat(task(job).at("/retentionSeconds").isNull()).isTrue();
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

  private void hasEnded(String how, int code, String said) {
    api.has(
        live()
            .edit()
            .withNewStatus()
            .addNewCondition()
            .withType(how)
            .withStatus("True")
            .withMessage("Pod failed")
            .endCondition()
            .endStatus()
            .build());
    api.has(ProgramPods.ended(code, said));
  }

  @Test
  void howMuchWasDumpedStandsInTheStatus() {
    api.has(live());
    server.said = Optional.of("12.3 MB dumped");

    var work = (Work.Rolling) next(TO_VOLUME, scope).work();

    assertThat(work.message()).endsWith(" runs: 12.3 MB dumped.");
    assertThat(work.progress()).contains("12.3 MB dumped");
  }

  @Test
  void howMuchOfAFileIsCopiedStandsInTheStatus() {
    api.has(live());
    api.has(ProgramPods.running())
        .answersAt("GET", ProgramPods.LOG, "progress: 12300000 of 540000000 bytes copied\n");

    var work = (Work.Rolling) next(ofFile(), scope).work();

    assertThat(work.message()).endsWith(" runs: 12.3 MB of 540.0 MB copied.");
    assertThat(work.progress()).contains("12.3 MB of 540.0 MB copied");
  }

  @Test
  void onlyWhoBacksAFileUpIsAskedForItsLogAndMayDoWithout() {
    assertThat(executor().rights(ofFile(), scope)).contains(JobProgress.RIGHT);
    assertThat(executor().rights(TO_VOLUME, scope)).doesNotContain(JobProgress.RIGHT);
    assertThat(JobProgress.RIGHT.without()).isNotNull();
  }

  @Test
  void whatWasMadeIsSaidInTheEnd() {
    hasEnded("Complete", 0, "orders/daily-20261121T120100Z.dump: 12.3 MB, sha256 ab12");

    assertThat(next(TO_VOLUME, scope).work().message())
        .endsWith(" ended well: orders/daily-20261121T120100Z.dump: 12.3 MB, sha256 ab12.");
  }

  @Test
  void whereTheBackupIsIsKnownWhenItsPodIsGone() {
    hasEnded("Complete", 0, "");

    assertThat(next(TO_VOLUME, scope).work().message())
        .endsWith(" ended well: the backup is in volume backups.");
    assertThat(next(TO_BUCKET, scope).work().message())
        .endsWith(" ended well: the backup is in bucket shop-backups.");
  }

  @Test
  void whatTheProgramNamedIsWhyItFailed() {
    hasEnded("Failed", 65, "DiskFull: The volume has no space left. Make space.");

    var failed = (Work.Impossible) next(TO_VOLUME, scope).work();

    assertThat(failed.reason()).isEqualTo("DiskFull");
    assertThat(failed.message())
        .startsWith("The volume has no space left. Make space. What was made before stays.");
  }

  /** Of any other Job nobody would know whether it was done; a backup is made once more. */
  @Test
  void aJobThatSomebodyDeletedIsMadeAnew() {
    var again = scope.with().sent(List.of(sent(1), sent(2))).build();

    assertThat(next(TO_VOLUME, again).effects()).singleElement().isInstanceOf(ObjectCreation.class);
    api.has(live().edit().editSpec().withSuspend(true).endSpec().build());
    assertThat(next(TO_VOLUME, again).effects()).singleElement().isInstanceOf(ObjectPatch.class);
  }

  private static EffectStatus sent(int number) {
    return EffectStatusBuilder.builder()
        .verb(Intent.Verb.Apply)
        .number(number)
        .attempt(1)
        .again(false)
        .images(List.of())
        .targets(1)
        .results(List.of())
        .build();
  }

  @Test
  void whatCannotWorkIsFoundBefore() {
    api.has(
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName("keys")
            .endMetadata()
            .withData(Map.of("accessKeyId", "YQ=="))
            .build());

    // Before a run there is no claim.
    var nobody = new Holder("RollbackPlan", "web", null, null, "dump", "backup");
    var before = Scopes.of().with().holder(nobody).build();
    var problems = Scopes.now(executor().preflight(TO_BUCKET, before));

    assertThat(problems)
        .extracting(Problem::reason)
        .containsExactly("TimeoutTooLong", "SecretMissing", "Hidden");
    assertThat(problems.get(1).message()).contains("keys", "secretAccessKey");
  }

  @Test
  void aBackupIsOneThatADestructiveActionMayRelyOn() {
    assertThat(executor().traits(TO_VOLUME).backup()).isTrue();
    assertThat(executor().traits(TO_VOLUME).destructive()).isFalse();
  }

  /** Of a file on a volume that a pod has, on the node of that pod, as the user that is named. */
  @Test
  void theJobCopiesAFileWhereItsVolumeIs() throws Exception {
    api.has(
        new PodBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName("app-1")
            .endMetadata()
            .withNewSpec()
            .withNodeName("node-2")
            .addNewVolume()
            .withName("data")
            .withNewPersistentVolumeClaim("shop-data", false)
            .endVolume()
            .endSpec()
            .build());

    var job = created(ofFile());

    var pod = job.at("/spec/template/spec");
    assertThat(pod.at("/containers/0/command").toString()).contains("dev.backstep.dump.FileBackup");
    assertThat(pod.at("/securityContext/runAsUser").asInt()).isEqualTo(1000);
    assertThat(pod.at("/securityContext/fsGroup").asInt()).isEqualTo(1000);
    assertThat(pod.at("/affinity").toString()).contains("metadata.name", "node-2");
    assertThat(pod.at("/volumes/1/persistentVolumeClaim/claimName").asText())
        .isEqualTo("shop-data");
    assertThat(pod.at("/volumes/1/persistentVolumeClaim/readOnly").asBoolean()).isTrue();
    assertThat(pod.at("/volumes/2/persistentVolumeClaim/readOnly").asBoolean()).isFalse();
    var task = Json.MAPPER.readTree(pod.at("/containers/0/env/0/value").asText());
    assertThat(task.at("/folder").asText() + "/" + task.at("/path").asText())
        .isEqualTo("/run/backstep/file/shop.db");
  }
}
