package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** I1, I4, I5, I7, I9, I11, I13: what lands on targets. */
final class EffectRules extends Rules implements SimulatedApiServer.Listener {
  private static final String USER = "system:serviceaccount:shop:runner";

  private final HoldRules holds;
  private final DeployerRules deployers;
  private final Set<String> applied = new HashSet<>();
  private final Map<String, Integer> effects = new TreeMap<>();
  private final Map<String, Integer> deletions = new TreeMap<>();
  private final Map<String, Integer> perTarget = new TreeMap<>();
  private final Map<String, String> executed = new HashMap<>();

  EffectRules(Simulation world, Facts facts, HoldRules holds) {
    super(world, facts);
    this.holds = holds;
    this.deployers = new DeployerRules(world, facts);
  }

  @Override
  public void written(SimulatedApiServer.Write write) {
    if (write.writer().operator()) {
      target(write);
    } else if (write.after() == null && mark(write.before()) != null) {
      // A target that is gone is not changed any more.
      deletions.merge(action(mark(write.before())), 1, Integer::sum);
    }
  }

  private void target(SimulatedApiServer.Write write) {
    var user = write.writer().request().user();
    require(USER.equals(user), "I9", "a target was written as " + user);
    if (write.after() == null) {
      deleted(write);
      return;
    }
    if (write.before() == null) {
      created(write);
      return;
    }
    var before = write.before();
    var fence = Json.annotation(write.after(), FENCE);
    if (!Objects.equals(fence, Json.annotation(before, FENCE))) {
      fenced(write, intent(fence));
      return;
    }
    var mark = mark(write.after());
    var fresh = mark != null && !mark.equals(mark(before));
    require(fresh, "I1", write.name() + " was changed without a new mark");
    var covered = facts.marksOf(key(write));
    if (!fresh && covered.isEmpty()) {
      return;
    }
    var known = fresh ? mark : covered.get(0);
    effect(write, known, key(write));
    if (write.resource().equals(SimulatedArgoCd.APPLICATIONS)) {
      deployers.effect(write);
    } else if (!write.resource().equals(SimulatedApiServer.SYNCS)) {
      holds.effect(write, known);
    }
  }

  /** What is created late does nothing by itself, so it need not be fenced. */
  private void created(SimulatedApiServer.Write write) {
    var marks = facts.marksOf(key(write));
    require(
        !marks.isEmpty() || facts.anyLost(),
        "I5",
        key(write) + " was created without a recorded intent");
    require(
        write.after().at("/spec/suspend").asBoolean(),
        "I7",
        key(write) + " was created so that it runs, however late that is");
    marks.stream().findFirst().ifPresent(it -> deletions.merge(action(it), 1, Integer::sum));
  }

  /** What was done to others; the answer may be lost, so what is said of it may be less. */
  void outside(String mark) {
    deletions.merge(action(mark), 1, Integer::sum);
  }

  private void fenced(SimulatedApiServer.Write write, String fence) {
    require(
        facts.isOpen(fence) || facts.denied(fence, key(write)) || facts.imageLost(fence),
        "I7",
        "fenced without an open intent: " + fence);
    require(
        Facts.same(write.before(), write.after(), "/spec")
            && Facts.same(write.before(), write.after(), "/data")
            && Facts.same(write.before(), write.after(), "/binaryData"),
        "I13",
        "a fence changed more than its annotation");
  }

  private void deleted(SimulatedApiServer.Write write) {
    // A pod that is deleted late is made again by its owner: that is not fenced, and known.
    var mark =
        facts.marksOf(key(write)).stream()
            .filter(it -> !moved(facts.changes(it).get(key(write)).get(0), write.before()))
            .findFirst();
    require(mark.isPresent(), "I5", key(write) + " was deleted without an intent for this version");
    mark.ifPresent(it -> deletions.merge(action(it), 1, Integer::sum));
  }

  private void effect(SimulatedApiServer.Write write, String mark, String key) {
    var before = write.before();
    require(applied.add(uid(before) + " " + mark), "I1", mark + " was applied twice to " + key);
    if (late(mark, key)) {
      facts.landedLate(mark, key);
      return;
    }
    require(!facts.isClosed(mark), "I7", mark + " landed on " + key + " after it was closed");
    require(facts.isKnown(mark), "I5", mark + " landed on " + key + " without a recorded intent");
    if (facts.imageLost(mark)) {
      return;
    }
    var recorded = facts.changes(mark).getOrDefault(key, List.of());
    require(!recorded.isEmpty(), "I5", key + " is not in the before-image of " + mark);
    for (var change : recorded) {
      require(
          !moved(change, before) && change.path("uid").asText().equals(uid(before)),
          "I13",
          mark + " changed " + key + " in another version than the one it was made up on");
    }
    image(write, recorded, key);
    order(mark);
    effects.merge(action(mark), 1, Integer::sum);
    perTarget.merge(key + " " + action(mark), 1, Integer::sum);
  }

  /** Known: what could not be fenced lands late; what a wiped status knew, nobody closes. */
  private boolean late(String mark, String key) {
    return facts.isClosed(mark) && (facts.denied(mark, key) || facts.imageLost(mark))
        || facts.isOpen(mark) && facts.wiped(claim(mark));
  }

  /** I4, I5: the image says what was there before, and what is written is what it says. */
  private void image(SimulatedApiServer.Write write, List<JsonNode> recorded, String key) {
    var was = recorded.stream().map(change -> BeforeImages.before(write.before(), change)).toList();
    require(
        was.stream().anyMatch(String::isEmpty),
        "I4",
        "the before-image of " + key + " has another " + String.join(", ", was));
    var is = recorded.stream().map(change -> BeforeImages.after(write, change)).toList();
    require(
        is.stream().anyMatch(String::isEmpty),
        "I5",
        key + " got another " + String.join(", ", is) + " than the one that was recorded");
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

  /** True when this effect is on its target, or was. */
  boolean applied(String uid, String mark) {
    return applied.contains(uid + " " + mark);
  }

  /** I1: a run id is acted on by one run, which has its claim. */
  void begins(ObjectNode run) {
    var uid = run.path("uid").asText();
    var known = executed.putIfAbsent(run.path("id").asText(), uid);
    require(known == null || known.equals(uid), "I1", "run " + run.path("id") + " was run twice");
    var claim = world.server().get(SimulatedApiServer.RECORDS, run.path("claim").asText());
    require(
        claim != null && claim.at("/data/runUid").asText().equals(uid),
        "I1",
        "run " + run.path("id") + " acts without its claim");
  }

  /** How often an action changed something, and how often nobody can say. */
  int effects(String action) {
    return effects.getOrDefault(action, 0);
  }

  int deletions(String action) {
    return deletions.getOrDefault(action, 0);
  }

  /** What happened to the targets, for the comparison of ends. */
  String essence() {
    return "effects " + perTarget + deletions + '\n';
  }
}
