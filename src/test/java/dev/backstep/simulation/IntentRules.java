package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;

/** I1, I5, I6, I7, I13: intents are recorded with their images, one at a time, and closed. */
final class IntentRules extends Rules {
  /** So often targets may have changed before an action says that somebody else does it. */
  private static final int CONFLICTS = 5;

  private final EffectRules effects;

  IntentRules(Simulation world, Facts facts, EffectRules effects) {
    super(world, facts);
    this.effects = effects;
  }

  /** The operator wrote the status. */
  void written(JsonNode before, ObjectNode after) {
    var was = before.path("intent").path("mark").asText("");
    var is = after.path("intent").path("mark").asText("");
    if (was.equals(is)) {
      return;
    }
    require(was.isEmpty() || is.isEmpty(), "I7", "intent " + is + " replaced the open " + was);
    if (is.isEmpty()) {
      if (!givenUp(after)) {
        closing(was);
      }
      blamed(was, before, after);
    } else {
      opened(before, after, is);
    }
    require(
        is.isEmpty() || after.path("active").asBoolean(), "I6", "a run ended with an open intent");
  }

  /** What could not be found out in time is open still, and the status says so. */
  private static boolean givenUp(JsonNode run) {
    return each(run.path("levels"))
        .flatMap(level -> each(level.path("actions")))
        .flatMap(action -> each(action.path("sent")))
        .flatMap(IntentRules::otherwise)
        .anyMatch(result -> result.path("open").asBoolean());
  }

  private void opened(JsonNode before, ObjectNode run, String mark) {
    require(
        !facts.isKnown(mark) || facts.isOpen(mark) && givenUp(before),
        "I1",
        "the mark " + mark + " was used before");
    var found = new HashMap<String, List<JsonNode>>();
    var names = new HashSet<String>();
    var count = 0;
    for (var name : run.at("/intent/images")) {
      names.add(name.asText());
      var image = world.server().get(SimulatedApiServer.RECORDS, name.asText());
      require(
          image != null || facts.lost(name.asText()),
          "I5",
          "the before-image " + name + " was not kept before the intent");
      if (image != null) {
        for (var it : image.at("/data/effects")) {
          found.computeIfAbsent(key(it), unknown -> new ArrayList<>()).add(it);
          count++;
        }
      }
    }
    facts.opened(mark, names, found);
    require(
        count == run.at("/intent/targets").asInt() || facts.imageLost(mark),
        "I5",
        "the before-image is not complete");
    effects.begins(run);
  }

  /** What an effect is about, as its before-image says. */
  private static String key(JsonNode effect) {
    var manifest = effect.path("manifest");
    var object = effect.path("object");
    if (effect.has("databaseRef") || effect.has("call")) {
      return "outside/" + effect.at(effect.has("call") ? "/call/service/name" : "/databaseRef");
    }
    return manifest.isObject()
        ? manifest.path("kind").asText() + "/" + manifest.at("/metadata/name").asText()
        : object.path("kind").asText() + "/" + object.path("name").asText();
  }

  /** I7: what is not on its target when the intent is closed can never land any more. */
  private void closing(String mark) {
    facts.closed(mark);
    if (facts.imageLost(mark)) {
      return;
    }
    facts
        .changesOfObjects(mark)
        .forEach(
            (key, recorded) -> {
              var change = recorded.get(0);
              var live = live(key);
              var there = live != null && mark.equals(mark(live));
              var sameUid = live != null && live.at("/metadata/uid").equals(change.path("uid"));
              // Known: without the right to patch, the fence cannot be written.
              var unfenced = facts.denied(mark, key);
              if (!there && sameUid && !unfenced && change.hasNonNull("patch")) {
                require(
                    moved(change, live) || effects.applied(change.path("uid").asText(), mark),
                    "I7",
                    mark + " was closed but may still land on " + key);
              }
            });
  }

  /** I13: who is said to have changed the targets again and again did change them. */
  private void blamed(String mark, JsonNode before, JsonNode after) {
    var name = mark.split("/")[1];
    var conflicts = conflicts(after, name);
    if (conflicts < CONFLICTS || conflicts == conflicts(before, name)) {
      return;
    }
    require(
        facts.imageLost(mark)
            || world.alive().size() > 1
            || facts.changes(mark).keySet().stream().anyMatch(it -> facts.foreignWrites(it) > 0),
        "I13",
        "the operator took its own changes for somebody else's: " + facts.changes(mark).keySet());
  }

  private static int conflicts(JsonNode run, String action) {
    return each(run.path("levels"))
        .flatMap(level -> each(level.path("actions")))
        .filter(it -> it.path("name").asText().equals(action))
        .mapToInt(IntentRules::inVain)
        .findFirst()
        .orElse(0);
  }

  /** How many intents in a row found a target changed. */
  private static int inVain(JsonNode action) {
    var inARow = 0;
    for (var sent : action.path("sent")) {
      var own = sent.path("attempt").equals(action.path("attempt"));
      var refused = otherwise(sent).anyMatch(it -> it.path("how").asText().equals("Refused"));
      inARow = own && refused && sent.path("verb").asText().equals("Apply") ? inARow + 1 : 0;
    }
    return inARow;
  }
}
