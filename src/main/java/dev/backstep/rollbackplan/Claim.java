package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.stable.Baseline;

/**
 * What a run works on, whatever happens to the plan meanwhile.
 *
 * @param planUid uid of the plan that made the claim
 * @param runUid uid of the run that made it: tells one's own claim from another's
 * @param generation generation of the plan that was pinned
 * @param plan the pinned plan
 * @param baseline what ran when the run started
 */
record Claim(
    String planUid, String runUid, Long generation, RollbackPlanSpec plan, Baseline baseline) {}
