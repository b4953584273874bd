package dev.backstep.simulation;

import java.util.List;

/** A seed's history: which ladder, and which faults. */
final class Histories {
  private static final List<ReferenceLadder> LADDERS = ReferenceLadders.ALL;

  private Histories() {}

  /** One of a ladder that is known to show the mistake, if any does. */
  static Simulation of(long seed, SeededBugs.SeededBug bug) {
    return bug.ladder() == null
        ? of(seed, bug.mistake())
        : new Simulation(bug.ladder(), seed, new Faults(seed), bug.mistake());
  }

  static Simulation of(long seed, Mistake mistake) {
    var ladder = LADDERS.get(Math.floorMod(seed, LADDERS.size()));
    return new Simulation(ladder, seed, new Faults(seed), mistake);
  }
}
