package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.api.v1alpha1.status.Evidence;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.Question;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.runbook.Decision.Advance;
import dev.backstep.text.Sentences;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Makes a run's next state from its present one. Every move counts {@code seq} up by one. */
final class Moves {
  private final RunSnapshot snapshot;

  Moves(RunSnapshot snapshot) {
    this.snapshot = snapshot;
  }

  /** The moves from one level to the next, and to the end. */
  Climbing climb() {
    return new Climbing(snapshot);
  }

  /** What is settled for the current level, with one thing more. */
  List<Agreement> agreed(Agreement more) {
    return Stream.concat(snapshot.run().agreed().stream(), Stream.of(more)).distinct().toList();
  }

  /** The run stays in its phase; only what {@code change} says is different. */
  Advance stay(
      String reason, String message, List<Hold> holds, UnaryOperator<RunStatusBuilder> change) {
    var builder =
        RunStatusBuilder.builder(snapshot.run())
            .seq(snapshot.run().seq() + 1)
            .reason(reason)
            .message(message);
    return new Advance(change.apply(builder).build(), holds, currentAction());
  }

  /** The run stays in its phase and keeps what it holds. */
  Advance stay(String reason, String message, UnaryOperator<RunStatusBuilder> change) {
    return stay(reason, message, snapshot.holds(), change);
  }

  /** The run enters a phase. */
  Advance enter(
      Phase phase, String reason, String message, UnaryOperator<RunStatusBuilder> change) {
    return stay(
        reason,
        message,
        snapshot.holds(),
        builder ->
            change.apply(
                builder
                    .phase(phase)
                    .active(phase.isOpen())
                    .phaseSince(snapshot.now())
                    .question(null)
                    .evidence(
                        phase.isOpen()
                            ? snapshot.run().evidence()
                            : EvidenceLog.with(snapshot, Evidence.Moment.End))
                    .endedAt(endedAt(phase))));
  }

  /** A run ends once; giving back what it held does not end it again. */
  private Instant endedAt(Phase phase) {
    var ended = snapshot.run().endedAt();
    return ended != null || phase.isOpen() ? ended : snapshot.now();
  }

  Advance enter(Phase phase, String reason, String message) {
    return enter(phase, reason, message, UnaryOperator.identity());
  }

  /** The gates are measured afresh. */
  Advance measure(Phase phase, String reason, String message) {
    return enter(phase, reason, message, builder -> builder.measuringSince(snapshot.now()));
  }

  /** The run stops and asks a human. */
  Advance ask(Ask ask, String message) {
    return ask(ask, null, message);
  }

  /**
   * The run stops and asks a human.
   *
   * @param about what the question is about; null: what the run is at
   */
  Advance ask(Ask ask, String about, String message) {
    return ask(ask, about, message, UnaryOperator.identity());
  }

  Advance ask(Ask ask, String about, String message, UnaryOperator<RunStatusBuilder> change) {
    var choices = choices(ask);
    var said = Sentences.bounded(message) + ask.explain(choices) + whomToCall();
    return enter(
        Phase.AwaitingAnswer,
        ask.reason(),
        said,
        builder ->
            change
                .apply(builder)
                .question(
                    new Question(
                        questionId(), ask.reason(), said, choices, snapshot.now(), about)));
  }

  /** What was answered before it was asked is no answer: its id is not given to a question. */
  private String questionId() {
    var id = "q-" + (snapshot.run().seq() + 1);
    var answer = snapshot.wish() == null ? null : snapshot.wish().answer();
    return answer != null && answer.question().equals(id) ? id + "-1" : id;
  }

  /** Named with every question, where the plan says whom. */
  private String whomToCall() {
    return snapshot.plan().escalation() == null ? "" : Escalations.text(snapshot.plan());
  }

  private List<Choice> choices(Ask ask) {
    return ask.choices().stream()
        .filter(choice -> choice != Choice.NextLevel || anotherLevel())
        .toList();
  }

  /** Before the first level the question is about the next one, so there has to be one more. */
  private boolean anotherLevel() {
    var asked = snapshot.run().level() == null ? 1 : 0;
    return snapshot.nextLevelIndex() + asked < snapshot.run().levels().size();
  }

  /** The current action, changed; it is begun if it was not. */
  Advance action(
      String reason,
      String message,
      UnaryOperator<ActionStatus> change,
      UnaryOperator<RunStatusBuilder> more) {
    return stay(
        reason,
        message,
        snapshot.holds(),
        builder -> more.apply(builder.levels(withAction(change)).action(snapshot.actionIndex())));
  }

  /** The levels of the run with the current one changed. */
  List<LevelStatus> withLevel(UnaryOperator<LevelStatus> change) {
    return replace(
        snapshot.run().levels(), snapshot.run().level(), change.apply(snapshot.levelStatus()));
  }

  /** The levels of the run with the current action changed. */
  List<LevelStatus> withAction(UnaryOperator<ActionStatus> change) {
    var level = snapshot.levelStatus();
    var index = snapshot.actionIndex();
    var begun = level.actions();
    var changed = change.apply(actionStatus());
    var actions =
        index < begun.size()
            ? replace(begun, index, changed)
            : Stream.concat(begun.stream(), Stream.of(changed)).toList();
    return replace(snapshot.run().levels(), snapshot.run().level(), level.withActions(actions));
  }

  /** The run with an action changed, of this run or of an earlier one that holds something. */
  RunStatus takenBack(String claim, String action, UnaryOperator<ActionStatus> change) {
    UnaryOperator<ActionStatus> named = it -> it.name().equals(action) ? change.apply(it) : it;
    return claim.equals(snapshot.run().claim())
        ? everyAction(named)
        : snapshot
            .run()
            .withEarlier(
                snapshot.run().earlier().stream()
                    .map(it -> it.claim().equals(claim) ? it.with(named.apply(it.status())) : it)
                    .toList());
  }

  /** The run with each of its actions changed, as far as they were begun. */
  RunStatus everyAction(UnaryOperator<ActionStatus> change) {
    return snapshot
        .run()
        .withLevels(
            snapshot.run().levels().stream()
                .map(level -> level.withActions(level.actions().stream().map(change).toList()))
                .toList());
  }

  /** An action that came to its end now. */
  ActionStatus ended(ActionStatus action, ActionStatus.Outcome outcome, String message) {
    return action.with().outcome(outcome).message(message).endedAt(snapshot.now()).build();
  }

  /** What is known of the current action; a fresh one when it was not begun. */
  ActionStatus actionStatus() {
    var begun = snapshot.levelStatus().actions();
    var index = snapshot.actionIndex();
    if (index >= begun.size()) {
      return ActionStatus.begun(snapshot.action().name(), snapshot.now());
    }
    var action = begun.get(index);
    return action.startedAt() == null
        ? action.with().startedAt(snapshot.now()).attemptAt(snapshot.now()).build()
        : action;
  }

  /** True when something is known of the current action. */
  boolean begun() {
    var actions = snapshot.levelStatus().actions();
    var index = snapshot.actionIndex();
    return index < actions.size() && actions.get(index).startedAt() != null;
  }

  private String currentAction() {
    return snapshot.run().level() == null || snapshot.run().action() == null || snapshot.allActed()
        ? null
        : snapshot.action().name();
  }

  static <T> List<T> replace(List<T> list, int index, T element) {
    var copy = new ArrayList<>(list);
    copy.set(index, element);
    return List.copyOf(copy);
  }
}
