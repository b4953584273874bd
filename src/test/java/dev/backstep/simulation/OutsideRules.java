package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * SQL, HTTP: what is done to others, who do not show it, is done once: each attempt of an action,
 * and each reversal of an effect; and what is said of it is so.
 */
final class OutsideRules extends Rules {
  /** What was done for an action, or to take an effect back: keys, or the moments of sending. */
  private final Map<String, Set<String>> done = new HashMap<>();

  /** Which marks an action's effects had, and which of them were taken back. */
  private final Map<String, Set<String>> marks = new HashMap<>();

  /** Which replica an effect was for; empty: any. */
  private final Map<String, String> replicas = new HashMap<>();

  private final Set<String> reversed = new HashSet<>();
  private final Map<String, Set<Long>> sendings = new HashMap<>();
  private final Map<String, String> keys = new HashMap<>();

  /** Which effect a key takes back; empty: none. */
  private final Map<String, String> meant = new HashMap<>();

  private final Map<String, String> sorts = new HashMap<>();

  /** The actions of all runs of which others know whether they were done. */
  private final Set<String> verified = new HashSet<>();

  private final EffectRules effects;
  private final Map<String, Integer> retries = new HashMap<>();

  OutsideRules(Simulation world, Facts facts, EffectRules effects) {
    super(world, facts);
    this.effects = effects;
  }

  /** A request arrived at an endpoint. */
  void asked(Request request, String key) {
    var effect = request.query().get("effect");
    var reverses = request.query().get("reverses");
    var first = meant.computeIfAbsent(effect, it -> reverses);
    require(
        first.equals(reverses),
        "HTTP",
        effect + " takes back " + reverses + ", and before " + first);
    if (request.query().get("idempotent").equals("true")) {
      var known = keys.putIfAbsent(effect, String.valueOf(key));
      require(
          key != null && (known == null || known.equals(key)),
          "HTTP",
          effect + " was sent with key " + key + ", and before with " + known);
      return;
    }
    if (request.query().get("verified").equals("true")) {
      // Sent again once somebody said that it had not happened.
      return;
    }
    var all = sendings.computeIfAbsent(effect, it -> new HashSet<>());
    all.add(request.sent());
    require(all.size() == 1, "HTTP", effect + " is not idempotent and was sent once more");
  }

  /**
   * Something was really done.
   *
   * @param late true: nothing keeps it from happening after it was closed as not known
   */
  void done(String sort, Request request, String unit, boolean late) {
    var intent = intent(request.query().get("mark"));
    var reverses = request.query().get("reverses");
    var action = claim(intent) + "/" + intent.split("/")[1];
    var replica = request.query().getOrDefault("replica", "");
    if (unsure(intent)) {
      facts.landedLate(intent, sort);
    } else {
      require(facts.isKnown(intent), "I5", intent + " was done without a recorded intent");
      require(late || facts.isOpen(intent), "I7", intent + " was done after it was closed");
    }
    effects.outside(intent);
    sorts.put(action, sort);
    if ("true".equals(request.query().get("verified"))) {
      verified.add(action);
    }
    var what = givesBack(intent) ? "back of " + reverses : action + " at " + replica;
    var units = done.computeIfAbsent(what, it -> new HashSet<>());
    units.add(unit);
    require(
        units.size() <= 1 + retries.getOrDefault(claim(intent), 0) || facts.unsure(action),
        sort,
        what + " was done " + units.size() + " times");
    if (givesBack(intent)) {
      reversed.add(reverses);
    } else {
      marks.computeIfAbsent(action, it -> new HashSet<>()).add(request.query().get("mark"));
      replicas.put(request.query().get("mark"), replica);
    }
  }

  /** Rows that were remembered are taken away only where nobody can take the run back any more. */
  void forgotten(String claim) {
    var plan = world.plan();
    var status = plan == null ? MissingNode.getInstance() : plan.path("status");
    require(
        each(status.path("holds")).noneMatch(it -> it.path("claim").asText().equals(claim)),
        "FORGET",
        claim + " was forgotten while it holds something");
    require(
        plan == null
            || plan.path("metadata").has("deletionTimestamp")
            || !status.at("/run/claim").asText().equals(claim),
        "FORGET",
        claim + " was forgotten, and may still be undone");
  }

  /** The operator dropped the record of a run. */
  void dropped(String claim) {
    require(
        !world.outside().remembers(claim) || facts.anyLost(),
        "FORGET",
        claim + " was dropped, and a database remembers its rows");
  }

  /** Nobody closes what a wiped status knew, or what an image said that was deleted. */
  private boolean unsure(String intent) {
    return facts.imageLost(intent) || facts.wiped(claim(intent)) || facts.anyLost();
  }

  /** The operator wrote the status. */
  void plan(SimulatedApiServer.Write write) {
    var before = write.before().at("/status/run");
    var after = write.after().at("/status/run");
    var claim = after.path("claim").asText();
    if (Facts.choice(write).equals("Retry")) {
      retries.merge(before.path("claim").asText(), 1, Integer::sum);
    }
    if (facts.wiped(claim) || facts.anyLost()) {
      return;
    }
    var fresh = !before.path("phase").equals(after.path("phase"));
    each(after.path("levels"))
        .flatMap(level -> each(level.path("actions")))
        .forEach(action -> action(after, claim, action, fresh ? after.path("phase").asText() : ""));
  }

  /** Some requests cannot be taken back, and the undo says so. */
  private static boolean saidToStay(JsonNode run, String action) {
    return each(run.path("undone"))
        .filter(it -> it.path("action").asText().equals(action))
        .anyMatch(it -> it.path("message").asText().endsWith("the action has no undo."));
  }

  /** This run did nothing, and who verifies says that it was done: by a run before this one. */
  boolean isDoneBefore(String claim, String name) {
    return !marks.containsKey(claim + "/" + name)
        && world.outside().isMended()
        && verified.stream().anyMatch(it -> it.endsWith("/" + name));
  }

  private void action(JsonNode run, String claim, JsonNode status, String phase) {
    var name = status.path("name").asText();
    var action = claim + "/" + name;
    var sent =
        !world.restoreRules().did(action)
            && each(status.path("sent")).anyMatch(it -> changedOutside(it));
    require(
        !status.path("outcome").asText().equals("Succeeded")
            || !sent
            || marks.containsKey(action)
            || facts.leftByHuman(claim, name)
            || isDoneBefore(claim, name),
        sorts.getOrDefault(action, "SQL"),
        action + " is said to have succeeded, and nothing was done");
    if (!marks.containsKey(action)) {
      return;
    }
    // Who tried it again said that what was not known had not happened.
    var judged = retries.containsKey(claim);
    var stays = marks.get(action).stream().anyMatch(it -> !reversed.contains(it) && isThere(it));
    require(
        !phase.equals("Aborted") || !stays || judged || run.path("message").asText().contains(name),
        sorts.get(action),
        "the run was stopped and does not say that " + name + " stays: " + run.path("message"));
    require(
        !phase.equals("Undone")
            || !stays
            || judged
            || facts.leftByHuman(claim, name)
            || saidToStay(run, name),
        sorts.get(action),
        action + " is said to be undone, and nothing took it back");
  }

  /** What was done to a replica that is gone went with it. */
  private boolean isThere(String mark) {
    var uid = replicas.get(mark);
    return uid.isEmpty() || world.outside().isThere(uid);
  }

  /** An effect on a database or an endpoint that reached it, as the status says. */
  private static boolean changedOutside(JsonNode sent) {
    return each(sent.path("results"))
        .anyMatch(
            it ->
                it.path("how").asText().equals("Applied")
                    && it.path("target").asText().matches("(database|Service) .*"));
  }
}
