package dev.backstep.simulation;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps the operator's own log silent: a million histories would say too much. */
final class Quiet {
  private static final Logger OURS = Logger.getLogger("dev.backstep");

  private Quiet() {}

  static void now() {
    OURS.setLevel(Level.OFF);
  }
}
