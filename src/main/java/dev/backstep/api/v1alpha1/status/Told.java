package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** How far people were told of what happened. */
public record Told(
    @JsonPropertyDescription("Name of the notification.") String name,
    @JsonPropertyDescription(
            "What seq counts in, such as the claim of a run, or a condition; empty: nothing yet.")
        String claim,
    @JsonPropertyDescription("The last step that was told, or need not be.") Long seq) {

  /** Nothing was told yet. */
  public static Told nothing(String name) {
    return nothing(name, "");
  }

  /** Nothing was told yet that counts in this. */
  public static Told nothing(String name, String claim) {
    return new Told(name, claim, 0L);
  }
}
