package dev.backstep.claim;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;

/**
 * What a run works on, whatever happens to its object meanwhile.
 *
 * @param ownerUid uid of the object whose run made the claim
 * @param runUid uid of the run that made it: tells one's own claim from another's
 * @param generation generation of the object that was pinned
 * @param pinned its spec as it was then
 * @param atStart what actions, by their names, and others, by names that no action has, have to
 *     know of the world as it was when the run began
 * @param <P> the spec
 */
public record Claim<P>(
    String ownerUid, String runUid, Long generation, P pinned, Map<String, JsonNode> atStart) {

  /** Never null. */
  public Claim {
    atStart = atStart == null ? Map.of() : atStart;
  }

  /** What an action kept of the world as it was; empty: nothing. */
  public Optional<JsonNode> atStart(String action) {
    return Optional.ofNullable(atStart.get(action));
  }

  /** The same claim, with what its actions have to know. */
  public Claim<P> withAtStart(Map<String, JsonNode> known) {
    return new Claim<>(ownerUid, runUid, generation, pinned, known);
  }
}
