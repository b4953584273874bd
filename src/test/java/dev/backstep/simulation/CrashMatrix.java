package dev.backstep.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Kills the operator at every request of a ladder, before it leaves and after it was executed, and
 * compares the end with that of the undisturbed run. It is killed once in each state of the world:
 * between two requests of one moment, nothing that survives it has changed but for what the first
 * one did. Who dies after the answer dies before the next request, which is the next point; only
 * after the last one there is none.
 */
final class CrashMatrix {
  private static final long SEED = 1;

  /** So short, in milliseconds, that no deadline passes meanwhile. */
  private static final long MOMENT = 100;

  private final ReferenceLadder ladder;
  private final Mistake mistake;

  CrashMatrix(ReferenceLadder ladder, Mistake mistake) {
    this.ladder = ladder;
    this.mistake = mistake;
  }

  /**
   * What the matrix showed.
   *
   * @param points how often the operator was killed
   * @param found what was wrong, each with its point
   */
  record Result(int points, List<String> found) {}

  /**
   * A request of the undisturbed run.
   *
   * @param at when it left, in milliseconds
   * @param deeds what was done before, by anybody
   */
  private record Point(boolean leavesNothing, boolean stores, long at, long deeds) {
    /** Who dies before the next request leaves the world as if it had died with this one. */
    boolean sameWorld(Point next) {
      return next.at - at < MOMENT && next.deeds == deeds + (stores ? 1 : 0);
    }
  }

  /** The requests of the undisturbed run. */
  private static final class Seen extends Trouble {
    private final List<Point> points = new ArrayList<>();
    private Simulation world;

    @Override
    void begin(Simulation it) {
      world = it;
    }

    @Override
    Fault strike(SimulatedProcess process, Request request) {
      points.add(
          new Point(
              request.leavesNothing(), request.stores(), world.time().elapsed(), world.deeds()));
      return null;
    }
  }

  Result run(int mostFindings) {
    var seen = new Seen();
    var undisturbed = new Simulation(ladder, SEED, seen, mistake).run();
    var found = new ArrayList<String>();
    if (undisturbed.violation() != null) {
      return new Result(0, List.of(ladder + ", undisturbed: " + undisturbed.violation()));
    }
    if (!undisturbed.walked()) {
      return new Result(
          0, List.of(ladder + ", undisturbed: never came to " + undisturbed.leftUndone()));
    }
    var points = 0;
    for (var request = 1; request <= undisturbed.requests(); request++) {
      for (var way : ways(seen.points, request)) {
        points++;
        var wrong = wrong(undisturbed, new CrashAt(request, way));
        if (wrong != null) {
          found.add(ladder + ", " + way + " at request " + request + ": " + wrong);
        }
        if (found.size() == mostFindings) {
          return new Result(points, found);
        }
      }
    }
    return new Result(points, found);
  }

  private static List<Fault> ways(List<Point> points, int request) {
    var point = points.get(request - 1);
    var again = request > 1 && points.get(request - 2).sameWorld(point);
    // What a request leaves nothing of ends the same however it ends.
    return Stream.of(Fault.CRASH_BEFORE, Fault.CRASH_LOST, Fault.CRASH_AFTER)
        .filter(way -> way != Fault.CRASH_BEFORE || !again)
        .filter(way -> way != Fault.CRASH_LOST || !point.leavesNothing())
        .filter(way -> way != Fault.CRASH_AFTER || request == points.size())
        .toList();
  }

  private String wrong(Simulation.Outcome undisturbed, CrashAt crash) {
    var outcome = new Simulation(ladder, SEED, crash, mistake).run();
    if (outcome.violation() != null) {
      return outcome.violation().toString();
    }
    if (outcome.fired().isEmpty()) {
      return "the process did not die";
    }
    return ladder.racy() || end(outcome).equals(end(undisturbed))
        ? null
        : "another end than undisturbed:\n"
            + undisturbed.essence()
            + "instead it is\n"
            + outcome.essence();
  }

  /** The id of a run that a trigger starts has the time in it, and so has its claim. */
  private static String end(Simulation.Outcome outcome) {
    return outcome.essence().replaceAll("bs-run-[0-9a-f]{16}", "bs-run-of-a-time");
  }
}
