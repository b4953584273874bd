package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.runbook.Decision.Wait;
import dev.backstep.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Gives back what was held: after a level has acted, on release, on undo. */
final class PuttingBack {
  private static final String FOREIGN =
      "another version of Backstep began the run, and kept other records of what action %s did: read as they are meant here, something else may come back. Look at its targets first (annotation backstep.dev/mark beginning with %s).";

  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** Of a phase in which something is taken back because somebody asked for it. */
  private static final Duration ON_DEMAND = Duration.ofMinutes(10);

  /** Longer than that nobody waits for pods, say: then it is said that they are still coming up. */
  private static final Duration COMING_BACK = Duration.ofMinutes(3);

  private PuttingBack() {}

  /** Why a run of another version may mean something else here; empty: it does not, or may. */
  static Optional<String> foreign(RunSnapshot snapshot, String action) {
    var settled =
        snapshot.deleting()
            || !snapshot.run().foreign()
            || snapshot.agreed(new Agreement(Agreement.What.GivingBack, action));
    return settled
        ? Optional.empty()
        : Optional.of(FOREIGN.formatted(action, snapshot.run().claim()));
  }

  /** Holds that were taken only for the level, last first, before its gates are measured. */
  static Decision next(RunSnapshot snapshot) {
    if (Holds.putBackNow(snapshot).isEmpty()) {
      return ActionEnd.acted(snapshot, "What was held for the level is put back.");
    }
    if (Boolean.TRUE.equals(snapshot.run().putBackFailed())) {
      return notPutBack(snapshot, "");
    }
    return Holds.settled(snapshot)
        .orElseGet(
            () ->
                effort(
                    snapshot,
                    Intent.Verb.Release,
                    Holds.together(Holds.putBackNow(snapshot)).get(0).action(),
                    limit(snapshot),
                    why -> notPutBack(snapshot, " " + why)));
  }

  private static Decision notPutBack(RunSnapshot snapshot, String why) {
    return ActionEnd.acted(
        snapshot, "Not put back: %s%s".formatted(Holds.stillOff(Holds.putBackNow(snapshot)), why));
  }

  /**
   * One more step of giving or putting something back.
   *
   * @param action whose effects are taken back
   * @param limit nothing is tried any more after it
   * @param failed what is decided where it does not go on, of why it does not
   */
  static Decision effort(
      RunSnapshot snapshot,
      Intent.Verb verb,
      String action,
      Instant limit,
      Function<String, Decision> failed) {
    if (snapshot.work() == null) {
      return new Wait(null);
    }
    var obstacle = obstacle(snapshot.work());
    if (obstacle.isPresent()) {
      return failed.apply(obstacle.get());
    }
    var pause = pause(snapshot, verb, action);
    if (pause.isPresent()) {
      return new Wait(pause.get());
    }
    if (!snapshot.now().isBefore(limit)) {
      return failed.apply(
          snapshot.work() instanceof Work.Rolling rolling
              ? rolling.message()
              : "The targets change all the time.");
    }
    return snapshot.work() instanceof Work.ToDo todo
        ? effect(snapshot, verb, action, todo)
        : new Wait(lookAgain(snapshot, limit));
  }

  /** Until when nothing is sent: what was sent before may land, or could not be sent just now. */
  private static Optional<Instant> pause(RunSnapshot snapshot, Intent.Verb verb, String name) {
    var action = snapshot.status(Intents.owner(snapshot, verb), name);
    return Stream.concat(
            action.filter(it -> verb != Intent.Verb.Stop).flatMap(NotBefore::landed).stream(),
            action
                .map(it -> it.sent().stream().filter(sent -> sent.verb() == verb).toList())
                .flatMap(sent -> NotBefore.sentAgain(sent, snapshot.run().phaseSince()))
                .stream())
        .filter(snapshot.now()::isBefore)
        .max(Instant::compareTo);
  }

  /** Why something cannot be given or put back now; empty: it can, or it is under way. */
  static Optional<String> obstacle(Work work) {
    if (work instanceof Work.Impossible impossible) {
      return Optional.of(impossible.message());
    }
    if (work instanceof Work.Owned owned) {
      return Optional.of(owned.message());
    }
    if (work instanceof Work.Held held) {
      return Optional.of(held.message());
    }
    if (work instanceof Work.Stuck stuck) {
      return Optional.of(stuck.message());
    }
    return work instanceof Work.Unknown unknown ? Optional.of(unknown.message()) : Optional.empty();
  }

  /**
   * When to look again at what is under way; whatever happens, at its limit. Null while the first
   * look is.
   */
  static Instant lookAgain(RunSnapshot snapshot, Instant limit) {
    if (snapshot.work() == null) {
      return null;
    }
    if (snapshot.work() instanceof Work.Rolling rolling && rolling.lookAgainIn() != null) {
      var again = snapshot.now().plus(rolling.lookAgainIn());
      return again.isBefore(limit) ? again : limit;
    }
    return limit;
  }

  /**
   * True while what was put back is on its way, or it is not known yet whether it is, as long as
   * that is worth waiting for. A plan that is being deleted does not wait.
   */
  static boolean comingBack(RunSnapshot snapshot) {
    var late = !snapshot.now().isBefore(comingBackLimit(snapshot));
    return !snapshot.deleting()
        && (snapshot.work() == null || snapshot.work() instanceof Work.Rolling && !late);
  }

  static Instant comingBackLimit(RunSnapshot snapshot) {
    return snapshot.run().phaseSince().plus(COMING_BACK);
  }

  /** What is said in the end of what took too long to be waited for, or could not come back. */
  static String unfinished(RunSnapshot snapshot) {
    return snapshot.work() instanceof Work.Rolling || snapshot.work() instanceof Work.Drifted
        ? " " + snapshot.work().message()
        : "";
  }

  /** Counted from the end of the actions, or of a pause after that. */
  private static Instant limit(RunSnapshot snapshot) {
    return Stream.concat(
            snapshot.levelStatus().actions().stream().map(ActionStatus::endedAt),
            Stream.ofNullable(snapshot.run().measuringSince()))
        .max(Instant::compareTo)
        .orElseThrow()
        .plus(LIMIT);
  }

  /** What took longer to be done may take as long to be taken back, such as a Job. */
  static Instant limit(RunSnapshot snapshot, String action) {
    var own =
        snapshot
            .plan()
            .allActions()
            .filter(it -> it.name().equals(action))
            .map(it -> Durations.of(it.timeout()))
            .filter(it -> it.compareTo(ON_DEMAND) > 0)
            .findFirst();
    return snapshot.run().phaseSince().plus(own.orElse(ON_DEMAND));
  }

  /** The effect that gives something back. */
  private static Act effect(RunSnapshot snapshot, Intent.Verb verb, String name, Work.ToDo todo) {
    var seq = snapshot.run().seq() + 1;
    var mark = Mark.first(snapshot.run().claim(), name, verb, (int) seq);
    var intent = todo.intent(mark, seq, snapshot.now());
    var next =
        new Moves(snapshot)
            .stay(Reasons.EFFECT_INTENDED, todo.message(), run -> run.intent(intent));
    return new Act(next.run(), null);
  }
}
