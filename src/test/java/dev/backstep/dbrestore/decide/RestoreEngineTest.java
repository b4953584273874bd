package dev.backstep.dbrestore.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.DbRestoreSpec;
import dev.backstep.api.v1alpha1.DbRestoreSpec.Mode;
import dev.backstep.api.v1alpha1.DbRestoreSpec.State;
import dev.backstep.api.v1alpha1.DbRestoreSpecBuilder;
import dev.backstep.api.v1alpha1.DbRestoreStatus;
import dev.backstep.api.v1alpha1.restore.IfDamaged;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.restore.RestoreRun;
import dev.backstep.api.v1alpha1.status.ApprovalStatus.Given;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.dbrestore.decide.Decision.Act;
import dev.backstep.dbrestore.decide.Decision.Advance;
import dev.backstep.dbrestore.decide.Decision.Close;
import dev.backstep.dbrestore.decide.Decision.Wait;
import dev.backstep.dbrestore.decide.RestoreSnapshot.Consent;
import dev.backstep.dbrestore.decide.RestoreSnapshot.Due;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a restore does next, walked through decision by decision. */
class RestoreEngineTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Target DATABASE = new Target("database", "orders-db");
  private static final Step TO_DO = Step.of(new Work.ToDo(1, "one thing is left."));
  private static final Step DONE = Step.done("it is so.");
  private static final Hold WORKER =
      new Hold("r", "claim", "restore", "dbRestore", "Deployment", "worker", "2", "0", NOON);

  private DbRestoreStatus status = DbRestoreStatus.NOTHING;
  private Instant now = NOON;
  private boolean ready = true;
  private State wish = State.Running;
  private Mode mode = Mode.Execute;
  private DatabaseTarget target = new DatabaseTarget(new Ref("orders-db"), null);
  private IfDamaged ifDamaged = IfDamaged.Fail;
  private Optional<Due> due = Optional.empty();
  private Optional<String> hash = Optional.of("hash-1");
  private Progress progress = new Progress.None();
  private Optional<Consent> consent = Optional.empty();

  private DbRestoreSpec spec() {
    return DbRestoreSpecBuilder.builder()
        .mode(mode)
        .timeout("2h")
        .keepOld("72h")
        .target(target)
        .ifDamaged(ifDamaged)
        .build();
  }

  private Decision decide() {
    return RestoreEngine.decide(
        new RestoreSnapshot(
            spec(), ready, wish, "ann", status, now, "claim", due, hash, progress, consent));
  }

  /** Decides, and writes what was decided. */
  private Decision next() {
    var decision = decide();
    if (decision instanceof Advance advance) {
      status = advance.status().withSeq(status.seq() + 1);
    }
    if (decision instanceof Act act) {
      status =
          act.status()
              .with()
              .seq(status.seq() + 1)
              .run(act.status().run().withIntent(act.intent()))
              .build();
    }
    return decision;
  }

  private Decision next(RestorePhase phase, Step step) {
    due = Optional.of(new Due(phase, step));
    return next();
  }

  /** Into this phase, whatever it takes. */
  private void arriveAt(RestorePhase phase) {
    next();
    if (phase == RestorePhase.Restoring) {
      return;
    }
    next(RestorePhase.Verifying, DONE);
    if (phase == RestorePhase.AwaitingApproval) {
      return;
    }
    agree();
    next();
    for (var step :
        List.of(RestorePhase.BackingUp, RestorePhase.CuttingOver, RestorePhase.Finishing)) {
      if (status.phase() == phase) {
        break;
      }
      next(step, TO_DO);
    }
    if (phase == RestorePhase.Succeeded) {
      next(RestorePhase.Finishing, DONE);
    }
    assertThat(status.phase()).isEqualTo(phase);
  }

  private void agree() {
    consent =
        Optional.of(
            new Consent(
                1,
                List.of(new Given("uid", "bob")),
                true,
                Optional.empty(),
                List.of(),
                Optional.empty()));
  }

  private void reject() {
    consent =
        Optional.of(
            new Consent(1, List.of(), false, Optional.of("bob: no"), List.of(), Optional.empty()));
  }

  @Test
  void waitsUntilNothingIsKnownThatWouldKeepItFromBeingDone() {
    ready = false;

    assertThat(decide()).isInstanceOf(Wait.class);
  }

  @Test
  void waitsWhileItIsSuspended() {
    wish = State.Suspended;

    assertThat(decide()).isInstanceOf(Wait.class);
  }

  @Test
  void replacesNothingBeforePeopleAgreed() {
    arriveAt(RestorePhase.AwaitingApproval);

    assertThat(next(RestorePhase.Quiescing, TO_DO)).isInstanceOf(Wait.class);
    assertThat(status.run().approval().hash()).isEqualTo("hash-1");

    agree();
    next();
    assertThat(status.phase()).isEqualTo(RestorePhase.Quiescing);
    assertThat(status.run().approval().given()).extracting(Given::user).containsExactly("bob");
  }

  @Test
  void doesNotAskBeforeItKnowsWhatItAsksFor() {
    next();
    hash = Optional.empty();

    assertThat(next(RestorePhase.Verifying, DONE)).isInstanceOf(Wait.class);
  }

  @Test
  void forgetsApprovalsOfSomethingElse() {
    arriveAt(RestorePhase.AwaitingApproval);
    hash = Optional.of("hash-2");
    agree();

    next();

    assertThat(status.phase()).isEqualTo(RestorePhase.AwaitingApproval);
    assertThat(status.run().approval().hash()).isEqualTo("hash-2");
    assertThat(status.run().approval().given()).isEmpty();
  }

  @Test
  void countsNobodysWordThatIsNotProven() {
    arriveAt(RestorePhase.AwaitingApproval);
    consent =
        Optional.of(
            new Consent(
                1,
                List.of(new Given("uid", "bob")),
                true,
                Optional.empty(),
                List.of(),
                Optional.of("no policy")));

    assertThat(decide()).isInstanceOf(Wait.class);
  }

  @Test
  void clearsUpWhenItIsRejected() {
    arriveAt(RestorePhase.AwaitingApproval);
    reject();

    next();
    assertThat(status.phase()).isEqualTo(RestorePhase.Stopping);

    next(RestorePhase.Stopping, DONE);
    assertThat(status.phase()).isEqualTo(RestorePhase.Aborted);
    assertThat(status.run().open()).isFalse();
  }

  @Test
  void saysThatTheDataIsReplacedBeforeItActs() {
    arriveAt(RestorePhase.BackingUp);
    assertThat(status.run().replacedAt()).isNull();

    var decision = next(RestorePhase.CuttingOver, TO_DO);

    assertThat(decision).isInstanceOf(Advance.class);
    assertThat(status.run().replacedAt()).isEqualTo(NOON);
    assertThat(next()).isInstanceOf(Act.class);
  }

  @Test
  void recordsWhoIsKeptOff() {
    arriveAt(RestorePhase.Quiescing);
    next(RestorePhase.Quiescing, TO_DO);
    assertThat(decide()).isInstanceOf(Close.class);

    progress = report(new Outcome.Applied("7"), WORKER, null);
    next();

    assertThat(status.run().holds()).containsExactly(WORKER);
    assertThat(status.run().intent()).isNull();
    assertThat(status.run().done().sent()).hasSize(1);
  }

  private static Progress report(Outcome outcome, Hold takes, Hold givesBack) {
    return new Progress.Report(List.of(new Progress.Result(DATABASE, outcome, takes, givesBack)));
  }

  @Test
  void givesBackAndFailsWhenSomethingCannotBeDone() {
    arriveAt(RestorePhase.BackingUp);

    next(RestorePhase.BackingUp, Step.impossible("DiskFull", "The disk is full."));
    assertThat(status.phase()).isEqualTo(RestorePhase.Stopping);
    next(RestorePhase.Finishing, TO_DO);
    assertThat(status.run().intent().verb()).isEqualTo(Intent.Verb.Release);
    progress = report(new Outcome.Applied("8"), null, WORKER);
    next();
    next(RestorePhase.Stopping, DONE);

    assertThat(status.phase()).isEqualTo(RestorePhase.Failed);
    assertThat(status.run().endingReason()).isEqualTo("DiskFull");
  }

  @Test
  void goesOnWithNothingThatFailed() {
    arriveAt(RestorePhase.CuttingOver);
    next(RestorePhase.CuttingOver, TO_DO);
    progress = report(new Outcome.Failed(new Problem("No", "A superuser is there.")), null, null);

    next();

    assertThat(status.phase()).isEqualTo(RestorePhase.Stopping);
  }

  @Test
  void concludesNothingFromWhatIsNotKnown() {
    arriveAt(RestorePhase.CuttingOver);
    next(RestorePhase.CuttingOver, TO_DO);
    progress = report(new Outcome.Unknown("The answer was lost.", null), null, null);

    next();

    assertThat(status.phase()).isEqualTo(RestorePhase.CuttingOver);
    assertThat(status.run().intent()).isNull();
  }

  @Test
  void goesBackNowhereWhenTheServerCannotBeAsked() {
    arriveAt(RestorePhase.CuttingOver);

    assertThat(next(RestorePhase.Quiescing, Step.of(new Work.Rolling("no answer."))))
        .isInstanceOf(Wait.class);
    assertThat(status.phase()).isEqualTo(RestorePhase.CuttingOver);
  }

  @Test
  void letsNobodyLooseOnHalfADatabase() {
    arriveAt(RestorePhase.Finishing);

    next(RestorePhase.Finishing, Step.impossible("VerificationFailed", "It is not good."));

    assertThat(status.phase()).isEqualTo(RestorePhase.HalfRestored);
    assertThat(decide()).isInstanceOf(Wait.class);
  }

  /** The first look after a swap finds it, in the phase of the swap. */
  @Test
  void letsNobodyLooseWhenWhatWasSwappedInIsFoundBad() {
    arriveAt(RestorePhase.CuttingOver);

    next(RestorePhase.Finishing, Step.impossible("VerificationFailed", "It is not good."));

    assertThat(status.phase()).isEqualTo(RestorePhase.HalfRestored);
  }

  @Test
  void isBroughtToItsEndOnceTheDataIsBeingReplaced() {
    arriveAt(RestorePhase.CuttingOver);
    wish = State.Aborted;
    now = NOON.plus(Duration.ofHours(9));

    assertThat(next(RestorePhase.CuttingOver, TO_DO)).isInstanceOf(Act.class);
  }

  @Test
  void stopsWhenPeopleWantItBefore() {
    arriveAt(RestorePhase.Restoring);
    wish = State.Aborted;

    next();

    assertThat(status.phase()).isEqualTo(RestorePhase.Stopping);
  }

  @Test
  void closesWhatIsNotWantedAnyMoreWithoutDoingIt() {
    arriveAt(RestorePhase.Restoring);
    next(RestorePhase.Restoring, TO_DO);
    status = status.withPhase(RestorePhase.Stopping);

    assertThat(decide()).isEqualTo(new Close(status.run().intent(), false));
  }

  @Test
  void failsWhenItTakesTooLong() {
    arriveAt(RestorePhase.Restoring);
    due = Optional.of(new Due(RestorePhase.Restoring, Step.of(new Work.Rolling("loading."))));
    now = NOON.plus(Duration.ofHours(2));

    next();

    assertThat(status.run().endingReason()).isEqualTo("TimedOut");
    assertThat(status.run().endingMessage()).contains("2h", "loading.");
  }

  @Test
  void doesNotCountTheTimeThatPeopleTook() {
    arriveAt(RestorePhase.AwaitingApproval);
    now = NOON.plus(Duration.ofHours(5));
    agree();
    next();

    due = Optional.empty();
    assertThat(decide()).isInstanceOf(Wait.class);
  }

  @Test
  void dropsWhatADrillMade() {
    mode = Mode.Drill;
    next();
    next(RestorePhase.Verifying, DONE);
    assertThat(status.phase()).isEqualTo(RestorePhase.Stopping);

    next(RestorePhase.Stopping, DONE);

    assertThat(status.phase()).isEqualTo(RestorePhase.Drilled);
    assertThat(status.recoveryTime()).matches("\\d+ s");
  }

  @Test
  void whatWasInterruptedIsBegunAnewThreeTimesAtMost() {
    var interrupted = Step.impossible("LoadInterrupted", "Its pod was killed.");
    next();
    next(RestorePhase.Restoring, interrupted);
    assertThat(status.phase()).isEqualTo(RestorePhase.Restoring);
    assertThat(status.run().done().attempt()).isEqualTo(2);
    next(RestorePhase.Restoring, interrupted);
    assertThat(status.run().done().attempt()).isEqualTo(3);

    next(RestorePhase.Restoring, interrupted);

    assertThat(status.phase()).isEqualTo(RestorePhase.Stopping);
    assertThat(status.run().ending()).isEqualTo(RestorePhase.Failed);
  }

  @Test
  void doesNothingMoreOnceItEnded() {
    mode = Mode.Drill;
    next();
    next(RestorePhase.Verifying, DONE);
    next(RestorePhase.Stopping, DONE);

    assertThat(next(RestorePhase.Restoring, TO_DO)).isInstanceOf(Wait.class);
  }

  @Test
  void asksAgainBeforeItPutsBackWhatWasBefore() {
    arriveAt(RestorePhase.Succeeded);
    wish = State.Undone;
    consent = Optional.empty();
    next();
    assertThat(status.phase()).isEqualTo(RestorePhase.AwaitingApproval);
    assertThat(status.run().approval().level()).isEqualTo(Agreeing.UNDO);

    agree();
    next();
    next(RestorePhase.Undoing, TO_DO);
    assertThat(status.run().intent().verb()).isEqualTo(Intent.Verb.Undo);
    progress = report(new Outcome.Applied(null), null, null);
    next();
    next(RestorePhase.Undoing, DONE);

    assertThat(status.phase()).isEqualTo(RestorePhase.Undone);
  }

  @Test
  void asksForAnUndoOnce() {
    arriveAt(RestorePhase.Succeeded);
    wish = State.Undone;
    next();
    reject();
    next();

    assertThat(status.phase()).isEqualTo(RestorePhase.Succeeded);
    due = Optional.empty();
    assertThat(decide()).isInstanceOf(Wait.class);
  }

  @Test
  void whatMayBeTheOnlyCopyIsNeverDropped() {
    ifDamaged = IfDamaged.KeepOld;

    arriveAt(RestorePhase.Succeeded);

    assertThat(status.run().keptUntil()).isEqualTo(RestoreRun.ALWAYS);
  }

  @Test
  void aFileThatHasACopyInAnyCaseIsDropped() {
    target = new DatabaseTarget(null, new DatabaseTarget.Sqlite("data", "shop.db", null));
    ifDamaged = IfDamaged.KeepOld;

    arriveAt(RestorePhase.Succeeded);

    assertThat(status.run().keptUntil()).isEqualTo(NOON.plus(Duration.ofHours(72)));
  }

  @Test
  void dropsTheDataFromBeforeWhenItsTimeIsOver() {
    arriveAt(RestorePhase.Succeeded);
    assertThat(status.run().keptUntil()).isEqualTo(NOON.plus(Duration.ofHours(72)));

    assertThat(next(RestorePhase.Succeeded, TO_DO)).isInstanceOf(Act.class);
    progress = report(new Outcome.Applied(null), null, null);
    next();
    next(RestorePhase.Succeeded, DONE);

    assertThat(status.run().keptUntil()).isNull();
  }
}
