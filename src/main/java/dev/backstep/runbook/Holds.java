package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Work;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Words and arithmetic about what is kept off. */
public final class Holds {
  /** How many are named; the rest is in the status. */
  private static final int NAMED = 10;

  /** Ends at which something may still be held. */
  private static final Set<Phase> MAY_HOLD =
      EnumSet.of(Phase.Mitigated, Phase.Exhausted, Phase.Aborted, Phase.Failed);

  private Holds() {}

  /** What is held, for a human who would otherwise go to bed. */
  public static String stillOff(List<Hold> holds) {
    return "%s After the fix set spec.run.state to Released to give it back."
        .formatted(still(holds));
  }

  /** What a run holds, at its end; a plan that goes away gives it back without being asked. */
  static String atTheEnd(RunSnapshot snapshot) {
    if (snapshot.holds().isEmpty()) {
      return "";
    }
    return " "
        + (snapshot.deleting()
            ? "%s It is given back now, before the plan is gone.".formatted(still(snapshot.holds()))
            : stillOff(snapshot.holds()));
  }

  /** What stays held when the run is finished with it. */
  static String handedOn(List<Hold> holds) {
    return "%s The next run of this plan takes it over; what is held goes back when that is released."
        .formatted(still(holds));
  }

  /**
   * One sentence, such as {@code Still off: Deployment worker (3 -> 0, run INC-1, action stop).}
   */
  private static String still(List<Hold> holds) {
    var off = holds.stream().allMatch(hold -> "0".equals(hold.held()));
    var named = holds.stream().limit(NAMED).map(Holds::name).collect(Collectors.joining(", "));
    var more = holds.size() > NAMED ? ", and %d more".formatted(holds.size() - NAMED) : "";
    return "%s: %s%s.".formatted(off ? "Still off" : "Still held", named, more);
  }

  /** What is off, each with the numbers. */
  public static String named(List<Hold> holds) {
    return holds.stream().map(Holds::name).distinct().collect(Collectors.joining(", "));
  }

  private static String name(Hold hold) {
    var what = hold.bringsBack() ? "%s -> %s".formatted(hold.original(), hold.held()) : hold.held();
    return "%s (%s, run %s, action %s)".formatted(hold.target(), what, hold.run(), hold.action());
  }

  /** Each hold once, as it was known first. */
  static List<Hold> and(List<Hold> known, List<Hold> more) {
    var all = new LinkedHashMap<String, Hold>();
    Stream.concat(known.stream(), more.stream())
        .forEach(hold -> all.putIfAbsent(identity(hold), hold));
    return List.copyOf(all.values());
  }

  private static String identity(Hold hold) {
    return "%s/%s/%s/%s".formatted(hold.claim(), hold.action(), hold.kind(), hold.name());
  }

  /** Holds are given back last first: all that were taken together with the last one. */
  public static List<Hold> together(List<Hold> holds) {
    return holds.stream()
        .reduce((one, next) -> next.since().isBefore(one.since()) ? one : next)
        .map(last -> holds.stream().filter(last::togetherWith).toList())
        .orElse(List.of());
  }

  /** Holds of the current level's actions that are kept only until the level has acted. */
  public static List<Hold> putBackNow(RunSnapshot snapshot) {
    var names =
        snapshot.level().actions().stream()
            .filter(action -> action.holdUntil() == Action.HoldUntil.LevelActed)
            .map(Action::name)
            .toList();
    return snapshot.holds().stream()
        .filter(
            hold -> hold.claim().equals(snapshot.run().claim()) && names.contains(hold.action()))
        .toList();
  }

  /**
   * What is given back now: after the level's last action what was held for the level, else all.
   */
  public static List<Hold> givingBack(RunSnapshot snapshot) {
    return snapshot.run().phase() == Phase.Acting ? putBackNow(snapshot) : snapshot.holds();
  }

  /** What was held is as it was before, or as somebody else wants it now: it is held no more. */
  static Optional<Decision> settled(RunSnapshot snapshot) {
    var message = settled(snapshot.work());
    var given = together(givingBack(snapshot));
    return message.map(
        said ->
            new Moves(snapshot)
                .stay(Reasons.EFFECT_APPLIED, said, without(snapshot, given), run -> run));
  }

  private static Optional<String> settled(Work work) {
    if (work instanceof Work.Observed observed) {
      return Optional.of(observed.message());
    }
    return work instanceof Work.Drifted drifted ? Optional.of(drifted.message()) : Optional.empty();
  }

  private static List<Hold> without(RunSnapshot snapshot, List<Hold> given) {
    return snapshot.holds().stream().filter(hold -> !given.contains(hold)).toList();
  }

  /** True when a hold was found that the status has to know. */
  static boolean found(RunSnapshot snapshot) {
    var phase = snapshot.run().phase();
    return !snapshot.found().isEmpty() && (phase.isOpen() || MAY_HOLD.contains(phase));
  }

  /** What is held must not be forgotten; everything else stays as it is. */
  static Decision remember(RunSnapshot snapshot) {
    var message =
        "Found on the targets though the status did not know it. %s %s"
            .formatted(still(snapshot.found()), snapshot.run().message());
    return new Moves(snapshot)
        .stay(
            snapshot.run().reason(), message, and(snapshot.holds(), snapshot.found()), run -> run);
  }
}
