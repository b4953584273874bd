package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;

/** Somebody who holds a sync off. */
public record SyncHolder(
    @JsonPropertyDescription(
            "Names the hold: what stands behind backstep.dev/held-by. in the annotation that it is.")
        String id,
    @JsonPropertyDescription(
            "What the annotation says: kind, name, run and action of the holder. Empty: the holder is a rule of autoDisable.")
        String entry,
    @JsonPropertyDescription("Who, such as run INC-1 of RollbackPlan shop (action stop-sync).")
        String holder,
    @JsonPropertyDescription("Since when.") Instant since,
    @JsonPropertyDescription(
            "True when nobody is left who would give it back: a human has to say so.")
        Boolean orphaned) {

  /** The entry is never null; and a holder is the same before and after it was written. */
  public SyncHolder {
    entry = entry == null ? "" : entry;
    orphaned = Boolean.TRUE.equals(orphaned) ? true : null;
  }

  /** True when nobody is left who would give it back. */
  public boolean isOrphaned() {
    return Boolean.TRUE.equals(orphaned);
  }
}
