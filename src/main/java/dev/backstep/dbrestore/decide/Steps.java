package dev.backstep.dbrestore.decide;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.restore.RestoreRun;
import dev.backstep.api.v1alpha1.restore.RestoreRunBuilder;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.dbrestore.decide.Decision.Advance;
import java.util.function.UnaryOperator;

/** The writes that move a restore. */
final class Steps {
  private Steps() {}

  static Advance begun(RestoreSnapshot snapshot) {
    var run =
        RestoreRunBuilder.builder()
            .claim(snapshot.claim())
            .startedAt(snapshot.now())
            .phaseSince(snapshot.now())
            .done(ActionStatus.begun(RestoreEngine.ACTION, snapshot.now()))
            .build();
    return new Advance(
        snapshot.status().with().phase(RestorePhase.Restoring).run(run).build(),
        Reasons.RESTORING,
        snapshot.drill()
            ? "The drill begins: the backup is restored beside the live database."
            : "It begins: the backup is restored beside the live database, which is not touched yet.");
  }

  /** Another attempt, in another database. */
  static Advance anew(RestoreSnapshot snapshot, String why) {
    var done = snapshot.run().done();
    return enter(
        snapshot,
        RestorePhase.Restoring,
        Reasons.LOAD_INTERRUPTED,
        why,
        run -> run.withDone(done.withAttempt(done.attempt() + 1)));
  }

  static Advance neverBegun(RestoreSnapshot snapshot) {
    return new Advance(
        snapshot.status().withPhase(RestorePhase.Aborted),
        Reasons.ABORTED,
        "%s asked to stop before it began; nothing was done.".formatted(snapshot.wishBy()));
  }

  /** Into a phase, with what changes of the run. */
  static Advance enter(
      RestoreSnapshot snapshot,
      RestorePhase phase,
      String reason,
      String message,
      UnaryOperator<RestoreRun> change) {
    var run = change.apply(snapshot.run()).withPhaseSince(snapshot.now());
    return new Advance(snapshot.status().with().phase(phase).run(run).build(), reason, message);
  }

  /** What was kept off comes back, and what was made aside goes, before it ends. */
  static Advance stopping(
      RestoreSnapshot snapshot, RestorePhase ending, String reason, String message) {
    return enter(
        snapshot,
        RestorePhase.Stopping,
        reason,
        message,
        run ->
            run.with()
                .endedAt(null)
                .ending(ending)
                .endingReason(reason)
                .endingMessage(message)
                .build());
  }

  static Advance ended(
      RestoreSnapshot snapshot, RestorePhase phase, String reason, String message) {
    return enter(snapshot, phase, reason, message, run -> run.withEndedAt(snapshot.now()));
  }

  /** As it was to end, with what could not be given back or taken away. */
  static Advance stopped(RestoreSnapshot snapshot, String left) {
    var run = snapshot.run();
    var ending = run.ending() == RestorePhase.Drilled ? RestorePhase.Failed : run.ending();
    return ended(
        snapshot,
        ending,
        run.endingReason(),
        "%s Not everything was put in order: %s".formatted(run.endingMessage(), left));
  }
}
