package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** How one effect ended, where it did not simply reach its target, or has something to say. */
public record EffectResult(
    @JsonPropertyDescription("Index of the effect within its intent, from 0.") Integer part,
    @JsonPropertyDescription("What it is about, such as Deployment web.") String target,
    @JsonPropertyDescription("How it ended.") How how,
    @JsonPropertyDescription("What is worth keeping, such as a number of rows or a status code.")
        String said,
    @JsonPropertyDescription(
            "What could not be put back, because somebody else had changed it since.")
        String drift) {

  /** As it is taken when a human says that what nobody could find out did not happen. */
  public EffectResult notHappened() {
    return settled(How.Refused);
  }

  /** As it is taken when a human says that what nobody could find out did happen. */
  public EffectResult happened() {
    return settled(How.Applied);
  }

  private EffectResult settled(How so) {
    return how == How.Unknown ? new EffectResult(part, target, so, said, drift) : this;
  }

  /** How an effect ended. */
  public enum How {
    /** It reached its target. */
    Applied,
    /** The target had changed meanwhile, so nothing was done. */
    Refused,
    /** The target does not exist any more. */
    Gone,
    /** It cannot be done. */
    Failed,
    /** Nothing was sent. */
    NotSent,
    /** Nobody can find out whether it was done. */
    Unknown
  }
}
