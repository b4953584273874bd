package dev.backstep.gate;

import dev.backstep.api.v1alpha1.Gate;
import java.time.Duration;
import java.util.List;

/**
 * What is measured for one plan now, and since what moment it counts.
 *
 * @param key measurements begun under another key do not count
 * @param gates what is measured
 * @param longest no gate waits longer than this between two measurements; null: as it says
 * @param resting true: a gate that has a verdict is measured at most every 30 s
 */
public record Window(String key, List<Gate> gates, Duration longest, boolean resting) {}
