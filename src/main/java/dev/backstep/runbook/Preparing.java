package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.runbook.Decision.Advance;
import dev.backstep.text.Sentences;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Makes an action ready, without touching anything that is live, before people are asked whether
 * its level may act: so what they approve is known, and pinned. The action is at work meanwhile as
 * if it acted: what goes wrong asks the same questions. Then the level is entered once more.
 */
public final class Preparing {
  private Preparing() {}

  /** True while the current action is made ready. */
  public static boolean isUnderWay(RunSnapshot snapshot) {
    var run = snapshot.run();
    return run.phase() == Phase.Acting
        && run.action() != null
        && !snapshot.allActed()
        && new Moves(snapshot).actionStatus().isPreparing();
  }

  /** Something has to be made ready before anybody is asked, or before the next effect. */
  static Optional<Decision> due(RunSnapshot snapshot) {
    return Preparing.isUnderWay(snapshot)
        ? Optional.empty()
        : Optional.ofNullable(snapshot.unprepared()).map(name -> begun(snapshot, name));
  }

  private static Decision begun(RunSnapshot snapshot, String name) {
    var index =
        snapshot.level().actions().stream().map(action -> action.name()).toList().indexOf(name);
    var moves = new Moves(at(snapshot, index));
    return moves.action(
        Reasons.PREPARING,
        "Action %s is made ready before anybody is asked; nothing live is touched.".formatted(name),
        action -> action.withPreparing(true),
        run -> run);
  }

  /** The run at this action; those before it that were not begun keep their places. */
  private static RunSnapshot at(RunSnapshot snapshot, int index) {
    var known = snapshot.levelStatus().actions();
    var before =
        IntStream.range(known.size(), Math.max(known.size(), index))
            .mapToObj(place -> snapshot.level().actions().get(place).name())
            .map(name -> ActionStatus.begun(name, snapshot.now()).withStartedAt(null));
    var actions = Stream.concat(known.stream(), before).toList();
    var levels = new Moves(snapshot).withLevel(level -> level.withActions(actions));
    return snapshot.withRun(snapshot.run().with().levels(levels).action(index).build());
  }

  /** It is; its time counts anew when it acts. */
  static Decision ready(RunSnapshot snapshot, String message) {
    var moves = new Moves(snapshot);
    var levels =
        moves.withAction(
            action -> action.with().preparing(null).startedAt(null).message(message).build());
    return goesOn(snapshot, levels, Reasons.PREPARED, message);
  }

  /** A human left the action out. */
  static Advance without(RunSnapshot snapshot, List<LevelStatus> levels, String message) {
    var moves = new Moves(snapshot.withRun(snapshot.run().withLevels(levels)));
    return goesOn(
        snapshot,
        moves.withAction(action -> action.withPreparing(null)),
        Reasons.ACTION_SUCCEEDED,
        message);
  }

  private static Advance goesOn(
      RunSnapshot snapshot, List<LevelStatus> levels, String reason, String message) {
    return new Moves(snapshot)
        .stay(
            reason,
            "Action %s: %s".formatted(snapshot.action().name(), message),
            run -> run.levels(levels).action(entered(snapshot) ? null : snapshot.run().action()));
  }

  /** True when the level was only entered; else it goes on where it was. */
  private static boolean entered(RunSnapshot snapshot) {
    return snapshot.actionIndex() == 0
        || snapshot.levelStatus().actions().stream()
            .limit(snapshot.actionIndex())
            .anyMatch(action -> action.outcome() == null);
  }

  /** What nobody could find out was done, says a human: the rest is still to be made ready. */
  static Advance takenAsDone(RunSnapshot snapshot) {
    var moves = new Moves(snapshot);
    return moves.enter(
        Phase.Acting,
        Reasons.ANSWERED,
        "It is taken as done.",
        run ->
            run.levels(
                moves.withAction(
                    action ->
                        action
                            .settled(EffectResult::happened)
                            .with()
                            .outcome(null)
                            .endedAt(null)
                            .build())));
  }

  /** What those who approve have to know, with a space before; nothing where there is none. */
  static String found(RunSnapshot snapshot) {
    return snapshot.levelStatus().actions().stream()
        .flatMap(
            action ->
                action.forecast().stream()
                    .map(it -> " Action %s: %s".formatted(action.name(), Sentences.of(it))))
        .collect(Collectors.joining());
  }

  /** True of what was only made ready, and something of it is there. */
  static boolean isUnused(ActionStatus action) {
    return !action.begun() && action.changed() > 0;
  }

  /** What is said in the end of what was made ready and not used, with a space before. */
  static String unused(RunSnapshot snapshot) {
    var unused =
        snapshot
            .run()
            .actions()
            .filter(Preparing::isUnused)
            .map(
                action ->
                    "%s (%s)"
                        .formatted(
                            action.name(),
                            action
                                .forecast()
                                .map(Sentences::clause)
                                .orElseGet(() -> "it was not done with")))
            .collect(Collectors.joining(", "));
    return unused.isEmpty()
        ? ""
        : " Made ready and not used: %s. What that made aside stays until it is dropped with state: Undone."
            .formatted(unused);
  }
}
