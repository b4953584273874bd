package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.api.v1alpha1.status.Agreement.What;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.measure.Verdict;
import dev.backstep.runbook.Decision.Wait;
import dev.backstep.text.Sentences;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is looked at before a level acts. What a human or a gate has settled for the level is
 * remembered in {@code run.agreed}, and not asked again.
 */
final class Entering {
  /** The stop condition that every plan has; a plan may have one of the same name. */
  private static final String NO_BACKUP_NAME = "no-backup-before-destruction";

  static final Agreement NO_BACKUP = Agreement.of(What.NoBackup);
  static final Agreement CONFIRMED = Agreement.of(What.Confirmation);
  static final Agreement PRECONDITIONS = Agreement.of(What.Preconditions);

  /**
   * First what may keep the level from being entered at all, then what keeps it from working;
   * people are asked to approve only what is known to be possible and wanted.
   */
  private static final List<Guard> GUARDS =
      List.of(
          Entering::stops,
          Entering::backup,
          Entering::confirmation,
          Entering::preconditions,
          Entering::preflight,
          BeforeAnEffect::doubted,
          Preparing::due,
          Permission::missing);

  private Entering() {}

  static Decision next(RunSnapshot snapshot) {
    if (snapshot.run().mode() != Run.Mode.Execute) {
      return Acting.begin(snapshot);
    }
    return Guard.first(GUARDS, snapshot).orElseGet(() -> Acting.begin(snapshot));
  }

  private static Optional<Decision> stops(RunSnapshot snapshot) {
    return snapshot.stops().stream()
        .filter(stop -> !snapshot.agreed(new Agreement(What.StopCondition, stop.name())))
        .flatMap(stop -> stop(snapshot, stop).stream())
        .findFirst();
  }

  private static Optional<Decision> stop(RunSnapshot snapshot, Stop stop) {
    var limit = Gates.undecidedUntil(snapshot);
    if (stop.verdict() == Verdict.PENDING && snapshot.now().isBefore(limit)) {
      return Optional.of(new Wait(limit));
    }
    if (stop.verdict() == Verdict.UNHEALTHY) {
      return Optional.of(stop(snapshot, stop.name(), stop.message()));
    }
    if (stop.verdict() != Verdict.HEALTHY && snapshot.destroys(here(snapshot))) {
      var why = "It cannot be measured whether this holds, and the level destroys something: %s";
      return Optional.of(stop(snapshot, stop.name(), why.formatted(stop.message())));
    }
    return Optional.empty();
  }

  /** A backup that was left out is none, whoever left it out; nor is one of another database. */
  static Optional<Decision> noBackupLeft(RunSnapshot snapshot) {
    var name = snapshot.action().name();
    if (!destroysAfterBackups(snapshot, name) || snapshot.agreed(NO_BACKUP)) {
      return Optional.empty();
    }
    var backups = backups(snapshot, name);
    var made =
        snapshot.levelStatus().actions().stream()
            .filter(action -> backups.contains(action.name()))
            .anyMatch(action -> action.outcome() != Outcome.Skipped);
    if (made) {
      return Optional.empty();
    }
    var why =
        "Action %s destroys something, and the backup before it in the same level was left out: %s.";
    return Optional.of(
        stop(
            snapshot,
            null,
            backups.isEmpty()
                ? ofAnother(snapshot, name)
                : why.formatted(name, String.join(", ", backups))));
  }

  private static boolean destroysAfterBackups(RunSnapshot snapshot, String action) {
    return !snapshot.traits().backups().getOrDefault(action, Set.of()).isEmpty();
  }

  /** The backups before an action of the database in which it destroys something. */
  private static Set<String> backups(RunSnapshot snapshot, String action) {
    var backups = new TreeSet<>(snapshot.traits().backups().getOrDefault(action, Set.of()));
    backups.removeAll(snapshot.otherBackups().getOrDefault(action, Set.of()));
    return backups;
  }

  private static String ofAnother(RunSnapshot snapshot, String action) {
    return "Action %s destroys something, and no backup before it in the same level is known to be of the same database: %s."
        .formatted(
            action, String.join(", ", new TreeSet<>(snapshot.traits().backups().get(action))));
  }

  private static Optional<Decision> backup(RunSnapshot snapshot) {
    if (snapshot.agreed(NO_BACKUP)) {
      return Optional.empty();
    }
    if (snapshot.traits().unprotected().contains(here(snapshot))) {
      var why = "The level destroys something and makes no backup before it in the same level.";
      return Optional.of(stop(snapshot, null, why));
    }
    return snapshot.level().actions().stream()
        .map(Action::name)
        .filter(name -> destroysAfterBackups(snapshot, name))
        .filter(name -> backups(snapshot, name).isEmpty())
        .findFirst()
        .map(name -> stop(snapshot, null, ofAnother(snapshot, name)));
  }

  /** Without a name: the one that is built in. */
  private static Decision stop(RunSnapshot snapshot, String name, String message) {
    var why = "Stop condition %s, before level %s: %s";
    return new Moves(snapshot)
        .ask(
            Ask.STOP_CONDITION,
            name,
            why.formatted(
                name == null ? NO_BACKUP_NAME : name, here(snapshot), Sentences.of(message)));
  }

  private static String here(RunSnapshot snapshot) {
    return snapshot.level().name();
  }

  private static Optional<Decision> confirmation(RunSnapshot snapshot) {
    var symptom = snapshot.symptom();
    var asked = symptom != null && symptom.confirm().contains(here(snapshot));
    if (!asked || snapshot.agreed(CONFIRMED)) {
      return Optional.empty();
    }
    var why =
        "For symptom %s level %s is a maybe: investigate first.%s"
            .formatted(symptom.name(), here(snapshot), described(snapshot.level()));
    return Optional.of(new Moves(snapshot).ask(Ask.CONFIRM, why));
  }

  static String described(Level level) {
    return level.description() == null
        ? ""
        : " It does this: %s.".formatted(Sentences.clause(level.description().strip()));
  }

  private static Optional<Decision> preconditions(RunSnapshot snapshot) {
    var gates = snapshot.judges().named(snapshot.level().preconditions());
    if (gates.isEmpty() || snapshot.agreed(PRECONDITIONS)) {
      return Optional.empty();
    }
    var measured = Gates.now(snapshot, gates);
    var limit = Gates.undecidedUntil(snapshot);
    return Optional.of(
        switch (measured.verdict()) {
          case HEALTHY -> met(snapshot, measured);
          case UNHEALTHY ->
              unmet(snapshot, snapshot.level().onUnmetPrecondition(), measured.message());
          case INCONCLUSIVE ->
              unmet(snapshot, Looking.onInconclusive(snapshot), measured.message());
          case PENDING ->
              snapshot.now().isBefore(limit)
                  ? new Wait(limit)
                  : unmet(snapshot, Looking.onInconclusive(snapshot), measured.message());
        });
  }

  private static Decision met(RunSnapshot snapshot, Gates measured) {
    var moves = new Moves(snapshot);
    return moves.stay(
        Reasons.HEALTHY,
        "The preconditions of level %s are met. %s".formatted(here(snapshot), measured.message()),
        run -> run.agreed(moves.agreed(PRECONDITIONS)));
  }

  private static Decision unmet(RunSnapshot snapshot, Level.Next next, String seen) {
    var why = "Level %s makes no sense now: %s".formatted(here(snapshot), seen);
    var moves = new Moves(snapshot);
    return next == Level.Next.NextLevel
        ? moves.climb().nextLevel(LevelStatus.Outcome.Precondition, why)
        : moves.ask(Ask.PRECONDITION, why);
  }

  private static Optional<Decision> preflight(RunSnapshot snapshot) {
    var checked = snapshot.problemsOf(here(snapshot));
    if (checked.isEmpty()) {
      return Optional.of(new Wait(snapshot.now().plus(Beginning.CHECK_AGAIN)));
    }
    return checked
        .filter(problems -> !problems.isEmpty())
        .map(problems -> Beginning.problem(here(snapshot), problems))
        .map(why -> new Moves(snapshot).ask(Ask.PREFLIGHT, why));
  }
}
