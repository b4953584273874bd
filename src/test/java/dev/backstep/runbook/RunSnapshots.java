package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlanSpecBuilder;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.Symptom;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.ApprovalStatusBuilder;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.IntentBuilder;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.LevelStatusBuilder;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.Question;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.api.v1alpha1.status.UsedApproval;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Work;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Streak;
import dev.backstep.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Snapshots for tests, said in the words of the state machine. Unless something else is said: two
 * levels with one action each, one gate, everything (run, phase, measuring) began at {@link
 * #START}, now is a second later, nothing was measured, nothing is known of any effect.
 */
final class RunSnapshots {
  static final Instant START = Instant.parse("2026-11-21T14:05:00Z");
  static final long SEQ = 7;
  static final String QUESTION = "q-" + SEQ;

  private List<Gate> gates = List.of(Plans.gate("api"));
  private List<Level> levels =
      List.of(Plans.level("restart", "restart-web"), Plans.level("revert", "revert-web"));
  private final Map<String, Streak> streaks = new HashMap<>();
  private final Map<String, List<Problem>> problems = new HashMap<>();
  private final List<ActionStatus> begun = new ArrayList<>();
  private String soak = "15m";
  private Run.Entry entry = Run.Entry.IfUnhealthy;
  private Phase phase = Phase.Pending;
  private Integer level;
  private Integer action;
  private Instant now = START.plusSeconds(1);
  private Instant measured = START;
  private List<Hold> holds = List.of();
  private Run.State state = Run.State.Running;
  private Run.Answer answer;
  private Question question;
  private String about;
  private Intent intent;
  private static final Set<Phase> LOOKED_AT =
      EnumSet.of(Phase.Soaking, Phase.Aborting, Phase.Releasing, Phase.Undoing);
  private static final Work NOTHING_GOES_ON = new Work.Observed("There is nothing to do.");

  private Work work;
  private Progress progress = new Progress.None();
  private boolean deleting;
  private boolean wished = true;
  private UnaryOperator<RunStatusBuilder> status = UnaryOperator.identity();
  private UnaryOperator<RollbackPlanSpecBuilder> plan = UnaryOperator.identity();
  private UnaryOperator<RunSnapshotBuilder> world = UnaryOperator.identity();

  private RunSnapshots() {}

  static RunSnapshots run() {
    return new RunSnapshots();
  }

  RunSnapshots gates(Gate... all) {
    gates = List.of(all);
    return this;
  }

  RunSnapshots levels(Level... all) {
    levels = List.of(all);
    return this;
  }

  RunSnapshots soak(String duration) {
    soak = duration;
    return this;
  }

  RunSnapshots entry(Run.Entry how) {
    entry = how;
    return this;
  }

  /** Where something may be going on, or on its way back, somebody has looked: it is not. */
  RunSnapshots in(Phase where) {
    phase = where;
    if (LOOKED_AT.contains(where)) {
      work = NOTHING_GOES_ON;
    }
    return this;
  }

  /** On the level with this index; the ones before did not heal. */
  RunSnapshots in(Phase where, int levelIndex) {
    level = levelIndex;
    return in(where);
  }

  /** The actions of the level that were begun; the last one is the current one. */
  RunSnapshots begun(ActionStatus... actions) {
    begun.addAll(Arrays.asList(actions));
    action = actions.length - 1;
    return this;
  }

  /** At an action that was not begun. */
  RunSnapshots atAction(int index) {
    action = index;
    return this;
  }

  RunSnapshots asking(Ask ask) {
    var last = (level == null ? 0 : level + 1) >= levels.size();
    var choices = ask.choices().stream().filter(c -> c != Choice.NextLevel || !last).toList();
    question = new Question(QUESTION, ask.reason(), "What now?", choices, START, about);
    return in(Phase.AwaitingAnswer);
  }

  /** As {@link #asking(Ask)}, about a stop condition, an action. */
  RunSnapshots asking(Ask ask, String what) {
    about = what;
    return asking(ask);
  }

  RunSnapshots answered(Choice choice) {
    return answered(QUESTION, choice);
  }

  RunSnapshots answered(Choice choice, String comment) {
    answer = new Run.Answer(QUESTION, choice, "bob", comment);
    return this;
  }

  RunSnapshots answered(String to, Choice choice) {
    answer = new Run.Answer(to, choice, "bob", null);
    return this;
  }

  /** Now is so long after the start. */
  RunSnapshots after(Duration time) {
    now = START.plus(time);
    return this;
  }

  /** The gates have been measured by another process until now: counting began anew. */
  RunSnapshots countingSince(Duration time) {
    measured = START.plus(time);
    return this;
  }

  RunSnapshots green(String gate, int times) {
    return measured(gate, times, Reading.green("200 OK"));
  }

  RunSnapshots red(String gate, int times) {
    return measured(gate, times, Reading.red("503 Service Unavailable"));
  }

  RunSnapshots error(String gate, int times) {
    return measured(gate, times, Reading.error("unknown host"));
  }

  /** Measured, but without a result so far. */
  RunSnapshots unmeasured(String gate) {
    return measured(gate, 0, null);
  }

  private RunSnapshots measured(String name, int times, Reading reading) {
    var gate = gates.stream().filter(g -> g.name().equals(name)).findFirst().orElseThrow();
    var streak = streaks.getOrDefault(name, Streak.startedAt(measured));
    for (var i = 0; i < times; i++) {
      streak = streak.and(reading, GateLimits.of(gate));
    }
    streaks.put(name, streak);
    return this;
  }

  RunSnapshots work(Work left) {
    work = left;
    return this;
  }

  RunSnapshots intent(Intent.Verb verb) {
    intent =
        IntentBuilder.builder()
            .verb(verb)
            .seq(SEQ)
            .action("restart-web")
            .effect(1)
            .mark(Mark.first("claim", "restart-web", verb, 1).prefix())
            .images(List.of())
            .targets(1)
            .notAfter(START.plusSeconds(120))
            .build();
    return this;
  }

  RunSnapshots progress(Progress known) {
    progress = known;
    return this;
  }

  RunSnapshots problem(String levelName, String message) {
    problems.put(levelName, List.of(new Problem("Forbidden", message)));
    return this;
  }

  RunSnapshots holding(Hold... all) {
    holds = List.of(all);
    return this;
  }

  RunSnapshots wished(Run.State wish) {
    state = wish;
    return this;
  }

  RunSnapshots withoutWish() {
    wished = false;
    return this;
  }

  RunSnapshots deleting() {
    deleting = true;
    return this;
  }

  RunSnapshots paused(Duration since) {
    return status(run -> run.pausedSince(START.plus(since)));
  }

  RunSnapshots mode(Run.Mode mode) {
    return status(run -> run.mode(mode));
  }

  /** What is settled for the current level, or for the release. */
  RunSnapshots agreed(Agreement... all) {
    return status(run -> run.agreed(List.of(all)));
  }

  RunSnapshots symptom(Symptom symptom) {
    plan(spec -> spec.symptoms(List.of(symptom)));
    return status(run -> run.symptom(symptom.name()));
  }

  RunSnapshots consent(Consent consent) {
    return world(snapshot -> snapshot.consent(consent));
  }

  /** The only level with a hash, and that hash. */
  RunSnapshots hash(String levelName, String hash) {
    return world(snapshot -> snapshot.hashes(Map.of(levelName, hash)));
  }

  /** The current level was approved, and acted under that. */
  RunSnapshots actsUnder(String levelName, String hash) {
    var approval =
        ApprovalStatusBuilder.builder()
            .level(levelName)
            .hash(hash)
            .wants(1)
            .given(List.of(new ApprovalStatus.Given("u1", "dave")))
            .since(START)
            .round(0)
            .usedAt(START)
            .build();
    var used = new UsedApproval("u1", "dave", levelName, hash, START);
    status(run -> run.approval(approval).approvals(List.of(used)));
    return hash(levelName, hash);
  }

  /** Levels that destroy something, and make no backup. */
  RunSnapshots destructive(boolean unprotected, String... names) {
    var destructive = Set.of(names);
    var without = unprotected ? destructive : Set.<String>of();
    return world(
        snapshot ->
            snapshot.traits(
                new LevelTraits(destructive, without, Map.of(), Set.of(), Set.of(), Set.of())));
  }

  /** An action that destroys something, and another one before it that makes the backup. */
  RunSnapshots backedUp(String action, String backup) {
    var traits =
        new LevelTraits(
            Set.of(), Set.of(), Map.of(action, Set.of(backup)), Set.of(), Set.of(), Set.of());
    return world(snapshot -> snapshot.traits(traits));
  }

  /** A level that destroys something by this action, but not in a drill. */
  RunSnapshots drillable(String levelName, String actionName) {
    var traits =
        new LevelTraits(
            Set.of(levelName), Set.of(), Map.of(), Set.of(), Set.of(), Set.of(actionName));
    return world(snapshot -> snapshot.traits(traits));
  }

  /** Actions that keep something off. */
  RunSnapshots holdActions(String... names) {
    return world(
        snapshot ->
            snapshot.traits(
                new LevelTraits(Set.of(), Set.of(), Map.of(), Set.of(names), Set.of(), Set.of())));
  }

  /** Anything else that is special about the run. */
  RunSnapshots status(UnaryOperator<RunStatusBuilder> change) {
    var before = status;
    status = run -> change.apply(before.apply(run));
    return this;
  }

  /** Anything else that is special about the plan. */
  RunSnapshots plan(UnaryOperator<RollbackPlanSpecBuilder> change) {
    var before = plan;
    plan = spec -> change.apply(before.apply(spec));
    return this;
  }

  /** Anything else that is special about the world. */
  RunSnapshots world(UnaryOperator<RunSnapshotBuilder> change) {
    var before = world;
    world = snapshot -> change.apply(before.apply(snapshot));
    return this;
  }

  RunSnapshot build() {
    var asked = Plans.run(levels, entry);
    var by = state == Run.State.Running ? null : "carol";
    var spec = RollbackPlanSpecBuilder.builder(Plans.plan(gates, levels, soak, asked));
    var snapshot =
        RunSnapshotBuilder.builder()
            .now(now)
            .plan(plan.apply(spec).build())
            .wish(wished ? Plans.wishing(asked, state, by, answer) : null)
            .deleting(deleting)
            .run(status.apply(status()).build())
            .holds(holds)
            .gates(upToNow())
            .problems(checked())
            .work(work)
            .progress(progress)
            .traits(LevelTraits.HARMLESS)
            .hashes(Map.of())
            .stops(List.of());
    return world.apply(snapshot).build();
  }

  /** Every level was checked. */
  private Map<String, List<Problem>> checked() {
    var all = new HashMap<String, List<Problem>>(problems);
    levels.forEach(it -> all.putIfAbsent(it.name(), List.of()));
    return all;
  }

  /** Who measures does so until now. */
  private Map<String, Streak> upToNow() {
    return streaks.entrySet().stream()
        .collect(
            Collectors.toUnmodifiableMap(
                Map.Entry::getKey,
                e -> e.getValue().measured() ? e.getValue().withLastAt(now) : e.getValue()));
  }

  private RunStatusBuilder status() {
    return RunStatusBuilder.builder()
        .id("INC-42")
        .uid("uid-1")
        .claim("claim")
        .records(RunStatus.RECORDS)
        .seq(SEQ)
        .phase(phase)
        .active(phase.isOpen())
        .reason(Reasons.RUN_STARTED)
        .message("What happened before.")
        .requestedBy("alice")
        .level(level)
        .action(action)
        .levels(IntStream.range(0, levels.size()).mapToObj(this::levelStatus).toList())
        .startedAt(START)
        .phaseSince(START)
        .measuringSince(START)
        .levelSince(level == null ? null : START)
        .endedAt(phase.isOpen() ? null : START)
        .intent(intent)
        .question(question);
  }

  private LevelStatus levelStatus(int index) {
    var name = levels.get(index).name();
    if (level == null || index > level) {
      return LevelStatusBuilder.builder().name(name).build();
    }
    return index == level
        ? LevelStatusBuilder.builder()
            .name(name)
            .hash("h0")
            .startedAt(START)
            .actions(begun.isEmpty() ? null : List.copyOf(begun))
            .build()
        : LevelStatusBuilder.builder()
            .name(name)
            .outcome(LevelStatus.Outcome.Unhealthy)
            .startedAt(START)
            .endedAt(START)
            .build();
  }

  /** An action under way since the start, with so many effects sent. */
  static ActionStatus underWay(String name, int effects) {
    return ActionStatus.begun(name, START).withSent(Reports.sent(effects, How.Applied));
  }

  static ActionStatus ended(String name, ActionStatus.Outcome outcome) {
    return ActionStatus.begun(name, START)
        .with()
        .outcome(outcome)
        .sent(Reports.sent(1, How.Applied))
        .message("So it was.")
        .endedAt(START)
        .build();
  }
}
