package dev.backstep.runbooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ApprovalSpec.Decision;
import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.testing.ChartPolicies;
import dev.backstep.testing.Command;
import dev.backstep.testing.Sample;
import dev.backstep.testing.Shop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A runbook's sample with its application running, in which something is broken, and the people who
 * steer its plan: the on-call asks, another one approves.
 */
final class Incident implements AutoCloseable {
  private static final String ON_CALL = "you@example.com";
  private static final String APPROVER = "bob@example.com";
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final Path LOGS = Path.of("target", "runbooks");
  private static final Set<Phase> WAITING = Set.of(Phase.AwaitingAnswer, Phase.AwaitingApproval);

  /** What brought images into the cluster, once for all tests of a process. */
  private static final Map<String, Command.Result> IMAGES = new ConcurrentHashMap<>();

  private final Shop shop;
  private final ChartPolicies policies;
  private final Sample sample;
  private final String plan;
  private final Application app;

  private Incident(Shop shop, ChartPolicies policies, Sample sample, String plan) {
    this.shop = shop;
    this.policies = policies;
    this.sample = sample;
    this.plan = plan;
    app = new Application(shop);
  }

  /** Runs the sample's application until all of it is out. */
  static Incident in(String name) {
    return in(name, "dev/runbooks");
  }

  /** As {@link #in(String)}, with images that another program brings into the cluster. */
  static Incident in(String name, String images) {
    IMAGES
        .computeIfAbsent(images, program -> Command.run(List.of(program), Map.of(), ""))
        .orThrow();
    var shop = Shop.open(name);
    var policies = ChartPolicies.in(shop).grant("runner", ON_CALL).grant("approver", APPROVER);
    var sample = Sample.in(shop, name);
    sample.apply(Application.WITNESS);
    var incident = new Incident(shop, policies, sample, name);
    shop.kubectl("rollout", "status", "deployment", "--timeout=180s").orThrow();
    return incident;
  }

  Shop shop() {
    return shop;
  }

  /** The application as its users see it, and what it keeps. */
  Application app() {
    return app;
  }

  /**
   * Applies the plan with a short soak, by the replacement that {@code samples/README.md} names,
   * and has it measure more often and trust sooner what runs, so that the test waits less.
   *
   * @param more operations of a JSON patch
   */
  Incident planned(String... more) {
    sample.apply(sample.read("plan.yaml").replace("soak: 15m", "soak: 2s"));
    var spec = plan().getSpec();
    var intervals =
        IntStream.range(0, spec.gates().size())
            .mapToObj(gate -> set("/gates/%d/interval".formatted(gate), "\"1s\""));
    var stable = Stream.ofNullable(spec.stable()).map(it -> set("/stable/soak", "\"5s\""));
    return edited(Stream.of(intervals, stable, Stream.of(more)).flatMap(it -> it).toList());
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

  /** What the sample's file of this name does to its database. */
  Incident happens(String name) {
    app.sql("bookings", sample.read("incidents/%s.sql".formatted(name)));
    return this;
  }

  /** Waits until the plan knows a stable revision to go back to. */
  Incident proven() {
    return await("a stable revision", it -> !it.getStatus().stable().isEmpty());
  }

  /** Asks for the run in a file of the sample, once the one before is taken out. */
  Incident asks(String file) {
    if (plan().getSpec().run() != null) {
      patches("merge", "{\"spec\":{\"run\":null}}");
    }
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

  /** Asks by the sample's file what every level would change, and is shown it. */
  Incident dryRuns(String id) {
    asks("dry-run.yaml").awaitPhase(id, Phase.Completed);
    assertThat(run().levels())
        .extracting(LevelStatus::name)
        .containsExactlyElementsOf(plan().getSpec().levels().stream().map(Level::name).toList());
    assertThat(run().levels())
        .allSatisfy(level -> assertThat(preview(level.name())).as(level.name()).isNotEmpty());
    log(id);
    return this;
  }

  /** Asks by a dry run which levels a symptom has. */
  Incident selects(String symptom, String... levels) {
    var id = "DRY-" + symptom;
    runs(id, "\"symptom\":\"%s\",\"mode\":\"DryRun\"".formatted(symptom))
        .awaitPhase(id, Phase.Completed);
    assertThat(run().levels()).extracting(LevelStatus::name).containsExactly(levels);
    return this;
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
    return approves("level: %s, hash: \"%s\"".formatted(approval.level(), approval.hash()));
  }

  /** Says that what a human was asked to look at is well. */
  Incident says(String item) {
    return says(item, Decision.Approve);
  }

  /** Says whether it is. */
  Incident says(String item, Decision decision) {
    var run = run();
    var level = run.levels().get(run.level());
    var what = "level: %s, hash: \"%s\", item: %s".formatted(level.name(), level.hash(), item);
    return decides(what, decision);
  }

  private Incident approves(String what) {
    return decides(what, Decision.Approve);
  }

  private Incident decides(String what, Decision decision) {
    var yaml =
        """
        apiVersion: backstep.dev/v1alpha1
        kind: Approval
        metadata: {generateName: a-}
        spec: {targetRef: {kind: RollbackPlan, name: %s, uid: %s}, runId: "%s", %s,
               decision: %s, approver: "%s"}
        """
            .formatted(plan, plan().getMetadata().getUid(), run().id(), what, decision, APPROVER);
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

  /** As {@link #awaitItem(String)}, after that level. */
  Incident awaitItem(String item, String level) {
    return await(
        "the question for %s of level %s".formatted(item, level),
        plan -> {
          var run = plan.getStatus().run();
          return run != null
              && run.level() != null
              && run.levels().get(run.level()).name().equals(level)
              && item.equals(run.asking());
        });
  }

  /** Waits until the run asks about something: a stop condition, a level that is a maybe. */
  Incident awaitQuestion(String id, String reason) {
    return await(
        "question %s of %s".formatted(reason, id),
        plan -> {
          var run = plan.getStatus().run();
          return run != null
              && run.id().equals(id)
              && run.question() != null
              && run.question().reason().equals(reason);
        });
  }

  /** Waits until the approval of a level is wanted, and it is said what that level would do. */
  Incident awaitApproval(String id, String level) {
    await(
        "the approval of %s for %s".formatted(level, id),
        plan -> {
          var run = plan.getStatus().run();
          return run != null
              && run.id().equals(id)
              && run.phase() == Phase.AwaitingApproval
              && level.equals(run.approval().level());
        });
    return await(
        "what is to be approved",
        it -> condition(ConditionTypes.AWAITING_APPROVAL).contains("Destroys"));
  }

  /** Stops the run, which has shown what it would do. */
  Incident aborts(String id) {
    return steers("{\"state\":\"Aborted\",\"stateBy\":\"%s\"}".formatted(ON_CALL))
        .awaitPhase(id, Phase.Aborted);
  }

  Incident releases(String id) {
    return steers("{\"state\":\"Released\",\"stateBy\":\"%s\"}".formatted(ON_CALL))
        .awaitPhase(id, Phase.Released);
  }

  /** Where it takes too long, the log of the rollback says what happened instead. */
  Incident await(String what, Predicate<RollbackPlan> reached) {
    try {
      Awaitility.await(what)
          .atMost(LIMIT)
          .untilAsserted(
              () -> {
                var plan = plan();
                assertThat(plan.getStatus() != null && reached.test(plan)).as(said(plan)).isTrue();
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(e.getMessage() + "\n" + filledIn("samples/log.tmpl"), e);
    }
    return this;
  }

  private static String said(RollbackPlan plan) {
    var run = plan.getStatus() == null ? null : plan.getStatus().run();
    return run == null
        ? "no run: " + plan.getStatus()
        : "%s %s %s".formatted(run.phase(), run.message(), run.question());
  }

  /** Somebody uses the application meanwhile, until this is shut down. */
  static ExecutorService everySecond(Runnable use) {
    var clock = Executors.newSingleThreadScheduledExecutor();
    clock.scheduleWithFixedDelay(use, 0, 1, TimeUnit.SECONDS);
    return clock;
  }

  /**
   * The log of the rollback, as on-call engineers file it, kept for readers of the test's output.
   */
  String log(String name) {
    var log = filledIn("samples/log.tmpl");
    try {
      Files.createDirectories(LOGS);
      Files.writeString(LOGS.resolve(name + ".log"), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return log;
  }

  /** A text about the run, from its template. */
  String filledIn(String template) {
    return shop.kubectl("get", "rollbackplan", plan, "-o", "go-template-file=" + template)
        .orThrow()
        .stdout();
  }

  @Override
  public void close() {
    try (policies) {
      shop.close();
    }
  }
}
