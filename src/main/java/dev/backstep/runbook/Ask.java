package dev.backstep.runbook;

import static dev.backstep.runbook.Offer.accept;
import static dev.backstep.runbook.Offer.nextLevel;
import static dev.backstep.runbook.Offer.proceed;
import static dev.backstep.runbook.Offer.retry;
import static dev.backstep.runbook.Offer.skip;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.status.Agreement.What;
import dev.backstep.api.v1alpha1.status.LevelStatus.Outcome;
import dev.backstep.api.v1alpha1.status.Phase;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The questions a run can ask. This table alone says which answers fit and what each does, where
 * Retry goes back to, and how a level that is left because of the question is remembered.
 */
enum Ask {
  ALREADY_HEALTHY(
      Reasons.ALREADY_HEALTHY,
      Phase.Checking,
      Outcome.Healthy,
      proceed("begins with the first level anyway"),
      accept("ends the run, nothing was touched")),
  NOT_MEASURABLE(
      Reasons.NOT_MEASURABLE,
      Phase.Checking,
      Outcome.Inconclusive,
      retry("measures again"),
      proceed("begins with the first level anyway"),
      accept("ends the run, nothing was touched")),
  PREFLIGHT(
      Reasons.PREFLIGHT,
      Phase.Acting,
      Outcome.NotExecutable,
      retry("checks again"),
      nextLevel("leaves this level out")),
  STOP_CONDITION(
      Reasons.STOP_CONDITION,
      Phase.Acting,
      Outcome.StopCondition,
      retry("looks again"),
      proceed("enters the level in spite of it"),
      nextLevel("leaves this level out"),
      accept("ends the run as it is")),
  CONFIRM(
      Reasons.CONFIRM,
      Phase.Acting,
      Outcome.LeftOut,
      proceed("enters the level"),
      nextLevel("leaves this level out"),
      accept("ends the run as it is")),
  PRECONDITION(
      Reasons.PRECONDITION,
      Phase.Acting,
      Outcome.Precondition,
      retry("measures again"),
      proceed("enters the level in spite of it"),
      nextLevel("leaves this level out"),
      accept("ends the run as it is")),
  SCHEMA_CHANGED(
      Reasons.SCHEMA_CHANGED,
      Phase.Acting,
      Outcome.Precondition,
      retry("looks again"),
      proceed("does it in spite of it"),
      nextLevel("leaves this level out"),
      accept("ends the run as it is")),
  POLICY_NOT_IN_FORCE(
      Reasons.POLICY_NOT_IN_FORCE,
      Phase.Acting,
      Outcome.NotExecutable,
      retry("checks again"),
      nextLevel("leaves this level out")),
  JOURNAL_UNAVAILABLE(
      Reasons.JOURNAL_UNAVAILABLE,
      Phase.AwaitingApproval,
      Outcome.NotExecutable,
      retry("looks again"),
      proceed("acts without it; the journal is written when its database is back"),
      nextLevel("leaves this level out"),
      accept("ends the run as it is")),
  REJECTED(
      Reasons.REJECTED,
      Phase.Acting,
      Outcome.Rejected,
      retry("asks for approval again"),
      nextLevel("leaves this level out"),
      accept("ends the run as it is")),
  TARGET_OWNED(
      Reasons.TARGET_OWNED,
      Phase.Acting,
      Outcome.NotExecutable,
      retry("looks again"),
      skip("goes on without this action"),
      nextLevel("leaves this level")),
  TARGET_HELD(
      Reasons.TARGET_HELD,
      Phase.Acting,
      Outcome.NotExecutable,
      retry("looks again"),
      skip("goes on without this action"),
      nextLevel("leaves this level")),
  ACTION_FAILED(
      Reasons.ACTION_FAILED,
      Phase.Acting,
      Outcome.ActionFailed,
      retry("does it again"),
      skip("goes on without it"),
      nextLevel("goes on with the next level"),
      accept("ends the run as it is")),
  OUTCOME_UNKNOWN(
      Reasons.OUTCOME_UNKNOWN,
      Phase.Acting,
      Outcome.ActionFailed,
      retry("does it (again): say in the comment that you looked and that it did not happen"),
      skip("takes it as done"),
      nextLevel("goes on with the next level"),
      accept("ends the run as it is")),
  CONTESTED(
      Reasons.CONTESTED,
      Phase.Acting,
      Outcome.ActionFailed,
      proceed("changes them again"),
      skip("leaves them as they are and goes on"),
      nextLevel("goes on with the next level"),
      accept("ends the run as it is")),
  EFFECT_NOT_OBSERVED(
      Reasons.EFFECT_NOT_OBSERVED,
      Phase.Acting,
      Outcome.Unhealthy,
      retry("does it again"),
      nextLevel("goes on with the next level"),
      accept("ends the run as it is")),
  UNHEALTHY(
      Reasons.UNHEALTHY,
      Phase.Verifying,
      Outcome.Unhealthy,
      retry("measures again"),
      nextLevel("goes on with the next level"),
      accept("ends the run as it is")),
  INCONCLUSIVE(
      Reasons.INCONCLUSIVE,
      Phase.Verifying,
      Outcome.Inconclusive,
      retry("measures again"),
      nextLevel("goes on with the next level"),
      accept("ends the run as it is")),
  OVERWRITTEN(
      Reasons.OVERWRITTEN,
      Phase.Acting,
      Outcome.Unhealthy,
      retry("does again what was undone"),
      proceed("leaves it so, the soak begins again"),
      nextLevel("goes on with the next level"),
      accept("ends the run as it is")),
  RELEASE_GATE(
      Reasons.RELEASE_GATE,
      Phase.Releasing,
      Outcome.Accepted,
      retry("measures again"),
      proceed("gives it back in spite of it"),
      accept("leaves it held")),
  RELEASE_DOUBTED(
      Reasons.RELEASE_DOUBTED,
      Phase.Releasing,
      Outcome.Accepted,
      retry("looks again"),
      proceed("gives it back in spite of it"),
      accept("ends the run and leaves it held")),
  RELEASE_FAILED(
      Reasons.RELEASE_FAILED,
      Phase.Releasing,
      Outcome.Accepted,
      retry("tries again"),
      accept("ends the run and leaves it held")),
  RELEASE_UNKNOWN(
      Reasons.RELEASE_UNKNOWN,
      Phase.Releasing,
      Outcome.Accepted,
      retry("gives it back (again): say in the comment that you looked and that it did not happen"),
      skip("takes it as given back"),
      accept("ends the run and leaves it held")),
  RELEASED_UNHEALTHY(
      Reasons.RELEASED_UNHEALTHY,
      Phase.Acting,
      Outcome.Accepted,
      retry("holds it again"),
      accept("leaves it given back")),
  UNDO_DOUBTED(
      Reasons.UNDO_DOUBTED,
      Phase.Undoing,
      Outcome.Accepted,
      proceed("puts it back in spite of it"),
      skip("leaves this one changed and goes on"),
      accept("ends here and leaves the rest changed")),
  UNDO_REJECTED(
      Reasons.UNDO_REJECTED,
      Phase.Undoing,
      Outcome.Accepted,
      retry("asks for approval again"),
      skip("leaves this one changed and goes on"),
      accept("ends here and leaves the rest changed")),
  UNDO_FAILED(
      Reasons.UNDO_FAILED,
      Phase.Undoing,
      Outcome.Accepted,
      retry("tries again"),
      skip("leaves this one changed and goes on"),
      accept("ends here and leaves the rest changed")),
  UNDO_UNKNOWN(
      Reasons.UNDO_UNKNOWN,
      Phase.Undoing,
      Outcome.Accepted,
      retry("puts it back (again): say in the comment that you looked and that it did not happen"),
      skip("takes it as put back"),
      accept("ends here and leaves the rest changed")),
  STATUS_LOST(Reasons.STATUS_LOST, Phase.Pending, Outcome.Aborted, accept("ends the run as it is"));

  private final String reason;
  private final Phase again;
  private final Outcome leaving;
  private final List<Offer> offers;

  Ask(String reason, Phase again, Outcome leaving, Offer... offers) {
    this.reason = reason;
    this.again = again;
    this.leaving = leaving;
    this.offers = List.of(offers);
  }

  String reason() {
    return reason;
  }

  /** What each of the choices does. */
  String explain(List<Choice> offered) {
    return offers.stream()
        .filter(offer -> offered.contains(offer.choice()))
        .map(offer -> " " + offer.choice() + " " + offer.does() + ".")
        .collect(Collectors.joining());
  }

  /** True when something may have happened: only who says to have looked has it done again. */
  boolean wantsALook() {
    return this == OUTCOME_UNKNOWN || this == RELEASE_UNKNOWN || this == UNDO_UNKNOWN;
  }

  /** The phase that Retry goes back to. */
  Phase again() {
    return again;
  }

  /** What Proceed settles, so that it is not asked again; empty: nothing. */
  Optional<What> settles() {
    return switch (this) {
      case STOP_CONDITION -> Optional.of(What.StopCondition);
      case CONFIRM -> Optional.of(What.Confirmation);
      case PRECONDITION -> Optional.of(What.Preconditions);
      case SCHEMA_CHANGED -> Optional.of(What.SchemaChanged);
      case JOURNAL_UNAVAILABLE -> Optional.of(What.WithoutJournal);
      case OVERWRITTEN -> Optional.of(What.Overwritten);
      case RELEASE_GATE -> Optional.of(What.ReleaseGates);
      case RELEASE_DOUBTED, UNDO_DOUBTED -> Optional.of(What.GivingBack);
      default -> Optional.empty();
    };
  }

  /** How the level is remembered when the answer is NextLevel. */
  Outcome leaving() {
    return leaving;
  }

  List<Choice> choices() {
    return offers.stream().map(Offer::choice).toList();
  }

  static Ask of(String reason) {
    return Arrays.stream(values())
        .filter(ask -> ask.reason.equals(reason))
        .findFirst()
        .orElseThrow();
  }
}
