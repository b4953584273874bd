package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What happened so far, as the API server, people and faults know it: which intents were recorded,
 * which requests were refused, what somebody else changed, what was answered. Whatever a rule lets
 * pass hangs on one of these, never on what the operator says about itself.
 */
final class Facts {
  private static final int FORBIDDEN = 403;

  private final Simulation world;
  private final Set<String> open = new HashSet<>();
  private final Set<String> closed = new HashSet<>();
  private final Map<String, Map<String, List<JsonNode>>> changes = new HashMap<>();
  private final Map<String, Set<String>> images = new HashMap<>();
  private final Set<String> lostRecords = new HashSet<>();
  private final Set<String> wiped = new HashSet<>();
  private final Set<String> begun = new HashSet<>();
  private final Set<String> denied = new HashSet<>();
  private final Set<String> unsure = new HashSet<>();
  private final Map<String, Integer> foreign = new HashMap<>();
  private final Map<String, String> modes = new HashMap<>();
  private final Map<String, Set<String>> left = new HashMap<>();
  private boolean autoscalersHidden;

  Facts(Simulation world) {
    this.world = world;
  }

  /** Sees a write before the rules do. */
  void written(SimulatedApiServer.Write write) {
    switch (write.resource()) {
      case SimulatedApiServer.PLANS -> {
        if (SimulatedApiServer.isLadder(write)) {
          plan(write);
        }
      }
      case SimulatedApiServer.RECORDS -> record(write);
      default -> {
        if (!write.writer().operator()
            && !write.writer().name().equals(SimulatedControllers.WHO)
            && write.before() != null) {
          foreign.merge(Rules.key(write), 1, Integer::sum);
        }
      }
    }
  }

  private void plan(SimulatedApiServer.Write write) {
    if (write.before() == null || write.after() == null) {
      return;
    }
    var before = write.before().at("/status/run");
    if (!write.writer().operator()) {
      if (before.isObject() && !write.after().at("/status/run").isObject()) {
        wiped.addAll(begun);
      }
      return;
    }
    begun.add(write.after().at("/status/run/claim").asText());
    var about = before.at("/question/about").asText();
    switch (choice(write)) {
      case "Skip" -> left(before.path("claim").asText()).add(about);
      case "Accept" -> left(before.path("claim").asText()).add("everything");
      default -> {}
    }
  }

  /**
   * The choice that a human had made when this write was decided upon, and that it carried out:
   * empty when none was.
   */
  static String choice(SimulatedApiServer.Write write) {
    var asked = write.before().at("/status/run/question");
    var given = write.before().at("/spec/run/answer");
    var fits =
        asked.isObject()
            && given.path("question").equals(asked.path("id"))
            && Rules.each(asked.path("choices")).anyMatch(given.path("choice")::equals)
            && !write.after().at("/status/run/question/id").equals(asked.path("id"));
    return fits ? given.path("choice").asText() : "";
  }

  private Set<String> left(String claim) {
    return left.computeIfAbsent(claim, it -> new HashSet<>());
  }

  /** True when a human decided that what this action did stays as it is. */
  boolean leftByHuman(String claim, String action) {
    return left(claim).contains("everything") || left(claim).contains(action);
  }

  private void record(SimulatedApiServer.Write write) {
    if (write.after() == null && !write.writer().operator()) {
      lostRecords.add(write.name());
    }
    var wish = world.plan() == null ? null : world.plan().at("/spec/run");
    if (write.before() == null
        && wish != null
        && write.after().at("/data/pinned/run/id").equals(wish.path("id"))) {
      modes.putIfAbsent(write.name(), wish.path("mode").asText("Execute"));
    }
  }

  /** The mode that a human asked for when the run was begun. */
  String mode(String claim) {
    return modes.getOrDefault(claim, "Execute");
  }

  /** An answer left the API server. */
  void answered(Request request, Answer answer) {
    autoscalersHidden |=
        answer.code() == FORBIDDEN && request.path().endsWith("/horizontalpodautoscalers");
    if (request.isEffect() && answer.code() == FORBIDDEN && request.method().equals("PATCH")) {
      var path = request.path().replaceFirst("/status$", "").split("/");
      var key = SimulatedApiServer.kind(path[path.length - 2]) + "/" + path[path.length - 1];
      for (var operation : Json.parse(new String(request.body(), StandardCharsets.UTF_8))) {
        if (operation.path("path").asText().matches(".*backstep.dev~1(mark|fence)")) {
          denied.add(Rules.intent(operation.path("value").asText()) + " " + key);
        }
      }
    }
  }

  /** True when the API server refused this effect, or its fence: the right was taken away. */
  boolean denied(String mark, String key) {
    return denied.contains(mark + " " + key);
  }

  /** True when the API server refused to list autoscalers. */
  boolean autoscalersHidden() {
    return autoscalersHidden;
  }

  // ---- intents

  void opened(String mark, Set<String> names, Map<String, List<JsonNode>> targets) {
    open.add(mark);
    images.put(mark, names);
    changes.put(mark, targets);
  }

  void closed(String mark) {
    open.remove(mark);
    closed.add(mark);
  }

  boolean isOpen(String mark) {
    return open.contains(mark);
  }

  boolean isClosed(String mark) {
    return closed.contains(mark);
  }

  boolean isKnown(String mark) {
    return isOpen(mark) || isClosed(mark);
  }

  /** What a mark's before-images say, by target. */
  Map<String, List<JsonNode>> changes(String mark) {
    return changes.getOrDefault(mark, Map.of());
  }

  /** Those of them that are about objects of the API server. */
  Map<String, List<JsonNode>> changesOfObjects(String mark) {
    var objects = new HashMap<>(changes(mark));
    objects.keySet().removeIf(key -> key.startsWith("outside/"));
    return objects;
  }

  /** The marks whose images name this target, those that are open first. */
  List<String> marksOf(String key) {
    return Stream.concat(open.stream().sorted(), closed.stream().sorted())
        .filter(mark -> changes(mark).containsKey(key))
        .toList();
  }

  boolean lost(String record) {
    return lostRecords.contains(record);
  }

  /** True when somebody deleted any record: what it was about, nobody knows any more. */
  boolean anyLost() {
    return !lostRecords.isEmpty();
  }

  /** True when somebody deleted what says what this effect replaced. */
  boolean imageLost(String mark) {
    return images.getOrDefault(mark, Set.of()).stream().anyMatch(lostRecords::contains);
  }

  /** True when the status that knew this run, or knew of it, was wiped. */
  boolean wiped(String claim) {
    return wiped.contains(claim);
  }

  // ---- what nobody can know

  /**
   * An effect landed although its intent was closed: its right was taken away, so it could not be
   * fenced; or its status was wiped, so nobody closes it.
   */
  void landedLate(String mark, String key) {
    unsure.add(action(mark));
    unsure.add(Rules.claim(mark) + " " + key);
  }

  private static String action(String mark) {
    return Rules.action(mark);
  }

  /** True when nobody can know how often this action acted. */
  boolean unsure(String action) {
    return unsure.contains(action)
        || images.keySet().stream()
            .anyMatch(mark -> action(mark).equals(action) && imageLost(mark));
  }

  /** True when nobody can know what this run did to this target. */
  boolean unsure(String claim, String key) {
    return unsure.contains(claim + " " + key)
        || changes.entrySet().stream()
            .anyMatch(
                it ->
                    Rules.claim(it.getKey()).equals(claim)
                        && imageLost(it.getKey())
                        && it.getValue().containsKey(key))
        || images.entrySet().stream()
            .anyMatch(
                it -> Rules.claim(it.getKey()).equals(claim) && changes(it.getKey()).isEmpty());
  }

  /** How often somebody else changed a target. */
  int foreignWrites(String key) {
    return foreign.getOrDefault(key, 0);
  }

  static boolean same(JsonNode one, JsonNode other, String place) {
    return Objects.equals(one.at(place), other.at(place));
  }
}
