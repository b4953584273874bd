package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** How one action was put back. */
public record UndoStatus(
    @JsonPropertyDescription("Name of the action.") String action,
    @JsonPropertyDescription("How it ended.") Outcome outcome,
    @JsonPropertyDescription("What was put back, and what was not and why.") String message) {

  /** How an undo ended. */
  public enum Outcome {
    /** Everything is as it was before. */
    Undone,
    /** Something was changed by somebody else meanwhile and was left alone. */
    Partly,
    /** A human left it out. */
    Skipped
  }
}
