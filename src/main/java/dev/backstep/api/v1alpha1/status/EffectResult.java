package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;

/** How one effect ended, where it did not simply reach its target, or has something to say. */
@RecordBuilder
public record EffectResult(
    @JsonPropertyDescription("Index of the effect within its intent, from 0.") Integer part,
    @JsonPropertyDescription("What it is about, such as Deployment web.") String target,
    @JsonPropertyDescription("How it ended.") How how,
    @JsonPropertyDescription("What is worth keeping, such as a number of rows or a status code.")
        String said,
    @JsonPropertyDescription(
            "What could not be put back, because somebody else had changed it since.")
        String drift,
    @JsonPropertyDescription("Until then it may still happen, so nothing else is sent before.")
        Instant landsUntil,
    @JsonPropertyDescription(
            "True when it could not be found out in time whether it was done; a Retry finds out first.")
        Boolean open,
    @JsonPropertyDescription("What is kept off if it was done, which nobody knows.") Hold takes)
    implements EffectResultBuilder.With {

  /** As it mostly is. */
  public EffectResult(Integer part, String target, How how, String said, String drift) {
    this(part, target, how, said, drift, null, null, null);
  }

  /** True when it can still be found out whether it was done. */
  public boolean undecided() {
    return how == How.Unknown && Boolean.TRUE.equals(open);
  }

  /** As it is taken when a human says that what nobody could find out did not happen. */
  public EffectResult notHappened() {
    return settled(How.Refused);
  }

  /** The same, where it cannot be found out after all. */
  public EffectResult notHappenedUnlessOpen() {
    return undecided() ? this : notHappened();
  }

  /** As it is taken when a human says that what nobody could find out did happen. */
  public EffectResult happened() {
    return settled(How.Applied);
  }

  private EffectResult settled(How so) {
    return how == How.Unknown ? with().how(so).open(null).takes(null).build() : this;
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
