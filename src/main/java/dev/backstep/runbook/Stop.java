package dev.backstep.runbook;

import dev.backstep.measure.Verdict;

/**
 * A stop condition, looked at before a level is entered.
 *
 * @param name its name in the plan
 * @param verdict HEALTHY: it is not met; UNHEALTHY: it is met; INCONCLUSIVE: a gate it asks for
 *     cannot be measured; PENDING: being measured
 * @param message what the plan says about it
 */
public record Stop(String name, Verdict verdict, String message) {}
