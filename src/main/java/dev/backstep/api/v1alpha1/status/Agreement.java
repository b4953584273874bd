package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** Something that a human or a gate settled, so that the current level does not ask again. */
public record Agreement(
    @JsonPropertyDescription("What was settled.") What what,
    @JsonPropertyDescription(
            "StopCondition: name of the condition; SchemaChanged, GivingBack: name of the action.")
        String about) {

  /** About the level as a whole. */
  public static Agreement of(What what) {
    return new Agreement(what, null);
  }

  /** What can be settled. */
  public enum What {
    /** A stop condition of the plan is met, and a human goes on in spite of it. */
    StopCondition,
    /** A human goes on though the level destroys something and makes no backup before. */
    NoBackup,
    /** A human wants a level that the symptom calls a maybe. */
    Confirmation,
    /** The preconditions are met, or a human goes on in spite of them. */
    Preconditions,
    /** A human rolls back though the database's schema is another one by now. */
    SchemaChanged,
    /** A human goes on while the journal cannot be written. */
    WithoutJournal,
    /** What has to be healthy before the release is, or a human goes on in spite of it. */
    ReleaseGates,
    /** A human gives or puts back what an action did, in spite of what speaks against it. */
    GivingBack,
    /** A human leaves what somebody else changed as it is. */
    Overwritten
  }
}
