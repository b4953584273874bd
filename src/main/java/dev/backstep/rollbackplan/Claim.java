package dev.backstep.rollbackplan;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Map;
import java.util.Optional;

/**
 * What a run works on, whatever happens to the plan meanwhile. Claims of earlier versions can be
 * read: what their runs hold is still given back.
 *
 * @param planUid uid of the plan that made the claim
 * @param runUid uid of the run that made it: tells one's own claim from another's
 * @param generation generation of the plan that was pinned
 * @param plan the pinned plan
 * @param atStart what actions have to know of the world as it was when the run began, by their
 *     names
 */
@RecordBuilder
@JsonIgnoreProperties(ignoreUnknown = true)
record Claim(
    String planUid,
    String runUid,
    Long generation,
    RollbackPlanSpec plan,
    Map<String, JsonNode> atStart)
    implements ClaimBuilder.With {

  /** Never null: claims of earlier versions are without it. */
  Claim {
    atStart = atStart == null ? Map.of() : atStart;
  }

  /** What an action kept of the world as it was; empty: nothing. */
  Optional<JsonNode> atStart(String action) {
    return Optional.ofNullable(atStart.get(action));
  }
}
