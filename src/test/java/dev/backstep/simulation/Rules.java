package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A group of rules that look at the API server's writes. */
abstract class Rules {
  static final String MARK = "backstep.dev/mark";

  /** Of the mark of one effect: claim, action, verb, number, part. */
  private static final int PARTS = 5;

  static final String FENCE = "backstep.dev/fence";
  static final String OWNER = "backstep.dev/owner";
  static final String HELD_REPLICAS = "backstep.dev/held-replicas";

  final Simulation world;
  final Facts facts;

  Rules(Simulation world, Facts facts) {
    this.world = world;
    this.facts = facts;
  }

  final void require(boolean holds, String rule, String message) {
    if (!holds) {
      world.violated(rule, message, null);
    }
  }

  /** An object as it is now, by its kind and name; null: there is none. */
  final ObjectNode live(String key) {
    var parts = key.split("/");
    return world.server().get(parts[0].toLowerCase(Locale.ROOT) + "s", parts[1]);
  }

  static String key(SimulatedApiServer.Write write) {
    var object = write.before() == null ? write.after() : write.before();
    return object.path("kind").asText() + "/" + write.name();
  }

  static String uid(JsonNode object) {
    return object.at("/metadata/uid").asText();
  }

  /** What the marks of an intent's effects begin with, also of the mark of one of them. */
  static String intent(String mark) {
    var parts = mark.split("/");
    return parts.length == PARTS ? mark.substring(0, mark.lastIndexOf('/')) : mark;
  }

  /** The intent whose effect changed an object last; null: none did. */
  static String mark(JsonNode object) {
    var mark = object == null ? null : Json.annotation(object, MARK);
    return mark == null ? null : intent(mark);
  }

  static boolean givesBack(String mark) {
    return !mark.split("/")[2].equals("apply");
  }

  static String claim(String mark) {
    return mark.substring(0, mark.indexOf('/'));
  }

  /** The claim and the name of the action; of what is given back, with what for. */
  static String action(String mark) {
    var parts = mark.split("/");
    var action = parts[0] + "/" + parts[1];
    return givesBack(mark) ? action + "/" + parts[2] : action;
  }

  /** How many changes of targets an action says it made. */
  static int changed(JsonNode action) {
    return each(action.path("sent"))
        .filter(it -> it.path("verb").asText().equals("Apply"))
        .mapToInt(
            it ->
                (1 + it.path("repeats").asInt()) * it.path("targets").asInt()
                    - (int) otherwise(it).count())
        .sum();
  }

  /** The effects of an intent that did not reach their targets. */
  static Stream<JsonNode> otherwise(JsonNode sent) {
    return each(sent.path("results")).filter(it -> !it.path("how").asText().equals("Applied"));
  }

  /** True when the version that a change was made up on is not the one that is there. */
  static boolean moved(JsonNode change, JsonNode live) {
    var tested = change.path("precondition");
    if (tested.has("values")) {
      return tested.path("values").properties().stream()
          .anyMatch(it -> !it.getValue().equals(live.at(it.getKey())));
    }
    var version = tested.has("version") ? tested.path("version") : change.path("version");
    return tested.has("generation")
        ? tested.path("generation").asLong() != live.at("/metadata/generation").asLong()
        : !version.equals(live.at("/metadata/resourceVersion"));
  }

  static Stream<JsonNode> each(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  static long seconds(String duration) {
    var number = Long.parseLong(duration.substring(0, duration.length() - 1));
    return switch (duration.charAt(duration.length() - 1)) {
      case 's' -> number;
      case 'm' -> number * 60;
      default -> number * 3600;
    };
  }
}
