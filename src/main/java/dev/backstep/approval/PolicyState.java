package dev.backstep.approval;

import java.time.Instant;

/**
 * Whether the admission policies hold in a namespace.
 *
 * @param inForce a forged approval was refused by the policy, so an approval's approver is who
 *     created it
 * @param changedAt when the policies or their bindings were changed last; what was written until
 *     then proves nothing; null: not in force
 * @param message what was found, and the remedy when they are not in force
 */
public record PolicyState(boolean inForce, Instant changedAt, String message) {}
