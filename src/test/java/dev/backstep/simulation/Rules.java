package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A group of rules that look at the API server's writes. */
abstract class Rules {
  static final String MARK = "backstep.dev/mark";
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

  static boolean givesBack(String mark) {
    return mark.contains("/Release/") || mark.contains("/Undo/");
  }

  static String claim(String mark) {
    return mark.substring(0, mark.indexOf('/'));
  }

  /** The claim and the name of the action. */
  static String action(String mark) {
    return mark.substring(0, mark.lastIndexOf('/'));
  }

  /** True when the version that a change was made up on is not the one that is there. */
  static boolean moved(JsonNode change, JsonNode live) {
    return change.hasNonNull("generation")
        ? change.path("generation").asLong() != live.at("/metadata/generation").asLong()
        : !change.path("resourceVersion").equals(live.at("/metadata/resourceVersion"));
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
