package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.backstep.database.swap.MemoryServer;
import dev.backstep.database.swap.Names;
import dev.backstep.dump.BackupTask;
import dev.backstep.dump.LoadTask;
import java.util.Map;
import java.util.Optional;

/** The server of a database that is restored, and the programs that load into it and copy it. */
final class SimulatedRestores {
  private final Simulation world;
  private final MemoryServer server = new MemoryServer();
  private String copied = "";

  SimulatedRestores(Simulation world) {
    this.world = world;
  }

  MemoryServer server() {
    return server;
  }

  /** What was copied away last. */
  String copied() {
    return copied;
  }

  /** The operator says something to the server: {@code /outside/restore/<database>/<what>}. */
  Answer handle(Request request, String what) {
    var mark = request.query().get("mark");
    switch (what) {
      case "ended" -> server.end(mark, request.sent());
      case "fenced" -> server.fence(mark, Long.parseLong(request.query().get("oid")));
      case "done" -> {
        return done(request, mark);
      }
      case "renamed" -> {
        server.rename(request.query().get("to"));
        world.restoreRules().always();
      }
      default -> {
        // It only looks.
      }
    }
    return new Answer(200, TextNode.valueOf(server.said()));
  }

  private Answer done(Request request, String mark) {
    if (server.isEnded(mark, request.sent())) {
      return new Answer(SimulatedOutside.SILENT, TextNode.valueOf(""));
    }
    var sort = request.query().get("sort");
    var live = server.liveOid();
    var how = server.done(sort, request.query().get("effect"), mark);
    if (how.equals("Applied")) {
      world.done();
      world.trace(() -> "server: " + sort + " for " + mark);
      world.restoreRules().done(mark, live);
    }
    return new Answer(200, TextNode.valueOf(how));
  }

  /** A Job begins; false: its program refuses. */
  boolean begins(ObjectNode job) {
    return variable(job, LoadTask.VARIABLE)
        .map(task -> server.loads(names(task), task.path("side").asText()))
        .orElse(true);
  }

  /** A Job came to its end. */
  void ends(ObjectNode job) {
    variable(job, LoadTask.VARIABLE)
        .ifPresent(
            task -> {
              server.loaded(
                  task.path("side").asText(),
                  Map.of("file", "orders.dump", "madeAt", "2026-03-01T12:00:00Z"));
              world.restoreRules().always();
            });
    variable(job, BackupTask.VARIABLE).ifPresent(task -> copied = server.liveData().orElse(""));
  }

  private static Names names(JsonNode task) {
    return new Names(task.at("/names/tag").asText(), task.at("/names/attempt").asInt());
  }

  private static Optional<JsonNode> variable(ObjectNode job, String name) {
    return Rules.each(job.at("/spec/template/spec/containers/0/env"))
        .filter(it -> it.path("name").asText().equals(name))
        .<JsonNode>map(it -> Json.parse(it.path("value").asText().getBytes()))
        .findFirst();
  }

  /** What became of the database, for the comparison of ends. */
  String essence() {
    return "restored %s %d, aside %d\n"
        .formatted(server.liveData(), server.liveOid(), server.aside());
  }
}
