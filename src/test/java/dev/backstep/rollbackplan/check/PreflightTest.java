package dev.backstep.rollbackplan.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.action.Restart;
import dev.backstep.api.v1alpha1.action.RollBack;
import dev.backstep.cluster.Access;
import dev.backstep.cluster.Annotations;
import dev.backstep.config.BackstepConfig;
import dev.backstep.effect.Author;
import dev.backstep.effect.Step;
import dev.backstep.gate.GateScope;
import dev.backstep.notification.Notifier;
import dev.backstep.problem.Problem;
import dev.backstep.rollbackplan.PlanLoop;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.testing.Workloads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much a plan at rest asks, and when. */
class PreflightTest {
  private static final Duration INTERVAL = Duration.ofMinutes(5);
  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: 'plan-%1$d', uid: 'uid-%1$d'}
      spec:
        serviceAccountName: runner-%1$d
        gates:
        - {name: api, interval: 10s, within: 60s, http: {service: {name: web, port: 80}}}
        levels:
        - name: back
          actions:
          - name: image
            rollBack:
              workloads: [{kind: Deployment, name: web}]
              to: {images: [{container: app, image: 'app:v1'}]}
        - name: more
          actions: [{name: again, restart: {workloads: [{kind: Deployment, name: %2$s}]}}]
      """;

  private static final Problem DOWN = new Problem("Down", "The database does not answer.");
  private static final Supplier<CompletableFuture<List<Problem>>> NO =
      () -> CompletableFuture.completedFuture(List.of());

  private static final String WISH =
      "run: {id: A, reason: broken, requestedBy: alice, mode: DryRun}";

  private final MemoryCluster cluster = new MemoryCluster();

  @BeforeEach
  void shop() {
    cluster.givenDeployment("web", 1, "app:v2");
  }

  private void plans(int number, String workload) {
    IntStream.range(0, number)
        .forEach(
            i -> {
              cluster.given(
                  "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner-%d}".formatted(i));
              cluster.given(PLAN.formatted(i, workload));
            });
  }

  /** All plans are looked at; what was asked, without the status writes. */
  private List<String> pass(PlanLoop loop) {
    cluster.requests();
    cluster.plans().forEach(plan -> loop.run(plan, cluster::put));
    return cluster.requests().stream()
        .filter(it -> it.contains("serviceaccounts") || it.contains("reviews"))
        .toList();
  }

  private PlanLoop newProcess() {
    return cluster.another(PlanLoop.class);
  }

  @Test
  void aPlanOfTwoLevelsAsksTwiceInFiveMinutes() {
    // given
    plans(1, "web");
    var loop = newProcess();

    // when
    var asked = new HashMap<Integer, Integer>();
    for (var minute = 0; minute < 10; minute++) {
      asked.put(minute, pass(loop).size());
      cluster.pass(Duration.ofMinutes(1));
    }

    // then
    assertThat(asked.values().stream().mapToInt(it -> it).sum()).isEqualTo(4);
    assertThat(asked).containsEntry(0, 2).containsEntry(5, 2);
  }

  @Test
  void aNewProcessDoesNotAskForAllPlansAtOnce() {
    // given
    plans(100, "web");
    pass(newProcess());
    var next = newProcess();

    // when
    var atOnce = pass(next).size();
    var most = 0;
    var all = atOnce;
    for (var second = 0; second < INTERVAL.toSeconds(); second += 10) {
      cluster.pass(Duration.ofSeconds(10));
      var asked = pass(next).size();
      most = Math.max(most, asked);
      all += asked;
    }

    // then
    assertThat(atOnce).isZero();
    assertThat(all).as("each plan once").isEqualTo(200);
    assertThat(most).isLessThan(40);
  }

  @Test
  void whileItsTurnHasNotComeAPlanSaysWhatItSaidBefore() {
    // given
    plans(1, "web");
    pass(newProcess());
    var said = cluster.plan().getStatus().conditions();

    // when
    pass(newProcess());

    // then
    assertThat(cluster.plan().getStatus().conditions()).isEqualTo(said);
  }

  @Test
  void whatCouldNotBeCarriedOutIsLookedAtAtOnce() {
    // given
    plans(1, "absent");
    pass(newProcess());

    // when
    var asked = pass(newProcess());

    // then
    assertThat(asked).isNotEmpty();
    assertThat(cluster.plan().getStatus().levels().get(1).executable()).isFalse();
  }

  @Test
  void soIsWhatWasEditedMeanwhile() {
    // given
    plans(1, "web");
    pass(newProcess());

    // when
    cluster.edit("serviceAccountName: nobody");
    pass(newProcess());

    // then
    assertThat(readyReason(cluster.plan())).isEqualTo("Preflight");
  }

  @Test
  void aWishForARunIsNoReasonToCheckAgain() {
    // given
    plans(1, "web");
    var loop = newProcess();
    pass(loop);

    // when
    cluster.edit(WISH);
    var asked = askedBeforeTheRun(loop);

    // then
    assertThat(asked).isNotEmpty().noneMatch(it -> it.contains("reviews"));
  }

  @Test
  void whatWasWrongMayBeMendedWhenARunIsWished() {
    // given
    plans(1, "absent");
    var loop = newProcess();
    pass(loop);
    cluster.pass(Duration.ofMinutes(1));

    // when
    cluster.edit(WISH);
    var asked = askedBeforeTheRun(loop);

    // then
    assertThat(asked).anyMatch(it -> it.contains("reviews"));
  }

  private List<String> askedBeforeTheRun(PlanLoop loop) {
    var asked = new ArrayList<String>();
    loop.run(
        cluster.plan(),
        plan -> {
          if (asked.isEmpty()) {
            asked.addAll(cluster.requests());
          }
          return cluster.put(plan);
        });
    return asked;
  }

  /** The database of one of its actions takes its time. */
  @Test
  void whatIsNotKnownYetIsToldWhenItIs() {
    // given
    plans(1, "web");
    var slow = new CompletableFuture<List<Problem>>();
    var told = new AtomicInteger();
    var preflight = slow(slow);

    // when
    assertThat(idle(preflight, told)).isEmpty();
    assertThat(idle(preflight, told)).isEmpty();
    slow.complete(List.of(DOWN));

    // then
    assertThat(told).hasValue(1);
    assertThat(idle(preflight, told)).containsEntry("back", List.of(DOWN));
  }

  @Test
  void whatWasKnownIsSaidUntilItIsKnownAnew() {
    // given
    plans(1, "web");
    var told = new AtomicInteger();
    var answers = new ArrayDeque<CompletableFuture<List<Problem>>>();
    answers.add(CompletableFuture.completedFuture(List.of(DOWN)));
    var later = new CompletableFuture<List<Problem>>();
    answers.add(later);
    var preflight = slow(answers::remove);

    // when
    assertThat(idle(preflight, told)).containsEntry("back", List.of(DOWN));
    cluster.pass(INTERVAL.plusSeconds(1));

    // then
    assertThat(idle(preflight, told)).as("being asked").containsEntry("back", List.of(DOWN));
    later.complete(List.of());
    assertThat(idle(preflight, told)).containsEntry("back", List.of());
  }

  /** Whoever reads that a right is missing gives it, and looks again. */
  @Test
  void whatIsWrongIsAskedAboutAgainSoonAndThenLessOften() {
    // given
    plans(1, "web");
    var told = new AtomicInteger();
    var asked = new ArrayList<Integer>();
    var second = new AtomicInteger();
    var preflight =
        slow(
            () -> {
              asked.add(second.get());
              var mended = second.get() >= 450;
              return CompletableFuture.completedFuture(mended ? List.of() : List.of(DOWN));
            });

    // when
    for (; second.get() <= 800; second.addAndGet(10)) {
      idle(preflight, told);
      cluster.pass(Duration.ofSeconds(10));
    }

    // then: in order, it has time until the interval is over
    assertThat(asked).containsExactly(0, 30, 90, 210, 450, 750);
  }

  /** Somebody who is impatient must not keep it from ever being known. */
  @Test
  void whatIsBeingAskedComesToAnEndHoweverOftenItIsWishedFor() {
    // given
    plans(1, "web");
    var told = new AtomicInteger();
    var answers = new ArrayDeque<CompletableFuture<List<Problem>>>();
    var first = new CompletableFuture<List<Problem>>();
    var second = new CompletableFuture<List<Problem>>();
    answers.add(first);
    answers.add(second);
    var preflight = slow(answers::remove);

    // when
    idle(preflight, told);
    idle(preflight, told, "1");
    cluster.pass(INTERVAL.plusSeconds(1));
    idle(preflight, told, "2");
    first.complete(List.of(DOWN));

    // then
    assertThat(idle(preflight, told, "3")).as("asked again").containsEntry("back", List.of(DOWN));
    assertThat(idle(preflight, told, "4")).containsEntry("back", List.of(DOWN));
    second.complete(List.of());
    assertThat(idle(preflight, told, "3")).containsEntry("back", List.of());
  }

  private Map<String, List<Problem>> idle(PreflightAtRest preflight, AtomicInteger told) {
    return idle(preflight, told, "");
  }

  /**
   * @param wish to look at the plan
   */
  private Map<String, List<Problem>> idle(
      PreflightAtRest preflight, AtomicInteger told, String wish) {
    var plan = cluster.plan();
    plan.getMetadata().setAnnotations(Map.of(Annotations.REQUESTED_AT, wish));
    var author = new Author(MemoryCluster.NAMESPACE, "runner");
    return preflight
        .of(
            plan,
            cluster.clock().instant(),
            action -> Scopes.of(),
            GateScope.of(author, Workloads.of()),
            told::incrementAndGet)
        .levels();
  }

  private PreflightAtRest slow(CompletableFuture<List<Problem>> answer) {
    return slow(() -> answer);
  }

  private PreflightAtRest slow(Supplier<CompletableFuture<List<Problem>>> answers) {
    var actions =
        new Actions(List.of(new Slow<>(RollBack.class, answers), new Slow<>(Restart.class, NO)));
    var gates = cluster.bean(GateChecks.class);
    return new PreflightAtRest(
        new Preflight(
            actions,
            gates,
            cluster.bean(ApproverChecks.class),
            new TargetChecks(actions, Workloads.of(), List.of()),
            cluster.bean(Notifier.class),
            cluster.bean(Access.class)),
        gates,
        cluster.bean(BackstepConfig.class));
  }

  /** Says what is in its way when the test lets it. */
  private record Slow<A>(Class<A> type, Supplier<CompletableFuture<List<Problem>>> answers)
      implements ActionExecutor<A> {
    @Override
    public CompletionStage<Step> next(A action, ActionScope scope) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<List<Problem>> preflight(A action, ActionScope scope) {
      return answers.get();
    }
  }

  private static String readyReason(RollbackPlan plan) {
    return plan.getStatus().conditions().stream()
        .filter(it -> it.getType().equals("Ready"))
        .findFirst()
        .orElseThrow()
        .getReason();
  }
}
