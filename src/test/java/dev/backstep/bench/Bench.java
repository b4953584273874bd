package dev.backstep.bench;

/** What {@code bench/run} starts. */
public final class Bench {
  private Bench() {}

  /** Runs one measurement: targets or ladder. */
  public static void main(String[] arguments) {
    var failed = 0;
    try {
      if (arguments[0].equals("targets")) {
        TargetsBench.run();
      } else {
        LadderBench.run();
      }
    } catch (RuntimeException e) {
      e.printStackTrace();
      failed = 1;
    }
    // Connections and watches keep threads alive that nobody needs any more.
    System.exit(failed);
  }
}
