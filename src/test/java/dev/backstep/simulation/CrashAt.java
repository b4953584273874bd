package dev.backstep.simulation;

/** The process dies at one request, in one way; the next one goes on. */
final class CrashAt extends Trouble {
  private final int request;
  private final Fault how;
  private int seen;

  CrashAt(int request, Fault how) {
    this.request = request;
    this.how = how;
  }

  @Override
  Fault strike(SimulatedProcess process, Request it) {
    return ++seen == request ? how : null;
  }

  @Override
  public String toString() {
    return how + " at request " + request;
  }
}
