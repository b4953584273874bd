package dev.backstep.simulation;

import java.util.HashMap;
import java.util.Map;

/**
 * I15: a process that is alone neither floods the API server nor looks at a plan again and again.
 */
final class RequestRules extends Rules {
  /** Requests that a process may send at once, and how many more each second. */
  private static final double BURST = 60;

  /** More at once for every target of the ladder: one for each is the least. */
  private static final double FOR_EACH_TARGET = 15;

  private static final int OF_RESTORE = 4;

  private static final double PER_SECOND = 5;

  /** Whoever looks sooner again, and without a cause, does nothing else. */
  private static final long SOON = 50;

  private static final int MOST_MEANS = 8;

  private final double burst;
  private final Map<String, double[]> allowance = new HashMap<>();
  private final Map<String, Pass> passes = new HashMap<>();
  private long writes;

  RequestRules(Simulation world, Facts facts) {
    super(world, facts);
    burst = BURST + FOR_EACH_TARGET * targets(world.ladder());
  }

  /** A restore has targets that are not objects of the ladder: two databases and two Jobs. */
  private static int targets(ReferenceLadder ladder) {
    var restores = !ladder.subject().findValues("dbRestore").isEmpty();
    return ladder.objects().size() + (restores ? OF_RESTORE : 0);
  }

  /**
   * One look at a plan.
   *
   * @param written how much had been written until it began
   * @param hasty so many in a row came soon after another one, because their time had come
   */
  private record Pass(long ended, long written, int hasty) {}

  /** Something was written; what a human wants anew is cause for as many requests again. */
  void written(SimulatedApiServer.Write write) {
    writes++;
    if (write.writer().name().equals("human")) {
      allowance.clear();
    }
  }

  void requested(String process) {
    if (world.alive().size() > 1) {
      return;
    }
    var now = world.time().elapsed() / 1000.0;
    var known = allowance.computeIfAbsent(process, name -> new double[] {burst, now});
    known[0] = Math.min(burst, known[0] + (now - known[1]) * PER_SECOND) - 1;
    known[1] = now;
    require(known[0] >= 0, "I15", process + " sends too many requests");
  }

  /**
   * A process looks at a plan.
   *
   * @param who the process and the plan
   * @param woken true: something happened; false: the time has come that the last look had set
   */
  void pass(String who, boolean woken) {
    var last = passes.get(who);
    var hasty =
        !woken
            && last != null
            && last.written() == writes
            && world.time().elapsed() - last.ended() < SOON;
    // One look may have had something to wait for that was near, and of a SyncControl one for each
    // means; who has no more to wait for does not look again.
    var inARow = hasty ? last.hasty() + 1 : 0;
    require(
        inARow <= (who.contains(SimulatedApiServer.SYNCS) ? MOST_MEANS : 1),
        "I15",
        who + " is looked at again and again, though nothing happened and nothing was written");
    passes.put(who, new Pass(world.time().elapsed(), writes, inARow));
  }

  /** The look is over. */
  void passed(String who) {
    passes.computeIfPresent(
        who, (it, pass) -> new Pass(world.time().elapsed(), pass.written(), pass.hasty()));
  }
}
