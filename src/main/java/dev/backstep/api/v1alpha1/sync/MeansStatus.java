package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Intent;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;

/** What became of one means in an episode. */
@RecordBuilder
public record MeansStatus(
    @JsonPropertyDescription("Name of the means.") String name,
    @JsonPropertyDescription("Where it stands.") Standing standing,
    @JsonPropertyDescription("Since when it stands there.") Instant since,
    @JsonPropertyDescription("What was found last, in a sentence.") String message,
    @JsonPropertyDescription("What was sent, with the outcome.") ActionStatus done,
    @JsonPropertyDescription("What is being sent just now, written down before it is.")
        Intent intent,
    @JsonPropertyDescription("When it was last read back as off, or as given back.")
        Instant provenAt,
    @JsonPropertyDescription(
            "True when the status was lost meanwhile, and nothing says what the means was before.")
        Boolean lost)
    implements MeansStatusBuilder.With {

  /** A means that is about to be switched off. */
  public static MeansStatus begun(String name, Instant now) {
    return new MeansStatus(
        name,
        Standing.TurningOff,
        now,
        "It is about to begin.",
        ActionStatus.begun(name, now),
        null,
        null,
        null);
  }

  /** True when nobody knows what it was before it was switched off. */
  public boolean isLost() {
    return Boolean.TRUE.equals(lost);
  }

  /** Where a means stands. */
  public enum Standing {
    /** It is being switched off. */
    TurningOff,
    /** It was read back that it is off. */
    Off,
    /** It is being given back. */
    TurningOn,
    /** It was given back. */
    On,
    /** It cannot be switched off, or given back; it is tried again. */
    Failed,
    /** Somebody else keeps switching it on; it is not switched off any more. */
    Contested
  }
}
