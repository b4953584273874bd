package dev.backstep.action.clearqueue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.action.ProgramSteps;
import dev.backstep.action.Scopes;
import dev.backstep.action.SyncControls;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.action.ClearQueue;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.EffectStatusBuilder;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.Secrets;
import dev.backstep.config.BackstepConfig;
import dev.backstep.dump.DumpJobs;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.gate.Probes;
import dev.backstep.gate.http.HttpProbe;
import dev.backstep.http.HttpRequest;
import dev.backstep.http.HttpStack;
import dev.backstep.job.JobManifests;
import dev.backstep.job.JobPods;
import dev.backstep.job.JobTrials;
import dev.backstep.job.ProgramJobs;
import dev.backstep.job.ProgramPods;
import dev.backstep.object.ObjectCreation;
import dev.backstep.object.ObjectPatch;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LoopbackApi;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A queue behind a real endpoint: kept by a Job, compared, cleared once, and read back. */
class HttpClearTest {
  private static final ClearQueue ACTION = new ClearQueue(new Ref("orders"), 500);
  private static final String KEPT =
      "queue/orders-20261121T120000Z.json: 12 entries, 340 bytes, sha256 ab, read back";

  private static final String CONTROL =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: SyncControl
      metadata: {name: orders, namespace: shop}
      spec:
        serviceAccountName: sync
        means: []
        queue:
          size:
            http:
              service: {name: sync, port: %1$d, scheme: http, replicas: Any}
              path: /status
              method: GET
              successCondition: status == 200
              timeout: 5s
            value: body.queueSize
          clear:
            http:
              service: {name: sync, port: %1$d, scheme: http, replicas: Any}
              path: /
              successCondition: status == 204
              timeout: 5s
              headers: [{name: Authorization, valueFrom: {secretKeyRef: {name: admin, key: token}}}]
              export: {path: /queue, successCondition: status == 200}
              exportCount: %2$s
              clear: {path: /queue/clear}
              backup: {to: {volume: {claimName: backups}}, prefix: queue/orders-, retention: 168h}
      """;

  private final Vertx vertx = Vertx.vertx();
  private final LoopbackApi api = new LoopbackApi();
  private final HttpStack stack = new HttpStack(vertx, api.client());
  private final ActionScope scope = Scopes.of().with().timeout(Duration.ofHours(1)).build();
  private final ClearQueueExecutor executor = executor();
  private HttpServer server;
  private volatile String status = "{\"queueSize\": 12}";

  @BeforeEach
  void anApplication() throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/status",
        exchange -> {
          var body = status.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    api.has(
        new ServiceBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName("sync")
            .endMetadata()
            .withNewSpec()
            .withClusterIP("127.0.0.1")
            .addNewPort()
            .withPort(server.getAddress().getPort())
            .endPort()
            .endSpec()
            .build());
    api.has(
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName("admin")
            .endMetadata()
            .withData(Map.of("token", "c2VjcmV0"))
            .build());
    hasControl("size(body)");
  }

  @AfterEach
  void stop() {
    server.stop(0);
    stack.close();
    api.close();
    vertx.close();
  }

  private void hasControl(String count) {
    var yaml = CONTROL.formatted(server.getAddress().getPort(), count);
    api.has(new KubernetesSerialization().unmarshal(yaml, SyncControl.class));
  }

  private ClearQueueExecutor executor() {
    var config =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(BackstepConfig.class)
            .withDefaultValues(Map.of("backstep.image.name", "backstep:1"))
            .build()
            .getConfigMapping(BackstepConfig.class);
    var client = api.client();
    var impersonation = new Impersonation(client);
    var exports =
        new Exports(
            new DumpJobs(new ProgramJobs(new JobManifests(client), config)),
            new JobTrials(impersonation),
            stack.readings(),
            new Secrets(impersonation, Clock.systemUTC()));
    var sizes = new QueueSizes(new Probes(List.of(new HttpProbe(stack.readings()))), null);
    var steps = new JobSteps(client);
    return new ClearQueueExecutor(
        new SyncControls(client),
        steps,
        List.of(new HttpClear(steps, new ProgramSteps(new JobPods(client)), exports, sizes)));
  }

  private static <T> T joined(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private Step next() {
    return next(scope);
  }

  private Step next(ActionScope in) {
    return joined(executor.next(ACTION, in));
  }

  private String problem() {
    return ((Work.Impossible) next().work()).reason();
  }

  private void hasJob(String how, String said) {
    var job =
        new JobBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName(JobSteps.name(JobSteps.RUN, "bs-run-1", scope))
            .withUid("uid")
            .withResourceVersion("7")
            .endMetadata()
            .withNewSpec()
            .withSuspend(how.equals("Suspended"))
            .withActiveDeadlineSeconds(1800L)
            .endSpec()
            .withNewStatus()
            .addNewCondition()
            .withType(how)
            .withStatus("True")
            .withMessage("Pod failed")
            .endCondition()
            .endStatus()
            .build();
    api.has(job);
    if (said == null) {
      return;
    }
    api.has(ProgramPods.ended(0, said));
  }

  @Test
  void firstAJobKeepsWhatIsInTheQueue() throws Exception {
    var effect = (ObjectCreation) next().effects().get(0);

    var pod = effect.manifest().at("/spec/template/spec");
    assertThat(pod.at("/containers/0/command").toString()).contains("\"dev.backstep.dump.Export\"");
    assertThat(pod.at("/securityContext/fsGroup").asInt()).isEqualTo(65532);
    assertThat(pod.at("/volumes").toString()).contains("\"secretName\":\"admin\"", "backups");
    var task = task(pod);
    assertThat(task.at("/from/folders/admin").asText()).isEqualTo("/run/backstep/secret-0");
    assertThat(pod.at("/containers/0/volumeMounts").toString()).contains("/run/backstep/secret-0");
    assertThat(task.at("/from/ip").asText()).isEqualTo("127.0.0.1");
    assertThat(task.at("/from/call/path").asText()).isEqualTo("/queue");
    assertThat(task.at("/from/call/method").asText()).isEqualTo("GET");
    assertThat(task.at("/prefix").asText()).isEqualTo("queue/orders-");
    assertThat(task.at("/retentionSeconds").asLong()).isEqualTo(7 * 24 * 3600);
    assertThat(pod.toString()).doesNotContain("c2VjcmV0").doesNotContain(": secret");
  }

  private static JsonNode task(JsonNode pod) throws Exception {
    var variable = pod.at("/containers/0/env/0");
    assertThat(variable.path("name").asText()).isEqualTo("BACKSTEP_EXPORT");
    return Json.MAPPER.readTree(variable.path("value").asText());
  }

  @Test
  void itIsWokenAndWaitedFor() {
    hasJob("Suspended", null);
    assertThat(next().effects().get(0)).isInstanceOf(ObjectPatch.class);

    hasJob("Running", null);
    assertThat(next().work()).isInstanceOf(Work.Rolling.class);
  }

  /** Sending it twice would destroy what came in between. */
  @Test
  void thenOneRequestClearsItWhoseLostAnswerIsAskedForByTheExport() {
    hasJob("Complete", KEPT);

    var request = (HttpRequest) next().effects().get(0);

    assertThat(request.summary()).startsWith("POST sync:").endsWith("/queue/clear");
    assertThat(request.idempotent()).isFalse();
    assertThat(request.undo()).isNull();
    assertThat(request.verify().successCondition()).isEqualTo("(size(body)) < 12");
    assertThat(request.verify().path()).isEqualTo("/queue");
    assertThat(next().effects().get(0)).as("again, the same").isEqualTo(request);
  }

  @ParameterizedTest
  @CsvSource({"11", "13", "0", "5000"})
  void withAnotherNumberInItNothingIsCleared(int now) {
    hasJob("Complete", KEPT);
    status = "{\"queueSize\": %d}".formatted(now);

    assertThat(problem()).isEqualTo("QueueChanged");
    assertThat(next().work().message())
        .contains("has 12 entries, and the queue has %d".formatted(now), "disableSync");
  }

  @Test
  void asLongAsItsSizeIsNotKnownNothingIsDone() {
    status = "{}";
    assertThat(next().work())
        .isInstanceOf(Work.Rolling.class)
        .extracting(Work::message)
        .asString()
        .contains("How much is in the queue is not known");

    hasJob("Complete", KEPT);
    assertThat(next().effects()).isEmpty();
    assertThat(next().work()).isInstanceOf(Work.Rolling.class);
  }

  @Test
  void whatIsTooMuchOrNothingIsNotEvenKept() {
    status = "{\"queueSize\": 501}";
    assertThat(problem()).isEqualTo("TooManyItems");

    status = "{\"queueSize\": 0}";
    assertThat(next().work())
        .isEqualTo(new Work.Observed("the queue is empty: there is nothing to clear."));
  }

  @Test
  void whatTheProgramSaysWasWrongIsTheReason() {
    hasJob("Failed", "ExportRefused: GET sync:3002/queue answered 401. Correct export.");

    assertThat(problem()).isEqualTo("ExportRefused");
    assertThat(next().work().message()).contains("answered 401", "Nothing was cleared.");
  }

  @Test
  void whatNobodyKnowsTheCountOfIsNotCleared() {
    hasJob("Complete", null);

    assertThat(problem()).isEqualTo("ExportLost");
  }

  private ActionScope cleared(int attempt) {
    var sent =
        EffectStatusBuilder.builder()
            .verb(Intent.Verb.Apply)
            .number(3)
            .attempt(attempt)
            .targets(1)
            .results(
                List.of(new EffectResult(0, "Service sync", How.Applied, "answered 204", null)))
            .build();
    return scope.withSent(List.of(sent));
  }

  @Test
  void afterwardsZeroIsReadBack() {
    hasJob("Complete", KEPT);
    status = "{\"queueSize\": 0}";

    assertThat(next(cleared(1)).work())
        .isEqualTo(new Work.Observed("cleared, 0 left; kept before: %s.".formatted(KEPT)));
    assertThat(next(cleared(0)).work())
        .as("that was another attempt")
        .isInstanceOf(Work.Impossible.class);
  }

  @Test
  void whatCameSinceIsSaidAndWhatIsStillThereIsAFailure() {
    hasJob("Complete", KEPT);
    status = "{\"queueSize\": 3}";
    assertThat(next(cleared(1)).work().message()).startsWith("cleared, 3 left, or come since;");

    status = "{\"queueSize\": 12}";
    assertThat(((Work.Impossible) next(cleared(1)).work()).reason()).isEqualTo("NotCleared");

    status = "{}";
    assertThat(next(cleared(1)).work()).isInstanceOf(Work.Rolling.class);
  }

  @Test
  void aDryRunShowsTheJobAndTheRequest() {
    var effects = joined(executor.preview(ACTION, scope)).effects();

    assertThat(effects).hasSize(2);
    assertThat(effects.get(0)).isInstanceOf(ObjectCreation.class);
    assertThat(effects.get(1).summary()).endsWith("/queue/clear");
  }

  @Test
  void whatIsApprovedChangesWithWhatTheSyncControlSays() {
    var before = joined(executor.pins(ACTION, scope)).get(0);
    hasControl("size(body) + 1");

    assertThat(before).startsWith("POST sync:").contains("kept in volume backups as queue/orders-");
    assertThat(joined(executor.pins(ACTION, scope))).doesNotContain(before);
  }

  @Test
  void theRightsAreThoseOfTheJobAndOfTheTokens() {
    assertThat(executor.rights(ACTION, scope))
        .containsExactly(
            new Right("create", "batch", "jobs", List.of()),
            new Right("patch", "batch", "jobs", List.of()),
            new Right("get", "", "secrets", List.of("admin")));
  }

  @Test
  void whatIsWrongIsFoundBefore() {
    assertThat(joined(executor.preflight(ACTION, scope))).isEmpty();

    hasControl("size(");
    assertThat(joined(executor.preflight(ACTION, scope)))
        .singleElement()
        .satisfies(
            wrong -> {
              assertThat(wrong.reason()).isEqualTo("CallInvalid");
              assertThat(wrong.message()).contains("exportCount does not compile");
            });
  }

  @Test
  void aTokenThatIsMissingIsNamedBefore() {
    api.has(
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName("admin")
            .endMetadata()
            .build());

    assertThat(joined(executor.preflight(ACTION, scope)))
        .extracting(Problem::reason)
        .contains("SecretMissing");
  }
}
