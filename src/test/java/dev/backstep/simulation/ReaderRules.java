package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * READERS: who reads a ConfigMap that {@code setConfig} sets gets new pods after its values: when
 * the action says that it is done, and when it says that they are put back.
 */
final class ReaderRules extends Rules {
  /** A workload that is newer than that may not be in the caches yet. */
  private static final long CACHES = 60_000;

  /** Which action set a ConfigMap's values last, and the moment. */
  private final Map<String, Values> values = new HashMap<>();

  private final Map<String, Long> templates = new HashMap<>();
  private final Map<String, Long> read = new HashMap<>();

  ReaderRules(Simulation world, Facts facts) {
    super(world, facts);
  }

  private record Values(String action, long moment) {}

  /** Somebody wrote a target. */
  void target(SimulatedApiServer.Write write) {
    if (write.after() == null) {
      if (write.resource().equals("configmaps")) {
        values.remove(write.name());
      }
      return;
    }
    var before = write.before();
    var fresh = before == null;
    if (write.resource().equals("configmaps")) {
      if (!fresh && !Facts.same(before, write.after(), "/data")) {
        var mark = write.writer().operator() ? mark(write.after()) : null;
        var by = mark == null ? "" : claim(mark) + "/" + mark.split("/")[1];
        values.put(write.name(), new Values(by, world.moment()));
      }
      return;
    }
    if (fresh || !Facts.same(before, write.after(), "/spec/template")) {
      templates.put(uid(write.after()), world.moment());
    }
    if (fresh || !configMap(before).equals(configMap(write.after()))) {
      read.put(uid(write.after()), world.time().elapsed());
    }
  }

  /** The operator wrote the status. */
  void plan(SimulatedApiServer.Write write) {
    var before = write.before().at("/status/run");
    var after = write.after().at("/status/run");
    var claim = after.path("claim").asText();
    if (facts.wiped(claim) || !before.path("uid").equals(after.path("uid"))) {
      return;
    }
    each(after.path("levels"))
        .flatMap(level -> each(level.path("actions")))
        .filter(action -> action.path("outcome").asText().equals("Succeeded"))
        .filter(action -> !succeeded(before, action.path("name").asText()))
        .forEach(action -> restarted(claim, action.path("name").asText()));
    var phase = after.path("phase").asText();
    if (phase.matches("Released|Undone") && !before.path("phase").asText().equals(phase)) {
      each(after.path("levels"))
          .flatMap(level -> each(level.path("actions")))
          .map(action -> action.path("name").asText())
          .filter(action -> !facts.leftByHuman(claim, action))
          .forEach(action -> restarted(claim, action));
    }
  }

  private static boolean succeeded(JsonNode run, String name) {
    return each(run.path("levels"))
        .flatMap(level -> each(level.path("actions")))
        .filter(action -> action.path("name").asText().equals(name))
        .anyMatch(action -> action.path("outcome").asText().equals("Succeeded"));
  }

  private void restarted(String claim, String action) {
    var map = sets(claim, action);
    var set = values.get(map);
    if (set == null || !set.action().equals(claim + "/" + action) || facts.unsure(set.action())) {
      return;
    }
    readers(map)
        .forEach(
            reader ->
                require(
                    templates.getOrDefault(uid(reader), 0L) > set.moment(),
                    "READERS",
                    "%s does not read what action %s has set in ConfigMap %s"
                        .formatted(reader.at("/metadata/name").asText(), action, map)));
  }

  /** The ConfigMap whose values the action sets, with all that follows from it; else empty. */
  private String sets(String claim, String name) {
    var record = world.server().get(SimulatedApiServer.RECORDS, claim);
    return record == null
        ? ""
        : each(record.at("/data/pinned/levels"))
            .flatMap(level -> each(level.path("actions")))
            .filter(action -> action.path("name").asText().equals(name))
            .map(action -> action.path("setConfig"))
            .filter(action -> !action.path("restart").asText().equals("None"))
            .map(action -> action.at("/configMap/name").asText())
            .findFirst()
            .orElse("");
  }

  private Stream<ObjectNode> readers(String map) {
    return SimulatedControllers.WORKLOADS.stream()
        .flatMap(resource -> world.server().all(resource).values().stream())
        .filter(workload -> configMap(workload).equals(map))
        .filter(
            workload ->
                read.get(uid(workload)) < world.time().elapsed() - CACHES
                    || read.get(uid(workload)) == 0);
  }

  private static String configMap(JsonNode workload) {
    return workload.at("/spec/template/spec/volumes/0/configMap/name").asText();
  }
}
