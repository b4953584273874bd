package dev.backstep.bench;

import dev.backstep.database.QueueBench;
import dev.backstep.database.swap.RestoreBench;
import java.time.Duration;

/** What {@code bench/run} starts. */
public final class Bench {
  private Bench() {}

  /** Runs one measurement: its name, and how much of it where that can be said. */
  public static void main(String[] arguments) {
    var failed = 0;
    try {
      switch (arguments[0]) {
        case "targets" -> TargetsBench.run(number(arguments, 200));
        case "start" -> StartBench.run();
        case "launch" -> LaunchBench.run(number(arguments, 5));
        case "brownout" -> BrownoutBench.run();
        case "ladder" -> LadderBench.run();
        case "queue" -> QueueBench.run(number(arguments, 1_000_000));
        case "idle" -> IdleBench.run(Duration.ofMinutes(number(arguments, 10)));
        case "syncs" -> SyncsBench.run(number(arguments, 1000));
        case "fleet" -> FleetBench.run(number(arguments, 1_000_000));
        case "restore" -> RestoreBench.run(number(arguments, 1000));
        case "resync" -> ResyncBench.run(number(arguments, 1_000_000));
        case "sqlite" -> SqliteBench.run(number(arguments, 500));
        default -> InformersBench.run(number(arguments, 10_000));
      }
    } catch (RuntimeException e) {
      e.printStackTrace();
      failed = 1;
    }
    // Connections and watches keep threads alive that nobody needs any more.
    System.exit(failed);
  }

  private static int number(String[] arguments, int otherwise) {
    return arguments.length > 1 ? Integer.parseInt(arguments[1]) : otherwise;
  }
}
