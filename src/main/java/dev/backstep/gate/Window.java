package dev.backstep.gate;

import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.measure.Pace;
import java.util.List;

/**
 * What is measured for one plan now.
 *
 * @param watches the gates, each with the moment that counts for it
 * @param pace how eagerly somebody waits for them
 */
public record Window(List<Watch> watches, Pace pace) {

  /**
   * One gate to be measured.
   *
   * @param key measurements begun under another key do not count
   */
  public record Watch(Gate gate, String key) {}
}
