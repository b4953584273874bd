package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The rules of correctness.md, checked on every write from the API server's own audit log, without
 * the operator's code.
 */
final class Invariants implements SimulatedApiServer.Listener {
  private static final String MARK = "backstep.dev/mark";
  private static final String FENCE = "backstep.dev/fence";
  private static final String USER = "system:serviceaccount:shop:runner";

  /** Requests that a process may send at once, and how many more each second. */
  private static final double BURST = 300;

  private static final double PER_SECOND = 5;

  /** Two processes' clocks may be so far apart. */
  private static final long CLOCKS = 4500;

  /** Questions of a run that ends already: nothing is left to be stopped. */
  private static final String ENDING = "ReleaseFailed|ReleaseGate|ReleasedUnhealthy|UndoFailed";

  private final Simulation world;
  private final RunEnds ends;
  private final HoldRules holds;
  private final Set<String> applied = new HashSet<>();
  private final Set<String> open = new HashSet<>();
  private final Set<String> closed = new HashSet<>();
  private final Map<String, Map<String, List<JsonNode>>> changes = new HashMap<>();
  private final Map<String, Set<String>> images = new HashMap<>();
  private final Map<String, Integer> effects = new TreeMap<>();
  private final Map<String, Integer> deletions = new TreeMap<>();
  private final Map<String, Integer> perTarget = new TreeMap<>();
  private final Map<String, String> executed = new HashMap<>();
  private final Map<String, double[]> allowance = new HashMap<>();
  private final Set<String> wiped = new HashSet<>();
  private final Set<String> lost = new HashSet<>();
  private final Set<String> forbidden = new HashSet<>();
  private String answer = "";
  private int foreignWrites;
  private boolean fresh;
  private int fingerprint = 1;

  Invariants(Simulation world) {
    this.world = world;
    this.ends = new RunEnds(world, CLOCKS);
    this.holds = new HoldRules(world, lost::contains);
  }

  private void require(boolean holds, String invariant, String message) {
    if (!holds) {
      world.violated(invariant, message, null);
    }
  }

  @Override
  public void written(SimulatedApiServer.Write write) {
    fingerprint = 31 * fingerprint + write.name().hashCode();
    fingerprint = 31 * fingerprint + (int) world.time().elapsed();
    switch (write.resource()) {
      case SimulatedApiServer.PLANS -> {
        if (write.name().equals(ReferenceLadder.PLAN)) {
          plan(write);
        }
      }
      case "deployments", "statefulsets", "daemonsets", "configmaps", "pods" -> {
        if (write.writer().operator()) {
          target(write);
        } else if (write.after() == null) {
          gone(write);
        }
        foreignWrites += write.writer().name().equals(SimulatedControllers.WHO) ? 0 : 1;
      }
      case SimulatedApiServer.RECORDS -> {
        if (write.after() == null && !write.writer().operator()) {
          imageLost(write.name());
        }
      }
      default -> {}
    }
  }

  /** A target that is gone is not changed any more. */
  private void gone(SimulatedApiServer.Write write) {
    var mark = Json.annotation(write.before(), MARK);
    if (mark != null) {
      deletions.merge(action(mark), 1, Integer::sum);
    }
  }

  /** What an effect changed whose before-image somebody deleted, nobody can know. */
  private void imageLost(String name) {
    lost.add(name);
    images.forEach(
        (mark, names) -> {
          if (names.contains(name)) {
            lost.add(claim(mark));
            lost.add(mark);
          }
        });
  }

  /** I15: a process does not flood the API server. */
  void requested(String process) {
    if (world.alive().size() > 1) {
      return;
    }
    var now = world.time().elapsed() / 1000.0;
    var known = allowance.computeIfAbsent(process, name -> new double[] {BURST, now});
    known[0] = Math.min(BURST, known[0] + (now - known[1]) * PER_SECOND) - 1;
    known[1] = now;
    require(known[0] >= 0, "I15", process + " sends too many requests");
  }

  // ---- targets

  private void target(SimulatedApiServer.Write write) {
    var user = write.writer().request().user();
    require(USER.equals(user), "I9", "a target was written as " + user);
    if (write.after() == null) {
      deleted(write);
      return;
    }
    var before = write.before();
    var fence = Json.annotation(write.after(), FENCE);
    if (!Objects.equals(fence, Json.annotation(before, FENCE))) {
      require(
          open.contains(fence) || forbidden.contains(fence) || lost.contains(fence),
          "I7",
          "fenced without an open intent: " + fence);
      require(sameContent(write), "I13", "a fence changed more than its annotation");
      return;
    }
    var mark = Json.annotation(write.after(), MARK);
    require(
        mark != null && !mark.equals(Json.annotation(before, MARK)),
        "I1",
        write.name() + " was changed without a new mark");
    if (mark == null) {
      return;
    }
    effect(write, mark, key(write));
    holds.effect(write, mark);
  }

  private static boolean sameContent(SimulatedApiServer.Write write) {
    return Objects.equals(write.before().get("spec"), write.after().get("spec"))
        && Objects.equals(write.before().get("data"), write.after().get("data"));
  }

  private static String key(SimulatedApiServer.Write write) {
    var object = write.before() == null ? write.after() : write.before();
    return object.path("kind").asText() + "/" + write.name();
  }

  private void deleted(SimulatedApiServer.Write write) {
    // A pod that is deleted late is made again by its owner: that is not fenced, and known.
    var mark =
        Stream.concat(open.stream(), closed.stream().sorted())
            .filter(it -> changes.get(it).containsKey(key(write)))
            .filter(it -> !moved(changes.get(it).get(key(write)).get(0), write.before()))
            .findFirst()
            .orElse(null);
    require(mark != null, "I5", key(write) + " was deleted without an intent for this version");
    if (mark != null) {
      deletions.merge(action(mark), 1, Integer::sum);
    }
  }

  private void effect(SimulatedApiServer.Write write, String mark, String key) {
    var before = write.before();
    var uid = before.at("/metadata/uid").asText();
    require(applied.add(uid + " " + mark), "I1", mark + " was applied twice to " + key);
    if (forbidden.contains(mark) || lost.contains(mark)) {
      return;
    }
    require(!closed.contains(mark), "I7", mark + " landed on " + key + " after it was closed");
    require(open.contains(mark), "I5", mark + " landed on " + key + " without a recorded intent");
    var recorded = changes.getOrDefault(mark, Map.of()).getOrDefault(key, List.of());
    require(!recorded.isEmpty(), "I5", key + " is not in the before-image of " + mark);
    for (var change : recorded) {
      require(
          !moved(change, before) && change.path("uid").asText().equals(uid),
          "I13",
          mark + " changed " + key + " in another version than the one it was made up on");
    }
    if (recorded.size() == 1) {
      image(write, recorded.get(0), key);
    }
    order(mark);
    effects.merge(action(mark), 1, Integer::sum);
    perTarget.merge(key + " " + action(mark), 1, Integer::sum);
  }

  /** I4, I5: the image says what was there before, and what is written is what it says. */
  private void image(SimulatedApiServer.Write write, JsonNode change, String key) {
    var replicas = change.path("before").get("/spec/replicas");
    require(
        replicas == null || replicas.equals(write.before().at("/spec/replicas")),
        "I4",
        "the before-image of " + key + " says " + replicas + " replicas");
    var data = change.path("before").get("/data");
    require(
        data == null || data.equals(write.before().path("data")),
        "I4",
        "the before-image of " + key + " has other data");
    for (var operation : change.path("patch")) {
      var path = operation.path("path").asText();
      var held =
          !operation.path("op").asText().equals("add") || path.equals("/metadata/annotations");
      require(
          held || write.after().at(path).equals(operation.path("value")),
          "I5",
          key + " got another " + path + " than the one that was recorded");
    }
  }

  /** I11: every action before this one has its outcome. */
  private void order(String mark) {
    var plan = world.plan();
    var run = plan == null ? null : plan.at("/status/run");
    if (run == null || !run.path("claim").asText().equals(claim(mark)) || givesBack(mark)) {
      return;
    }
    var level = run.at("/levels/" + run.path("level").asText());
    var name = mark.split("/")[1];
    // A level that is gone through again has outcomes to come after the one it is at.
    for (var action : level.path("actions")) {
      if (!action.hasNonNull("outcome")) {
        require(
            action.path("name").asText().equals(name),
            "I11",
            mark + " landed before the outcome of " + action.path("name"));
        return;
      }
    }
    require(
        level.path("actions").isEmpty(),
        "I11",
        mark + " landed while every action has its outcome");
  }

  private static boolean givesBack(String mark) {
    return mark.contains("/Release/") || mark.contains("/Undo/");
  }

  /** True for the claim of a run of which nobody can know everything any more. */
  boolean excuses(String claim) {
    return lost.contains(claim) || wiped.contains(claim);
  }

  private static String claim(String mark) {
    return mark.substring(0, mark.indexOf('/'));
  }

  private static String action(String mark) {
    return mark.substring(0, mark.lastIndexOf('/'));
  }

  // ---- the plan

  private void plan(SimulatedApiServer.Write write) {
    if (write.before() == null || write.after() == null) {
      return;
    }
    var before = write.before().at("/status/run");
    var after = write.after().at("/status/run");
    if (!write.writer().operator()) {
      if (before.isObject() && !after.isObject()) {
        wiped.add(before.path("claim").asText());
      }
      var said = write.after().at("/spec/run/answer").toString();
      fresh = fresh || !said.equals(answer);
      answer = said;
      return;
    }
    if (!after.isObject()) {
      require(!before.isObject(), "I5", "the run was taken out of the status");
      return;
    }
    var same = before.path("uid").equals(after.path("uid"));
    if (same) {
      step(write, before, after);
    } else {
      begun(write, before, after);
    }
    intent(before, after);
    holds.dropped(write);
    answered(before, after);
    if (!before.path("phase").equals(after.path("phase")) || !same) {
      ends.entered(write);
    }
    ends.measuring(before, after);
  }

  private void begun(SimulatedApiServer.Write write, JsonNode before, JsonNode after) {
    require(!before.path("active").asBoolean(), "I5", "an open run was replaced by another one");
    var restored = after.path("reason").asText().equals("StatusLost");
    require(
        restored || after.path("seq").asLong() == 1,
        "I5",
        "a run began with seq " + after.path("seq"));
    require(last(write.after()).equals(after.path("seq")), "I5", "the first step was not written");
  }

  private static JsonNode last(JsonNode plan) {
    var transitions = plan.at("/status/transitions");
    return transitions.path(transitions.size() - 1).path("seq");
  }

  /** I5: one step at a time, and none is lost. */
  private void step(SimulatedApiServer.Write write, JsonNode before, JsonNode after) {
    var steps = after.path("seq").asLong() - before.path("seq").asLong();
    require(
        steps == 0 || steps == 1,
        "I5",
        "seq went from " + before.path("seq") + " to " + after.path("seq"));
    require(steps != 0 || before.equals(after), "I5", "the run changed without a step");
    var old = write.before().at("/status/transitions");
    var now = write.after().at("/status/transitions");
    var expected = Math.min(200, old.size() + steps);
    require(now.size() == expected, "I5", "steps: " + old.size() + " -> " + now.size());
    require(last(write.after()).equals(after.path("seq")), "I5", "a step was not written");
    require(
        steps == 0
            || !after.path("message").asText().contains("changed by somebody else each of")
            || foreignWrites > world.ladder().objects().size(),
        "I13",
        "the operator took its own changes for somebody else's");
    if (!before.path("active").asBoolean() && after.path("active").asBoolean()) {
      require(
          after.path("phase").asText().matches("Releasing|Undoing"),
          "I5",
          "an ended run went on in " + after.path("phase"));
    }
  }

  /** A question is left by an answer that was given to it, once. */
  private void answered(JsonNode before, JsonNode after) {
    if (after.path("question").isObject() && !before.path("question").isObject()) {
      fresh = false;
    }
    var consumed =
        before.path("question").isObject() && after.path("message").asText().contains(" answered ");
    if (consumed && !before.path("seq").equals(after.path("seq"))) {
      var question = before.at("/question/id");
      require(fresh, "ANSWER", "the answer to " + question + " was given before it was asked");
      fresh = false;
    }
  }

  private void intent(JsonNode before, JsonNode after) {
    var was = before.path("intent").path("mark").asText("");
    var is = after.path("intent").path("mark").asText("");
    if (was.equals(is)) {
      return;
    }
    require(was.isEmpty() || is.isEmpty(), "I7", "intent " + is + " replaced the open " + was);
    if (is.isEmpty()) {
      closing(was, after);
    } else {
      opened(after, is);
    }
    require(
        is.isEmpty() || after.path("active").asBoolean(), "I6", "a run ended with an open intent");
  }

  private void opened(JsonNode run, String mark) {
    require(
        !closed.contains(mark) && open.add(mark), "I1", "the mark " + mark + " was used before");
    var found = new HashMap<String, List<JsonNode>>();
    var count = 0;
    for (var name : run.at("/intent/images")) {
      images.computeIfAbsent(mark, it -> new HashSet<>()).add(name.asText());
      var image = world.server().get(SimulatedApiServer.RECORDS, name.asText());
      require(
          image != null || lost.contains(name.asText()),
          "I5",
          "the before-image " + name + " was not kept before the intent");
      if (image != null) {
        for (var it : image.at("/data/changes")) {
          var key = it.path("kind").asText() + "/" + it.path("name").asText();
          found.computeIfAbsent(key, unknown -> new ArrayList<>()).add(it);
          count++;
        }
      }
    }
    require(
        count == run.at("/intent/targets").asInt()
            || images.get(mark).stream().anyMatch(lost::contains),
        "I5",
        "the before-image is not complete");
    changes.put(mark, found);
    var uid = run.path("uid").asText();
    var known = executed.putIfAbsent(run.path("id").asText(), uid);
    require(known == null || known.equals(uid), "I1", "run " + run.path("id") + " was run twice");
    var claim = world.server().get(SimulatedApiServer.RECORDS, run.path("claim").asText());
    require(
        claim != null && claim.at("/data/runUid").asText().equals(uid),
        "I1",
        "run " + run.path("id") + " acts without its claim");
  }

  /** I7: what is not on its target when the intent is closed can never land any more. */
  private void closing(String mark, JsonNode run) {
    open.remove(mark);
    closed.add(mark);
    if (run.path("message").asText().contains(" may not patch ")) {
      // Known: without the right to patch, the fence cannot be written. When the right comes back
      // while the request of a dead process is still on its way, that request lands.
      forbidden.add(mark);
      lost.add(claim(mark));
    }
    var unfenced = forbidden.contains(mark) || lost.contains(mark);
    changes
        .getOrDefault(mark, Map.of())
        .forEach(
            (key, recorded) -> {
              var change = recorded.get(0);
              var live = live(key);
              var there = live != null && mark.equals(Json.annotation(live, MARK));
              var sameUid = live != null && live.at("/metadata/uid").equals(change.path("uid"));
              if (!there && sameUid && !unfenced && change.hasNonNull("patch")) {
                require(
                    moved(change, live)
                        || applied.contains(change.path("uid").asText() + " " + mark),
                    "I7",
                    mark + " was closed but may still land on " + key);
              }
            });
  }

  private ObjectNode live(String key) {
    var parts = key.split("/");
    return world.server().get(parts[0].toLowerCase(Locale.ROOT) + "s", parts[1]);
  }

  private static boolean moved(JsonNode change, JsonNode live) {
    return change.hasNonNull("generation")
        ? change.path("generation").asLong() != live.at("/metadata/generation").asLong()
        : !change.path("resourceVersion").equals(live.at("/metadata/resourceVersion"));
  }

  // ---- the end

  /** Why the run is not at rest; null: it is. */
  String restless() {
    var plan = world.plan();
    if (plan == null) {
      return null;
    }
    if (plan.at("/metadata").has("deletionTimestamp")) {
      return "the plan is being deleted";
    }
    var run = plan.at("/status/run");
    var wish = plan.at("/spec/run");
    var phase = run.path("phase").asText("Idle");
    var mine = wish.path("id").equals(run.path("id"));
    if (phase.equals("AwaitingApproval")
        && !wish.path("state").asText().matches("Aborted|Undone")) {
      // Who approved too early by his clock is told so and may approve again.
      return null;
    }
    if (run.path("active").asBoolean() && !phase.equals("AwaitingAnswer")) {
      return "the run is in " + phase + ": " + run.path("message").asText();
    }
    if (mine && phase.equals("AwaitingAnswer")) {
      var stopped = wish.path("state").asText().matches("Aborted|Undone");
      return stopped && !run.at("/question/reason").asText().matches(ENDING)
          ? "the run was to be stopped"
          : null;
    }
    if (mine && wish.path("state").asText().equals("Released")) {
      return phase.matches("Released|Failed|Undone|Completed") || run.path("heldAgain").asBoolean()
          ? null
          : "the run was to be released, it is " + phase;
    }
    if (mine && wish.path("state").asText().equals("Undone")) {
      return phase.matches("Undone|Failed|Completed")
          ? null
          : "the run was to be put back, it is " + phase;
    }
    if (plan.at("/spec/suspend").asBoolean() || world.standingWish().carriedOut()) {
      return null;
    }
    var refused =
        StreamSupport.stream(plan.at("/status/refused").spliterator(), false)
            .anyMatch(id -> id.equals(wish.path("id")));
    return wish.isObject() && !mine && !refused && !run.path("active").asBoolean()
        ? "run " + wish.path("id") + " was not begun"
        : null;
  }

  /** What must be true when nothing happens any more. */
  void atRest() {
    var plan = world.plan();
    if (plan == null) {
      return;
    }
    var run = plan.at("/status/run");
    var claim = run.path("claim").asText();
    if (run.isObject() && !lost.contains(claim) && !wiped.contains(claim)) {
      honest(run);
    }
    holds.atRest(plan);
    var phase = run.path("phase").asText();
    var held = plan.at("/status/holds").size();
    require(!phase.equals("Recovered") || held == 0, "I14", "Recovered, but something is held");
    require(!phase.equals("Mitigated") || held > 0, "I14", "Mitigated, but nothing is held");
    require(
        !phase.equals("Released")
            || held == 0
            || run.path("reason").asText().equals("AcceptedByHuman"),
        "I4",
        "Released, but something is held");
  }

  /** I8: what the status says was changed is what was changed. */
  private void honest(JsonNode run) {
    for (var level : run.path("levels")) {
      for (var action : level.path("actions")) {
        var name = run.path("claim").asText() + "/" + action.path("name").asText();
        var seen = effects.getOrDefault(name, 0);
        var unsure = deletions.getOrDefault(name, 0);
        var said = action.path("changed").asInt();
        require(
            said >= seen - unsure && said <= seen + unsure,
            "I8",
            name + " says " + said + " changes, there were " + seen);
      }
    }
  }

  int fingerprint() {
    return fingerprint;
  }

  /** What must be the same however often the operator was killed on the way. */
  String essence() {
    var text = new StringBuilder();
    for (var resource : new String[] {"deployments", "statefulsets", "configmaps", "pods"}) {
      world
          .server()
          .all(resource)
          .forEach(
              (name, object) -> text.append(resource).append(' ').append(essence(name, object)));
    }
    var plan = world.plan();
    if (plan != null) {
      var run = plan.at("/status/run");
      text.append("plan ").append(run.path("phase").asText()).append(' ');
      text.append(run.path("reason").asText()).append('\n');
      run.path("levels").forEach(level -> text.append(essence(level)));
      plan.at("/status/holds")
          .forEach(
              hold ->
                  text.append("hold ")
                      .append(hold.path("name").asText())
                      .append(hold.path("original")));
    }
    return text.append("effects ").append(perTarget).append(deletions).append('\n').toString();
  }

  private static String essence(JsonNode level) {
    var text =
        new StringBuilder(level.path("name").asText() + " " + level.path("outcome").asText());
    for (Iterator<JsonNode> it = level.path("actions").elements(); it.hasNext(); ) {
      var action = it.next();
      text.append(", ").append(action.path("name").asText()).append(' ');
      text.append(action.path("outcome").asText()).append(' ').append(action.path("changed"));
    }
    return text.append('\n').toString();
  }

  private static String essence(String name, ObjectNode object) {
    var spec =
        object.has("spec") ? object.get("spec").toString() : String.valueOf(object.get("data"));
    return name
        + HeldEntries.of(object).essence()
        + " "
        + spec.replaceAll("restartedAt\":\"[^\"]*", "restartedAt\":\"")
        + "\n";
  }
}
