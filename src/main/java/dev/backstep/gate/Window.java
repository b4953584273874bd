package dev.backstep.gate;

import dev.backstep.api.v1alpha1.gate.Gate;
import java.time.Duration;
import java.util.List;

/**
 * What is measured for one plan now.
 *
 * @param watches the gates, each with the moment that counts for it
 * @param longest no gate waits longer than this between two measurements; null: as it says
 * @param resting true: a gate that has a verdict is measured at most every 30 s
 */
public record Window(List<Watch> watches, Duration longest, boolean resting) {

  /**
   * One gate to be measured.
   *
   * @param key measurements begun under another key do not count
   */
  public record Watch(Gate gate, String key) {}
}
