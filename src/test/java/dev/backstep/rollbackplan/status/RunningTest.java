package dev.backstep.rollbackplan.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.effect.Work;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How a run gets on. */
class RunningTest {
  private static final Says RUNNING = new Running();

  private static String said(Said plan, String type) {
    return Said.text(plan.by(RUNNING), type);
  }

  @Test
  void anOpenRunIsReconcilingAlsoWhileItAsks() {
    for (var phase : List.of(Phase.Pending, Phase.Verifying, Phase.AwaitingAnswer)) {
      assertThat(said(Said.plan().run(Said.run(phase).build()), "Reconciling"))
          .isEqualTo("True %s: Run INC-1: What happened.".formatted(phase));
    }
  }

  @Test
  void nothingIsReconcilingWithoutAnOpenRun() {
    assertThat(said(Said.plan(), "Reconciling")).isEqualTo("not said");
    assertThat(said(Said.plan().run(Said.run(Phase.Recovered).build()), "Reconciling"))
        .isEqualTo("not said");
  }

  @Test
  void anEditInFlightIsSaidToBeForTheNextRun() {
    var run = Said.run(Phase.Acting).startedAt(Said.NOW).build();
    var same = Said.plan().run(run).snapshot(pinned -> pinned);
    assertThat(said(same, "Reconciling")).endsWith("What happened.");

    var edited = Said.plan().run(run).snapshot(pinned -> pinned).with("historyLimit: 3");
    assertThat(said(edited, "Reconciling"))
        .endsWith(
            "The plan was edited since: this run uses it as it was at 2026-11-21T12:00:00Z, the"
                + " next one as it is now.");
  }

  @Test
  void theHoldThatGitOpsAddsToALevelIsNoEdit() {
    var run = Said.run(Phase.Acting).startedAt(Said.NOW).build();
    var plan = Said.plan().with("gitOps: {argoCD: [{application: shop, namespace: argocd}]}");
    var pinned = plan.run(run).snapshot(snapshot -> snapshot.plan(snapshot.plan().carriedOut()));

    assertThat(said(pinned, "Reconciling")).endsWith("What happened.");
  }

  @Test
  void aReleaseThatComesTooEarlyIsSaidToWait() {
    var wish = "run: {id: INC-1, reason: x, requestedBy: a, levels: [code], state: Released}";
    var open = Said.plan().with(wish).run(Said.run(Phase.Acting).build());
    assertThat(said(open, "Reconciling"))
        .endsWith("counts when the run has ended: let it finish, or stop it with Aborted.");

    var releasing = Said.run(Phase.Releasing).endedAt(Said.NOW).build();
    assertThat(said(Said.plan().with(wish).run(releasing), "Reconciling"))
        .endsWith("What happened.");
  }

  @Test
  void howFarItIsStaysSaidWhileItIsLookedAgain() {
    var run = Said.run(Phase.Acting).startedAt(Said.NOW).build();
    var rolling = new Work.Rolling("It runs.", Duration.ofSeconds(5), Optional.of("43 of 120"));
    var looked = Said.plan().run(run).snapshot(snapshot -> snapshot.work(rolling)).by(RUNNING);
    assertThat(Said.text(looked, "Reconciling")).endsWith("What happened. Now: 43 of 120.");

    var before = RollbackPlanStatusBuilder.builder().conditions(looked.list()).build();
    var moved = Said.run(Phase.Acting).startedAt(Said.NOW).message("It ended.").build();
    assertThat(said(unseen(before, run), "Reconciling")).endsWith("Now: 43 of 120.");
    assertThat(said(unseen(before, moved), "Reconciling")).endsWith("It ended.");
  }

  private static Said unseen(RollbackPlanStatus before, RunStatus run) {
    return Said.plan().status(before).run(run).snapshot(snapshot -> snapshot.work(null));
  }

  @Test
  void aPauseSaysHowToGoOn() {
    var paused = Said.run(Phase.Soaking).pausedSince(Said.NOW).build();

    assertThat(said(Said.plan().run(paused), "Paused"))
        .startsWith("True PausedByHuman: Paused in phase Soaking since 2026-11-21T12:00:00Z.")
        .contains("\"state\":\"Running\"");
  }

  @Test
  void promisesThatWereNotKeptStaySaidAfterTheRun() {
    var late = Said.run(Phase.Recovered).missed(List.of("respondWithin", "budget of code")).build();

    assertThat(said(Said.plan().run(late), "ObjectiveMissed"))
        .endsWith("Promised and not kept: respondWithin, budget of code.");
  }

  @Test
  void whoIsInTheWayIsSaid() {
    for (var reason : List.of(Reasons.CONTESTED, Reasons.OVERWRITTEN)) {
      var run = Said.run(Phase.AwaitingAnswer).reason(reason).build();

      assertThat(said(Said.plan().run(run), "Contested"))
          .isEqualTo("True %s: What happened.".formatted(reason));
    }
    assertThat(said(Said.plan().run(Said.run(Phase.Acting).build()), "Contested"))
        .isEqualTo("not said");
  }
}
