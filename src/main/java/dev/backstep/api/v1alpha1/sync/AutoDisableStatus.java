package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;

/** Where a rule of autoDisable stands. A time that is null is not the case. */
@RecordBuilder
public record AutoDisableStatus(
    @JsonPropertyDescription("Name of the rule.") String name,
    @JsonPropertyDescription("Since when its condition is true without a break.") Instant trueSince,
    @JsonPropertyDescription("Since when it holds the sync off.") Instant heldSince,
    @JsonPropertyDescription("What was measured when it began to, in a sentence.") String because,
    @JsonPropertyDescription("When it last let go.") Instant releasedAt)
    implements AutoDisableStatusBuilder.With {

  /** Of a rule about which nothing is known. */
  public static AutoDisableStatus named(String name) {
    return AutoDisableStatusBuilder.builder().name(name).build();
  }

  /** True while it holds the sync off. */
  public boolean holds() {
    return heldSince != null;
  }
}
