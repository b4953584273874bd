package dev.backstep.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.backstep.dump.ExportTask;

/**
 * A queue inside of an application: one request shows all that is in it, and another one empties
 * it. A Job keeps what it shows, and says in the end how much that was.
 */
final class SimulatedBacklog {
  static final String SHOWN = "shown";
  static final String CLEARED = "cleared";

  private final Simulation world;
  private int entries = 3;
  private int kept;

  SimulatedBacklog(Simulation world) {
    this.world = world;
  }

  /** How much is in it. */
  int size() {
    return entries;
  }

  /** All that is in it. */
  Answer shown() {
    var all = Json.MAPPER.createArrayNode();
    for (var entry = 1; entry <= entries; entry++) {
      all.add(entry);
    }
    return new Answer(200, TextNode.valueOf(all.toString()));
  }

  /** Somebody empties it: what that does to the shop. */
  String cleared() {
    if (kept != entries) {
      world.violated("KEPT", entries + " entries are cleared, and " + kept + " are kept", null);
    }
    entries = 0;
    return "mend-silently";
  }

  /** A Job came to its end; perhaps it kept what is in the queue. */
  void ends(ObjectNode job) {
    var exports =
        Rules.each(job.at("/spec/template/spec/containers/0/env"))
            .anyMatch(it -> it.path("name").asText().equals(ExportTask.VARIABLE));
    if (exports) {
      kept = entries;
      say(job.at("/metadata/name").asText());
    }
  }

  private void say(String job) {
    world
        .server()
        .put(
            SimulatedControllers.WHO,
            "pods",
            Json.yaml(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: %1$s-pod, labels: {batch.kubernetes.io/job-name: %1$s}}
                status:
                  containerStatuses:
                  - state: {terminated: {exitCode: 0, message: "queue.json: %2$d entries, kept"}}
                """
                    .formatted(job, kept)));
  }

  /** What is left of it, for the comparison of ends. */
  String essence() {
    return "backlog %d of %d kept\n".formatted(entries, kept);
  }
}
