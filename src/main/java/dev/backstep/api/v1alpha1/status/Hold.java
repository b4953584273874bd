package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;

/** Something that is kept off until it is released. */
public record Hold(
    @JsonPropertyDescription("Run that took the hold.") String run,
    @JsonPropertyDescription("Claim of that run; names the hold in the ledger on the target.")
        String claim,
    @JsonPropertyDescription("Action that took the hold.") String action,
    @JsonPropertyDescription("What kind of action that was, such as scale.") String type,
    @JsonPropertyDescription("Kind of the target.") String kind,
    @JsonPropertyDescription("Name of the target.") String name,
    @JsonPropertyDescription("What comes back on release; empty: nothing has to.") String original,
    @JsonPropertyDescription("What the hold set.") String held,
    @JsonPropertyDescription("Since when.") Instant since) {
  /** What is held, such as {@code Deployment worker}. */
  public String target() {
    return kind + " " + name;
  }

  /** True when giving it back changes something. */
  public boolean bringsBack() {
    return !original.isEmpty();
  }

  /** True when two holds were taken by the same action of the same run. */
  public boolean togetherWith(Hold other) {
    return claim.equals(other.claim) && action.equals(other.action);
  }
}
