package dev.backstep.restore;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.effect.Step;
import java.util.Optional;

/**
 * How far a restore is.
 *
 * @param phase the phase that what is left belongs to
 * @param step what is left of it
 * @param seen what the database's server said; empty: it could not be asked
 */
public record Stand(RestorePhase phase, Step step, Optional<? extends Seen> seen) {}
