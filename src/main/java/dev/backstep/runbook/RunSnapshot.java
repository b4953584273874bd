package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.Symptom;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.api.v1alpha1.status.EarlierAction;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Work;
import dev.backstep.measure.Streak;
import dev.backstep.measure.Verdict;
import dev.backstep.problem.Problem;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything the engine looks at, gathered once: the same snapshot always gives the same decision.
 *
 * @param now the time on the API server's clock
 * @param plan the plan as it was pinned when the run began
 * @param wish what humans want of this run now; null when spec.run is gone or names another run
 * @param deleting true when the plan is being deleted
 * @param run the run as its status says
 * @param holds what is kept off, of this run and earlier ones
 * @param found holds of this plan that its targets name and its status does not know
 * @param heldByOthers who else holds this plan's targets, in words; only where something is given
 *     back
 * @param gates what the gates measured since {@code run.measuringSince}, by name
 * @param problems what keeps a level from being carried out, by level; only what was just checked:
 *     a level that is not in it is still being checked, or was not
 * @param pins what the actions of levels mean now, by level and action; only where it was just
 *     found out
 * @param otherBackups of actions that destroy something: the backups before them in their level
 *     that are of another database; only where it was just found out
 * @param unprepared name of the action that has to be made ready before people are asked; null:
 *     none has to, as far as was found out
 * @param work what is left of the current action, or of the release; null: neither is due, or it is
 *     not known yet
 * @param progress how far the open intent's effect is
 * @param traits what the plan's levels and actions do, as far as the plan itself says
 * @param hashes hash of what would be approved, by level, or by action where its undo would be
 * @param stops the stop conditions that concern entering the current level
 * @param consent what humans say to the level, or the undo, that wants to be approved; null: not
 *     looked at
 * @param journalDownSince since when the journal cannot be written; null: it can, or there is none
 * @param preview what each action would change, by its name; null: not known yet
 */
@RecordBuilder
public record RunSnapshot(
    Instant now,
    RollbackPlanSpec plan,
    Run wish,
    boolean deleting,
    RunStatus run,
    List<Hold> holds,
    List<Hold> found,
    List<String> heldByOthers,
    Map<String, Streak> gates,
    Map<String, List<Problem>> problems,
    Map<String, Map<String, List<String>>> pins,
    Map<String, Set<String>> otherBackups,
    String unprepared,
    Work work,
    Progress progress,
    LevelTraits traits,
    Map<String, String> hashes,
    List<Stop> stops,
    Consent consent,
    Instant journalDownSince,
    Map<String, List<String>> preview)
    implements RunSnapshotBuilder.With {

  /** Lists are never null. */
  public RunSnapshot {
    found = found == null ? List.of() : found;
    heldByOthers = heldByOthers == null ? List.of() : heldByOthers;
    pins = pins == null ? Map.of() : pins;
    otherBackups = otherBackups == null ? Map.of() : otherBackups;
  }

  /** How the requester of a run that a trigger started begins. */
  public static final String AUTOMATIC = "trigger:";

  /** The level the run is on, as the plan defines it; null before the first. */
  public Level level() {
    return run.level() == null ? null : levelNamed(levelStatus().name());
  }

  /** What is known of the level the run is on. */
  public LevelStatus levelStatus() {
    return run.levels().get(run.level());
  }

  /** The action the run is at: the first one of a level that was just entered. */
  public Action action() {
    return level().actions().get(actionIndex());
  }

  /** Index of {@link #action()}. */
  public int actionIndex() {
    return run.action() == null ? 0 : run.action();
  }

  /** True when there is a level after the current one. */
  public boolean hasNextLevel() {
    return nextLevelIndex() < run.levels().size();
  }

  /** Index of the level after the current one. */
  public int nextLevelIndex() {
    var index = run.level() == null ? 0 : run.level() + 1;
    while (index < run.levels().size() && run.levels().get(index).outcome() != null) {
      index++;
    }
    return index;
  }

  /** What is known of the level after the current one. */
  public LevelStatus nextLevel() {
    return run.levels().get(nextLevelIndex());
  }

  /** The gates that judge the run now. */
  public Judges judges() {
    return new Judges(this);
  }

  /** The symptom that the run names; null: it names levels. */
  public Symptom symptom() {
    return plan.symptomNamed(run.symptom()).orElse(null);
  }

  /** The action that is put back next; null: none is left, or nothing is undone. */
  public ActionStatus undoing() {
    return Undoing.current(this);
  }

  /** What the measurements of a gate say now. */
  public Verdict verdict(Gate gate) {
    return Gates.now(this, List.of(gate)).verdict();
  }

  /** True when no human asked for the run. */
  public boolean automatic() {
    return run.requestedBy() != null && run.requestedBy().startsWith(AUTOMATIC);
  }

  /** True while the current level was entered and did not begin to act. */
  public boolean entering() {
    return run.phase() == Phase.Acting && run.action() == null;
  }

  /** True when this was settled for the current level, or for the release. */
  public boolean agreed(Agreement agreement) {
    return run.agreed().contains(agreement);
  }

  /** True when an effect of the level was sent that did more than to make an action ready. */
  public boolean levelActed() {
    return levelStatus().actions().stream()
        .anyMatch(action -> action.begun() && !action.applied().isEmpty());
  }

  /** True while an action that was done is judged by its own gates; not a moment before. */
  public boolean proving() {
    return run.phase() == Phase.Acting
        && run.action() != null
        && !allActed()
        && new Moves(this).actionStatus().provingSince() != null;
  }

  /** The gate that is measured once and is asked now, of a level or of an action; empty: none. */
  public Optional<Gate> asked() {
    return (run.phase() == Phase.Verifying || proving()) && run.asking() != null
        ? judges().named(List.of(run.asking())).stream().findFirst()
        : Optional.empty();
  }

  /** When the effects were observed that gates judge now; empty: there are none to judge. */
  public Optional<Instant> observedAt() {
    if (proving()) {
      return Optional.of(new Moves(this).actionStatus().provingSince());
    }
    return run.phase() == Phase.Verifying || run.phase() == Phase.Soaking
        ? Optional.ofNullable(run.measuringSince())
        : Optional.empty();
  }

  /** True when every action of the level has ended, and only its holds may be left to put back. */
  public boolean allActed() {
    return level() != null && actionIndex() >= level().actions().size();
  }

  /**
   * True when every action of the level has an outcome, such as left out: nothing is to be done.
   */
  public boolean allEnded() {
    var known = levelStatus().actions();
    return known.size() == level().actions().size()
        && known.stream().allMatch(action -> action.outcome() != null);
  }

  /** True when a level has an action that destroys something. */
  public boolean destroys(String levelName) {
    return traits.destructive().contains(levelName);
  }

  /** What keeps a level from being carried out; empty: that is not known yet. */
  public Optional<List<Problem>> problemsOf(String levelName) {
    return Optional.ofNullable(problems.get(levelName));
  }

  /** What the actions of a level mean, as far as it was just found out. */
  public Map<String, List<String>> pinsOf(String levelName) {
    return pins.getOrDefault(levelName, Map.of());
  }

  /** What the level's actions mean that have begun: as it was before they did. */
  public Map<String, List<String>> pinnedByBegun() {
    if (entering()) {
      return Map.of();
    }
    return levelStatus().actions().stream()
        .filter(ActionStatus::begun)
        .collect(
            Collectors.toMap(
                ActionStatus::name,
                action -> levelStatus().pins().getOrDefault(action.name(), List.of())));
  }

  /** True when the level has to be approved before it acts. */
  public boolean wantsApproval(Level level) {
    return run.mode() == Run.Mode.Execute && (level.approval() != null || destroys(level.name()));
  }

  /** What is known of an action of this run, or of an earlier one that still holds something. */
  public Optional<ActionStatus> status(String claim, String action) {
    var known =
        claim.equals(run.claim())
            ? run.actions()
            : run.earlier().stream()
                .filter(it -> it.claim().equals(claim))
                .map(EarlierAction::status);
    return known.filter(it -> it.name().equals(action)).findFirst();
  }

  /** What a gate measured. */
  public Streak streak(Gate gate) {
    var streak = gates.get(gate.name());
    return streak == null ? Streak.startedAt(now) : streak;
  }

  /** The level with this name, as the plan defines it. */
  public Level levelNamed(String name) {
    return plan.levels().stream().filter(l -> l.name().equals(name)).findFirst().orElseThrow();
  }
}
