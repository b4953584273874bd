package dev.backstep.simulation;

import dev.backstep.measure.Reading;

/** What goes wrong in a simulation. This one: nothing. */
class Trouble {
  /** What happens to a request; null: nothing. */
  Fault strike(SimulatedProcess process, Request request) {
    return null;
  }

  /** Plans what happens at a time of its own. */
  void begin(Simulation world) {}

  /** When the last fault is over. */
  long lasts() {
    return 0;
  }

  /** True when requests and watches take a time that the seed decides. */
  boolean lively() {
    return false;
  }

  /** True when the operator's Kubernetes Events are sent. */
  boolean withEvents() {
    return true;
  }

  /** True when the operator keeps a journal, whether or not the ladder is about it. */
  boolean withJournal() {
    return false;
  }

  /** What a gate says whatever the world is like; null: it says how the world is. */
  Reading.Color gateMood() {
    return null;
  }

  long gateDelay() {
    return 0;
  }

  boolean slowRollOut() {
    return false;
  }

  long clockSkew() {
    return 0;
  }

  int staleStart() {
    return 0;
  }
}
