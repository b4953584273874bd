package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Objective;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.runbook.Decision.Wait;
import dev.backstep.time.Durations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Objectives and budgets: missing one is said once and never changes the course of a run. */
final class Promises {
  private Promises() {}

  /** A promise that is not kept yet. */
  private record Promise(String name, Instant by) {}

  /** What is overdue and was not said yet. */
  static List<String> overdue(RunSnapshot snapshot) {
    return open(snapshot)
        .filter(promise -> !snapshot.now().isBefore(promise.by()))
        .map(Promise::name)
        .toList();
  }

  static Decision say(RunSnapshot snapshot, List<String> overdue) {
    return new Moves(snapshot)
        .stay(
            Reasons.OBJECTIVE_MISSED,
            "Promised and not kept: %s. The run goes on as before. %s"
                .formatted(String.join(", ", overdue), snapshot.run().message()),
            run ->
                run.missed(
                    Stream.concat(snapshot.run().missed().stream(), overdue.stream()).toList()));
  }

  /** Nobody waits longer than until the next promise is due. */
  static Decision before(RunSnapshot snapshot, Decision decision) {
    if (!(decision instanceof Wait wait)) {
      return decision;
    }
    var next = open(snapshot).map(Promise::by).min(Instant::compareTo).orElse(null);
    return next == null || wait.until() != null && wait.until().isBefore(next)
        ? wait
        : new Wait(next);
  }

  private static Stream<Promise> open(RunSnapshot snapshot) {
    var run = snapshot.run();
    if (!run.phase().isOpen() || run.endedAt() != null || run.mode() != Run.Mode.Execute) {
      return Stream.empty();
    }
    return Stream.concat(objectives(snapshot), budgets(snapshot))
        .filter(promise -> !run.missed().contains(promise.name()));
  }

  private static Stream<Promise> objectives(RunSnapshot snapshot) {
    var run = snapshot.run();
    var from = run.since() == null ? run.startedAt() : run.since();
    var promises = new ArrayList<Promise>();
    objective(snapshot)
        .forEach(
            objective -> {
              if (run.respondedAt() == null) {
                promises.add(
                    new Promise(
                        "respond within %s".formatted(objective.respondWithin()),
                        from.plus(Durations.of(objective.respondWithin()))));
              }
              if (run.mitigatedAt() == null) {
                promises.add(
                    new Promise(
                        "mitigate within %s".formatted(objective.mitigateWithin()),
                        from.plus(Durations.of(objective.mitigateWithin()))));
              }
            });
    return promises.stream();
  }

  private static Stream<Objective> objective(RunSnapshot snapshot) {
    var symptom = snapshot.symptom();
    return snapshot.plan().objectives().stream()
        .filter(objective -> symptom != null && objective.severity() == symptom.severity())
        .limit(1);
  }

  private static Stream<Promise> budgets(RunSnapshot snapshot) {
    var run = snapshot.run();
    if (run.level() == null || snapshot.levelStatus().outcome() != null) {
      return Stream.empty();
    }
    var level = snapshot.level();
    var ofActions =
        level.actions().stream()
            .map(
                action ->
                    budget(
                        "action %s".formatted(action.name()),
                        action.budget(),
                        since(snapshot, action)));
    return Stream.concat(
            Stream.of(budget("level %s".formatted(level.name()), level.budget(), run.levelSince())),
            ofActions)
        .filter(Objects::nonNull);
  }

  /** When an action began that is under way; null: it is not. */
  private static Instant since(RunSnapshot snapshot, Action action) {
    return snapshot.levelStatus().actions().stream()
        .filter(begun -> begun.name().equals(action.name()) && begun.outcome() == null)
        .map(ActionStatus::startedAt)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static Promise budget(String what, String budget, Instant since) {
    return budget == null || since == null
        ? null
        : new Promise("%s within %s".formatted(what, budget), since.plus(Durations.of(budget)));
  }
}
