package dev.backstep.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * Plays the Job controller: a Job that is not suspended has one pod, which runs for a second and
 * ends as its image says. The pod runs to its end also when somebody deletes the Job meanwhile.
 */
final class SimulatedJobs implements SimulatedApiServer.Listener {
  /** Its pod makes a workload that got stuck work again: {@code tool:mend-<name>}. */
  static final String MENDS = "tool:mend-";

  /** Its pod looks whether a workload answers. */
  static final String LOOKS = "tool:look-";

  /** Its pod takes that back. */
  static final String SPOILS = "tool:spoil-";

  private static final long RUNS = 1000;

  private final Simulation world;
  private final SimulatedApiServer server;
  private final Map<String, Integer> pods = new TreeMap<>();

  SimulatedJobs(Simulation world) {
    this.world = world;
    this.server = world.server();
  }

  @Override
  public void written(SimulatedApiServer.Write write) {
    if (write.resource().equals("jobs")
        && write.after() != null
        && runs(write.after())
        && (write.before() == null || !runs(write.before()))) {
      start(write.after());
    }
  }

  private static boolean runs(ObjectNode job) {
    return !job.at("/spec/suspend").asBoolean();
  }

  private void start(ObjectNode job) {
    var name = job.at("/metadata/name").asText();
    var times = pods.merge(name, 1, Integer::sum);
    if (times > 1) {
      world.violated("JOB", "Job " + name + " ran " + times + " times", null);
    }
    var begins = world.outside().restores().begins(job);
    world.time().after(RUNS, null, () -> end(job, begins));
  }

  private void end(ObjectNode started, boolean begins) {
    if (begins) {
      world.outside().restores().ends(started);
      world.outside().backlog().ends(started);
    }
    var image = started.at("/spec/template/spec/containers/0/image").asText();
    var workload = SimulatedApiServer.NAMESPACE + "/" + image.substring(image.indexOf('-') + 1);
    if (image.startsWith(MENDS) || image.startsWith(SPOILS)) {
      world.controllers().mended(workload, image.startsWith(MENDS));
    }
    var live = server.get("jobs", started.at("/metadata/name").asText());
    if (live != null && live.at("/metadata/uid").equals(started.at("/metadata/uid"))) {
      var ended = live.deepCopy();
      ended
          .putObject("status")
          .putArray("conditions")
          .addObject()
          .put("type", begins && endsWell(image, workload) ? "Complete" : "Failed")
          .put("status", "True")
          .put("message", "BackoffLimitExceeded");
      server.putStatus(SimulatedControllers.WHO, "jobs", ended);
    }
  }

  private boolean endsWell(String image, String workload) {
    return image.startsWith(LOOKS)
        ? world.controllers().answers(workload)
        : !image.contains("fail");
  }

  /** Which Jobs ran, for the comparison of ends; gates ask by another one after a crash. */
  String essence() {
    var actions = new TreeMap<>(pods);
    actions.keySet().removeIf(GateJobs::isOne);
    return "jobs " + actions + '\n';
  }
}
