package dev.backstep.simulation;

/** Ends the code of a process that is dead. Not an exception, so that nothing handles it. */
final class Crash extends Error {
  private static final long serialVersionUID = 1L;

  Crash() {
    super("the process died", null, false, false);
  }
}
