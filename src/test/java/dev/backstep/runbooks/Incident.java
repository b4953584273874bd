package dev.backstep.runbooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.testing.ChartPolicies;
import dev.backstep.testing.Command;
import dev.backstep.testing.Sample;
import dev.backstep.testing.Shop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * A runbook's sample with its application running, in which something is broken, and the people who
 * steer its plan: the on-call asks, another one approves. What the application does is seen from
 * outside of Backstep: by requests, SQL, and a pod that has the volume with the backups.
 */
final class Incident implements AutoCloseable {
  private static final String ON_CALL = "you@example.com";
  private static final String APPROVER = "bob@example.com";
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final Path LOGS = Path.of("target", "runbooks");
  private static final Set<Phase> WAITING = Set.of(Phase.AwaitingAnswer, Phase.AwaitingApproval);

  /** Looks at the volume with the backups. */
  private static final String WITNESS =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: witness}
      spec:
        selector: {matchLabels: {app: witness}}
        template:
          metadata: {labels: {app: witness}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: witness
              image: backstep.dev/debian:12
              # Volumes of the local cluster belong to root, whatever the pod's group.
              command: [bash, -c, "chmod 777 /backups && touch /tmp/ready && sleep infinity"]
              readinessProbe: {exec: {command: [cat, /tmp/ready]}, periodSeconds: 1}
              volumeMounts: [{name: backups, mountPath: /backups}]
            volumes: [{name: backups, persistentVolumeClaim: {claimName: backups}}]
      """;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Shop shop;
  private final ChartPolicies policies;
  private final Sample sample;
  private final String plan;

  private Incident(Shop shop, ChartPolicies policies, Sample sample, String plan) {
    this.shop = shop;
    this.policies = policies;
    this.sample = sample;
    this.plan = plan;
  }

  /** Runs the sample's application until all of it is out. */
  static Incident in(String name) {
    Command.run(List.of("dev/runbooks"), Map.of(), "").orThrow();
    var shop = Shop.open(name);
    var policies = ChartPolicies.in(shop).grant("runner", ON_CALL).grant("approver", APPROVER);
    var sample = Sample.in(shop, name);
    sample.apply(WITNESS);
    var incident = new Incident(shop, policies, sample, name);
    shop.kubectl("rollout", "status", "deployment", "--timeout=180s").orThrow();
    return incident;
  }

  Shop shop() {
    return shop;
  }

  /** Applies the plan, which measures more often here, so that the test waits less. */
  Incident planned() {
    sample.apply(sample.read("plan.yaml"));
    var spec = plan().getSpec();
    var patch = new ArrayList<String>();
    patch.add(set("/verification/soak", "\"5s\""));
    if (spec.stable() != null) {
      patch.add(set("/stable/soak", "\"5s\""));
    }
    for (var gate = 0; gate < spec.gates().size(); gate++) {
      patch.add(set("/gates/%d/interval".formatted(gate), "\"1s\""));
    }
    return edited(patch);
  }

  /** Changes the plan, as its author does: operations of a JSON patch. */
  Incident edited(List<String> operations) {
    var patch = "[" + String.join(",", operations) + "]";
    shop.kubectl("patch", "rollbackplan", plan, "--type=json", "-p", patch).orThrow();
    return this;
  }

  static String set(String field, String value) {
    return "{\"op\":\"add\",\"path\":\"/spec%s\",\"value\":%s}".formatted(field, value);
  }

  /** Waits until the plan knows a stable revision to go back to. */
  Incident proven() {
    return await("a stable revision", it -> !it.getStatus().stable().isEmpty());
  }

  Incident asks(String file) {
    sample.ask(file, "--as", ON_CALL);
    return this;
  }

  /** Asks for a run in place of the one before. */
  Incident runs(String id, String fields) {
    patches(
        "json",
        """
        [{"op":"add","path":"/spec/run","value":{"id":"%s","reason":"what the symptom says, since noon",
          "requestedBy":"%s",%s}}]
        """
            .formatted(id, ON_CALL, fields));
    return this;
  }

  /** Asks what every level would change, until that is known. */
  Incident dryRuns(String id) {
    var levels =
        plan().getSpec().levels().stream()
            .map(level -> "\"%s\"".formatted(level.name()))
            .collect(Collectors.joining(","));
    return runs(id, "\"mode\":\"DryRun\",\"levels\":[%s]".formatted(levels))
        .awaitPhase(id, Phase.Completed);
  }

  /** Merges into the run, as the on-call does. */
  Incident steers(String json) {
    patches("merge", "{\"spec\":{\"run\":%s}}".formatted(json));
    return this;
  }

  Incident answers(String choice) {
    return steers(
        "{\"answer\":{\"question\":\"%s\",\"choice\":\"%s\",\"by\":\"%s\"}}"
            .formatted(run().question().id(), choice, ON_CALL));
  }

  private void patches(String type, String patch) {
    shop.kubectl("--as", ON_CALL, "patch", "rollbackplan", plan, "--type=" + type, "-p", patch)
        .orThrow();
  }

  /** Approves the level that waits. */
  Incident approvesLevel() {
    var approval = run().approval();
    return approves("level: %s, hash: %s".formatted(approval.level(), approval.hash()));
  }

  /** Says that what a human was asked to look at is well. */
  Incident says(String item) {
    var run = run();
    var level = run.levels().get(run.level());
    return approves("level: %s, hash: %s, item: %s".formatted(level.name(), level.hash(), item));
  }

  private Incident approves(String what) {
    var yaml =
        """
        apiVersion: backstep.dev/v1alpha1
        kind: Approval
        metadata: {generateName: a-}
        spec: {targetRef: {kind: RollbackPlan, name: %s, uid: %s}, runId: %s, %s,
               decision: Approve, approver: "%s"}
        """
            .formatted(plan, plan().getMetadata().getUid(), run().id(), what, APPROVER);
    shop.kubectlWith(yaml, "--as", APPROVER, "create", "-f", "-").orThrow();
    return this;
  }

  RollbackPlan plan() {
    return shop.client()
        .resources(RollbackPlan.class)
        .inNamespace(shop.namespace())
        .withName(plan)
        .require();
  }

  RunStatus run() {
    return plan().getStatus().run();
  }

  /** The levels that the run has left, and how. */
  String outcomes() {
    return run().levels().stream()
        .filter(level -> level.outcome() != null)
        .map(level -> level.name() + " " + level.outcome())
        .collect(Collectors.joining(", "));
  }

  List<String> preview(String level) {
    return run().levels().stream()
        .filter(it -> it.name().equals(level))
        .map(LevelStatus::actions)
        .flatMap(List::stream)
        .flatMap(action -> action.preview().stream())
        .toList();
  }

  /** What a dry run or a drill only shows. */
  private String previews() {
    return run().levels().stream()
        .flatMap(level -> preview(level.name()).stream().map(it -> level.name() + ": " + it + "\n"))
        .collect(Collectors.joining());
  }

  String condition(String type) {
    return plan().getStatus().conditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .map(condition -> condition.getStatus() + " " + condition.getMessage())
        .findFirst()
        .orElse("");
  }

  /** Waits until the run of this id is in a phase; fails at once when it asks something else. */
  Incident awaitPhase(String id, Phase phase) {
    return await(
        id + " in phase " + phase,
        plan -> {
          var run = plan.getStatus().run();
          if (run == null || !run.id().equals(id)) {
            return false;
          }
          var here = run.phase() == phase;
          if (!here && (!run.active() || WAITING.contains(run.phase()))) {
            assertThat(said(plan)).as("what the run says").startsWith(phase.name());
          }
          return here;
        });
  }

  /** Waits until a human is asked to look at something. */
  Incident awaitItem(String item) {
    return await(
        "the question for " + item,
        plan -> plan.getStatus().run() != null && item.equals(plan.getStatus().run().asking()));
  }

  Incident await(String what, Predicate<RollbackPlan> reached) {
    Awaitility.await(what)
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              var plan = plan();
              assertThat(plan.getStatus() != null && reached.test(plan)).as(said(plan)).isTrue();
            });
    return this;
  }

  private static String said(RollbackPlan plan) {
    var run = plan.getStatus() == null ? null : plan.getStatus().run();
    return run == null
        ? "no run: " + plan.getStatus()
        : "%s %s %s".formatted(run.phase(), run.message(), run.question());
  }

  /** What a superuser sees in the database. */
  String sql(String database, String statement) {
    return shop.kubectlWith(
            statement,
            "exec",
            "-i",
            "deployment/" + database + "-db",
            "--",
            "psql",
            "-qAt",
            "-v",
            "ON_ERROR_STOP=1",
            "-U",
            database,
            database)
        .orThrow()
        .stdout()
        .strip();
  }

  /** What a user of the application gets, from the Service of that name. */
  HttpResponse<String> gets(String service, String path) {
    return asks("GET", service, path, "");
  }

  HttpResponse<String> posts(String service, String path, String body) {
    return asks("POST", service, path, body);
  }

  /** What somebody gets who knows the token of an admin. */
  HttpResponse<String> postsAsAdmin(String token, String service, String path, String body) {
    return asks("POST", service, path, body, "Authorization", "Bearer " + token);
  }

  /** What a user of the application gets now; empty: nobody answers. */
  Optional<HttpResponse<String>> answer(String service, String path) {
    try {
      return Optional.of(send(request("GET", service, path, "")));
    } catch (IOException nobody) {
      return Optional.empty();
    }
  }

  /** A Service leads to new pods a moment after their roll-out is over. */
  private HttpResponse<String> asks(
      String method, String service, String path, String body, String... headers) {
    var request = request(method, service, path, body, headers);
    return Awaitility.await(request.uri().toString())
        .atMost(LIMIT)
        .ignoreException(ConnectException.class)
        .until(() -> send(request), it -> true);
  }

  /** Whoever is stopped in the midst of an answer never ends it. */
  private HttpRequest request(
      String method, String service, String path, String body, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create("http://%s%s".formatted(address(service), path)))
            .timeout(ANSWER)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body));
    return headers.length > 0 ? request.headers(headers).build() : request.build();
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Host and port of a Service. */
  private String address(String service) {
    var spec =
        shop.client()
            .services()
            .inNamespace(shop.namespace())
            .withName(service)
            .require()
            .getSpec();
    return spec.getClusterIP() + ":" + spec.getPorts().get(0).getPort();
  }

  /** Somebody uses the application meanwhile, until this is shut down. */
  static ExecutorService everySecond(Runnable use) {
    var clock = Executors.newSingleThreadScheduledExecutor();
    clock.scheduleWithFixedDelay(use, 0, 1, TimeUnit.SECONDS);
    return clock;
  }

  /** The files on the volume with the backups. */
  String backups() {
    return shop.kubectl("exec", "deployment/witness", "--", "find", "/backups", "-type", "f")
        .orThrow()
        .stdout();
  }

  /** The run's steps, as on-call engineers read them, kept for readers of the test's output. */
  String log(String name) {
    var query =
        "jsonpath={range .status.transitions[*]}{.at} {.phase} {.level} {.reason}: {.message}{\"\\n\"}{end}";
    var steps = shop.kubectl("get", "rollbackplan", plan, "-o", query).orThrow().stdout();
    var log = steps + previews();
    try {
      Files.createDirectories(LOGS);
      Files.writeString(LOGS.resolve(name + ".log"), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return log;
  }

  @Override
  public void close() {
    try (policies) {
      shop.close();
    }
  }
}
