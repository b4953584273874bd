package dev.backstep.simulation;

import java.util.List;

/** A seed's history: which ladder, and which faults. */
final class Histories {
  /** Those that a seed may choose. */
  static final List<ReferenceLadder> LADDERS = ReferenceLadders.ALL;

  private Histories() {}

  static Simulation of(long seed, Mistake mistake) {
    return new Simulation(ladder(seed), seed, new Faults(seed), mistake);
  }

  /** The ladder that a seed's history is about. */
  static ReferenceLadder ladder(long seed) {
    return LADDERS.get(Math.floorMod(seed, LADDERS.size()));
  }
}
