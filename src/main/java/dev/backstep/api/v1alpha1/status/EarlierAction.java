package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** An action of an earlier run that still holds something: what gives it back. */
public record EarlierAction(
    @JsonPropertyDescription("Claim of that run.") String claim,
    @JsonPropertyDescription("What the action did.") ActionStatus status) {
  /** The same action, of which more is known. */
  public EarlierAction with(ActionStatus other) {
    return new EarlierAction(claim, other);
  }
}
