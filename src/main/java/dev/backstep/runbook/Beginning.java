package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.Evidence;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.measure.Verdict;
import dev.backstep.problem.Problem;
import dev.backstep.runbook.Decision.Wait;
import dev.backstep.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** Before anything is touched: phases Pending and Checking. */
final class Beginning {
  /** A gate that keeps flapping for this long counts as unhealthy. */
  private static final Duration FLAPPING_LIMIT = Duration.ofMinutes(10);

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  /** What cannot be found out yet is told when it is; a check that failed is made again. */
  static final Duration CHECK_AGAIN = Duration.ofSeconds(5);

  private Beginning() {}

  static Decision pending(RunSnapshot snapshot) {
    var moves = new Moves(snapshot);
    var first = snapshot.nextLevel().name();
    var problems = snapshot.problemsOf(first);
    if (problems.isEmpty()) {
      return new Wait(snapshot.now().plus(CHECK_AGAIN));
    }
    if (snapshot.run().mode() != Run.Mode.Execute) {
      return Previewing.next(snapshot);
    }
    if (!problems.get().isEmpty()) {
      return moves.ask(Ask.PREFLIGHT, problem(first, problems.get()));
    }
    if (EvidenceLog.awaited(snapshot)) {
      return new Wait(snapshot.now().plus(LOOK_AGAIN));
    }
    var begun = new Moves(recorded(snapshot));
    if (snapshot.plan().run().entry() == Run.Entry.Always) {
      return begun
          .climb()
          .nextLevel(null, "The run begins without looking first (entry: Always).", true);
    }
    return begun.measure(
        Phase.Checking,
        Reasons.PREFLIGHT_PASSED,
        "The first level can be carried out. The gates are measured before anything is touched.");
  }

  /** The hashes that approvals may name from now on, and what evidence was taken. */
  private static RunSnapshot recorded(RunSnapshot snapshot) {
    var levels = snapshot.run().levels().stream().map(level -> pinned(snapshot, level)).toList();
    return snapshot.withRun(
        snapshot
            .run()
            .with()
            .levels(levels)
            .evidence(EvidenceLog.with(snapshot, Evidence.Moment.Start))
            .build());
  }

  static LevelStatus pinned(RunSnapshot snapshot, LevelStatus level) {
    return level
        .with()
        .hash(snapshot.hashes().get(level.name()))
        .pins(snapshot.pinsOf(level.name()))
        .build();
  }

  static String problem(String level, List<Problem> problems) {
    return "Level %s cannot be carried out: %s".formatted(level, Problem.messages(problems));
  }

  static Decision checking(RunSnapshot snapshot) {
    var gates = Gates.now(snapshot);
    var symptom = snapshot.symptom();
    var observed = observedUntil(snapshot);
    var once = snapshot.judges().onceGates();
    if ((gates.verdict() != Verdict.HEALTHY || symptom != null && !once.isEmpty())
        && observed != null
        && snapshot.now().isBefore(observed)) {
      return new Wait(observed);
    }
    if (symptom == null && snapshot.judges().decidingGates().isEmpty()) {
      return notMeasurable(snapshot, gates);
    }
    if (symptom != null && !once.isEmpty() && gates.verdict() != Verdict.UNHEALTHY) {
      // Nobody looked yet, and somebody says that it is so: that counts as red.
      var why =
          "Symptom %s is measured by %s, which counts as red until somebody or something looks.";
      var names = once.stream().map(Gate::name).collect(Collectors.joining(", "));
      return new Moves(snapshot).climb().nextLevel(null, why.formatted(symptom.name(), names));
    }
    return switch (gates.verdict()) {
      case UNHEALTHY -> new Moves(snapshot).climb().nextLevel(null, gates.message());
      case HEALTHY -> alreadyHealthy(snapshot, gates);
      case INCONCLUSIVE -> notMeasurable(snapshot, gates);
      case PENDING -> {
        var limit = Gates.undecidedUntil(snapshot);
        var expired = !snapshot.now().isBefore(limit);
        var flapping = !snapshot.now().isBefore(limit.plus(FLAPPING_LIMIT));
        yield expired && Gates.anyError(snapshot) || flapping
            ? notMeasurable(snapshot, gates)
            : new Wait(expired ? limit.plus(FLAPPING_LIMIT) : limit);
      }
    };
  }

  /** Until when a symptom is only looked at; null: it is not. */
  private static Instant observedUntil(RunSnapshot snapshot) {
    var symptom = snapshot.symptom();
    return symptom == null || symptom.observe() == null
        ? null
        : snapshot.run().phaseSince().plus(Durations.of(symptom.observe()));
  }

  /** A human who names a symptom sees something that the gates may not see: she is asked. */
  private static Decision alreadyHealthy(RunSnapshot snapshot, Gates gates) {
    var symptom = snapshot.symptom();
    if (symptom == null || symptom.observe() != null || snapshot.automatic()) {
      return new Moves(snapshot)
          .climb()
          .finish(
              LevelStatus.Outcome.Healthy,
              Reasons.ALREADY_HEALTHY,
              "%s Nothing was touched. If something is wrong that no gate sees, start a new run with entry: Always."
                  .formatted(gates.message()));
    }
    var why =
        symptom.gates().isEmpty()
            ? "%s But symptom %s was seen, and no gate of the plan measures it: add one to the symptom."
            : "%s But symptom %s was seen.";
    return new Moves(snapshot)
        .ask(Ask.ALREADY_HEALTHY, why.formatted(gates.message(), symptom.name()));
  }

  /**
   * A level that destroys nothing may act on a system that cannot be measured: a database that is
   * down is the emergency.
   */
  private static Decision notMeasurable(RunSnapshot snapshot, Gates gates) {
    var first = snapshot.nextLevel().name();
    return snapshot.destroys(first)
        ? new Moves(snapshot)
            .ask(
                Ask.NOT_MEASURABLE,
                "%s Level %s destroys something. Nothing was touched."
                    .formatted(gates.message(), first))
        : new Moves(snapshot).climb().nextLevel(null, gates.message());
  }

  /** What another version did is not guessed. */
  static Decision foreign(RunSnapshot snapshot) {
    return new Moves(snapshot)
        .ask(
            Ask.STATUS_LOST,
            "The run was begun by another version of Backstep, which kept other records of what it did, so it is not gone on with. Look at what it left behind (annotation backstep.dev/mark beginning with %s), and start a new run with a new id.%s"
                .formatted(snapshot.run().claim(), Holds.atTheEnd(snapshot)));
  }
}
