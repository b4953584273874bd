package dev.backstep.runbook;

import static dev.backstep.api.v1alpha1.Choice.Accept;
import static dev.backstep.api.v1alpha1.Choice.NextLevel;
import static dev.backstep.api.v1alpha1.Choice.Retry;

import dev.backstep.api.v1alpha1.Choice;
import dev.backstep.api.v1alpha1.LevelStatus.Outcome;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The questions a run can ask. This table alone says which answers fit, where Retry goes back to,
 * and how a level that is left because of the question is remembered.
 */
enum Ask {
  PREFLIGHT(Reasons.PREFLIGHT, Phase.Acting, Outcome.NotExecutable, Retry, NextLevel),
  ACTION_FAILED(
      Reasons.ACTION_FAILED, Phase.Acting, Outcome.ActionFailed, Retry, NextLevel, Accept),
  EFFECT_NOT_OBSERVED(
      Reasons.EFFECT_NOT_OBSERVED, Phase.Acting, Outcome.Unhealthy, Retry, NextLevel, Accept),
  UNHEALTHY(Reasons.UNHEALTHY, Phase.Verifying, Outcome.Unhealthy, Retry, NextLevel, Accept),
  INCONCLUSIVE(
      Reasons.INCONCLUSIVE, Phase.Verifying, Outcome.Inconclusive, Retry, NextLevel, Accept),
  RELEASE_FAILED(Reasons.RELEASE_FAILED, Phase.Releasing, Outcome.Accepted, Retry, Accept),
  STATUS_LOST(Reasons.STATUS_LOST, Phase.Pending, Outcome.Aborted, Accept);

  private final String reason;
  private final Phase retry;
  private final Outcome leaving;
  private final List<Choice> choices;

  Ask(String reason, Phase retry, Outcome leaving, Choice... choices) {
    this.reason = reason;
    this.retry = retry;
    this.leaving = leaving;
    this.choices = List.of(choices);
  }

  String reason() {
    return reason;
  }

  /** What each of the choices does. */
  String explain(List<Choice> offered) {
    return offered.stream().map(this::explain).collect(Collectors.joining());
  }

  private String explain(Choice choice) {
    return switch (choice) {
      case Retry ->
          switch (this) {
            case PREFLIGHT -> " Retry checks again.";
            case ACTION_FAILED, EFFECT_NOT_OBSERVED -> " Retry does it again.";
            case RELEASE_FAILED -> " Retry tries again.";
            default -> " Retry measures again.";
          };
      case NextLevel ->
          this == PREFLIGHT
              ? " NextLevel leaves this level out."
              : " NextLevel goes on with the next level.";
      case Accept ->
          this == RELEASE_FAILED
              ? " Accept ends the run and leaves it held."
              : " Accept ends the run as it is.";
    };
  }

  /** The phase that Retry goes back to. */
  Phase retry() {
    return retry;
  }

  /** How the level is remembered when the answer is NextLevel. */
  Outcome leaving() {
    return leaving;
  }

  List<Choice> choices() {
    return choices;
  }

  static Ask of(String reason) {
    return Arrays.stream(values())
        .filter(ask -> ask.reason.equals(reason))
        .findFirst()
        .orElseThrow();
  }
}
