package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.ApprovalStatusBuilder;
import dev.backstep.api.v1alpha1.Level;
import dev.backstep.api.v1alpha1.LevelStatus;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.Run;
import dev.backstep.runbook.Decision.Wait;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * What is looked at before a level acts, in this order: stop conditions, confirmation,
 * preconditions, preflight, approval. What was looked at or agreed to is remembered in {@code
 * run.cleared}.
 */
final class Entering {
  /** The stop condition that every plan has. What else is cleared cannot be a name in a plan. */
  static final String NO_BACKUP = "no-backup-before-destruction";

  static final String CONFIRMED = "Confirmed";
  static final String PRECONDITIONS = "Preconditions";
  static final String APPROVED = "Approved";

  /** Each says what has to be done or waited for first; null: nothing. */
  private static final List<Function<RunSnapshot, Decision>> STEPS =
      List.of(
          Entering::stops,
          Entering::backup,
          Entering::confirmation,
          Entering::preconditions,
          Entering::preflight,
          Entering::approval);

  private Entering() {}

  static Decision next(RunSnapshot snapshot) {
    if (snapshot.run().mode() != Run.Mode.Execute) {
      return Acting.begin(snapshot);
    }
    return STEPS.stream()
        .map(step -> step.apply(snapshot))
        .filter(Objects::nonNull)
        .findFirst()
        .orElseGet(() -> Acting.begin(snapshot));
  }

  private static boolean cleared(RunSnapshot snapshot, String what) {
    return snapshot.run().cleared().contains(what);
  }

  private static Decision stops(RunSnapshot snapshot) {
    for (var stop : snapshot.stops()) {
      if (cleared(snapshot, stop.name())) {
        continue;
      }
      var undecided = stop.verdict() == Verdict.PENDING;
      if (undecided && snapshot.now().isBefore(Gates.undecidedUntil(snapshot))) {
        return new Wait(Gates.undecidedUntil(snapshot));
      }
      if (stop.verdict() == Verdict.UNHEALTHY) {
        return stop(snapshot, stop.name(), stop.message());
      }
      if (stop.verdict() != Verdict.HEALTHY && snapshot.destroys(here(snapshot))) {
        return stop(
            snapshot,
            stop.name(),
            "It cannot be measured whether this holds, and the level destroys something: "
                + stop.message());
      }
    }
    return null;
  }

  private static Decision backup(RunSnapshot snapshot) {
    return snapshot.ladder().unprotected().contains(snapshot.level().name())
            && !cleared(snapshot, NO_BACKUP)
        ? stop(
            snapshot,
            NO_BACKUP,
            "The level destroys something and makes no backup before it in the same level.")
        : null;
  }

  private static Decision stop(RunSnapshot snapshot, String name, String message) {
    return new Steps(snapshot)
        .ask(
            Ask.STOP_CONDITION,
            name,
            "Stop condition "
                + name
                + ", before level "
                + here(snapshot)
                + ": "
                + Sentences.of(message));
  }

  private static String here(RunSnapshot snapshot) {
    return snapshot.level().name();
  }

  private static Decision confirmation(RunSnapshot snapshot) {
    var symptom = snapshot.symptom();
    var asked =
        symptom != null
            && symptom.confirm().contains(here(snapshot))
            && !cleared(snapshot, CONFIRMED);
    return asked
        ? new Steps(snapshot)
            .ask(
                Ask.CONFIRM,
                CONFIRMED,
                "For symptom "
                    + symptom.name()
                    + " level "
                    + here(snapshot)
                    + " is a maybe: investigate first."
                    + described(snapshot.level()))
        : null;
  }

  static String described(Level level) {
    return level.description() == null
        ? ""
        : " It does this: " + level.description().strip().replaceAll("\\.$", "") + ".";
  }

  private static Decision preconditions(RunSnapshot snapshot) {
    var gates = snapshot.named(snapshot.level().preconditions());
    if (gates.isEmpty() || cleared(snapshot, PRECONDITIONS)) {
      return null;
    }
    var steps = new Steps(snapshot);
    var measured = Gates.now(snapshot, gates);
    var over = !snapshot.now().isBefore(Gates.undecidedUntil(snapshot));
    return switch (measured.verdict()) {
      case HEALTHY ->
          steps.stay(
              Reasons.HEALTHY,
              "The preconditions of level " + here(snapshot) + " are met. " + measured.message(),
              run -> run.cleared(steps.cleared(PRECONDITIONS)));
      case UNHEALTHY -> unmet(snapshot, snapshot.level().onUnmetPrecondition(), measured.message());
      case INCONCLUSIVE -> unmet(snapshot, Looking.onInconclusive(snapshot), measured.message());
      case PENDING ->
          over
              ? unmet(snapshot, Looking.onInconclusive(snapshot), measured.message())
              : new Wait(Gates.undecidedUntil(snapshot));
    };
  }

  private static Decision unmet(RunSnapshot snapshot, Level.Next next, String seen) {
    var why = "Level " + here(snapshot) + " makes no sense now: " + seen;
    var steps = new Steps(snapshot);
    return next == Level.Next.NextLevel
        ? steps.nextLevel(LevelStatus.Outcome.Precondition, why)
        : steps.ask(Ask.PRECONDITION, PRECONDITIONS, why);
  }

  private static Decision preflight(RunSnapshot snapshot) {
    var problems = snapshot.problems().getOrDefault(here(snapshot), List.of());
    return problems.isEmpty()
        ? null
        : new Steps(snapshot).ask(Ask.PREFLIGHT, Beginning.problem(here(snapshot), problems));
  }

  private static Decision approval(RunSnapshot snapshot) {
    if (!snapshot.wantsApproval(snapshot.level())) {
      return null;
    }
    var hash = snapshot.hashes().get(here(snapshot));
    var before = snapshot.run().approval();
    if (cleared(snapshot, APPROVED) && before != null && before.hash().equals(hash)) {
      return null;
    }
    if (hash == null || snapshot.consent() == null) {
      return new Wait(null);
    }
    var steps = new Steps(snapshot);
    var status =
        ApprovalStatusBuilder.builder()
            .level(here(snapshot))
            .hash(hash)
            .wants(snapshot.consent().wants())
            .since(snapshot.now())
            .round(before == null ? 0 : before.round())
            .build();
    return steps.enter(
        Phase.AwaitingApproval,
        cleared(snapshot, APPROVED) ? Reasons.APPROVAL_VOID : Reasons.APPROVAL_WANTED,
        (cleared(snapshot, APPROVED) ? Approving.VOID : "") + Approving.wanted(snapshot, status),
        run ->
            run.approval(status)
                .levels(steps.withLevel(level -> level.withHash(hash)))
                .cleared(steps.without(APPROVED))
                .measuringSince(snapshot.now()));
  }
}
