package dev.backstep.simulation;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.HashSet;
import java.util.Set;

/**
 * The switch that an application has itself: each replica has one, and begins with it on. What was
 * missed while one was off can be made up for. Of requests with one Idempotency-Key it obeys the
 * first.
 */
final class SimulatedSwitches {
  static final String ON = "on";
  static final String OFF = "off";
  private static final String MISSED = "missed";

  private final Simulation world;
  private final Set<String> off = new HashSet<>();
  private final Set<String> keys = new HashSet<>();
  private int madeUpFor;

  SimulatedSwitches(Simulation world) {
    this.world = world;
  }

  /** True for a request that is about it. */
  static boolean isAbout(String what) {
    return Set.of(ON, OFF, MISSED, "asked").contains(what);
  }

  /** Where the switch of a replica stands. */
  String of(String replica) {
    return off.contains(replica) ? OFF : ON;
  }

  /** Somebody else switches it. */
  void set(String replica, String to) {
    put(replica, to);
    world.syncRules().changed(false);
  }

  /** Somebody asks a replica where its switch stands, or switches it. */
  Answer handle(Request request, String key, String what) {
    var replica = request.query().get("replica");
    if (what.equals(MISSED)) {
      return madeUpFor(key);
    }
    if (!what.equals("asked") && keys.add(key)) {
      world.done();
      world.syncRules().told(request, of(replica), what);
      put(replica, what);
      world.syncRules().changed(true);
    }
    return new Answer(200, TextNode.valueOf("{\"enabled\": %s}".formatted(!off.contains(replica))));
  }

  private Answer madeUpFor(String key) {
    if (keys.add(key)) {
      world.done();
      madeUpFor++;
    }
    return new Answer(200, TextNode.valueOf("{}"));
  }

  /** How often what was missed was made up for, for the comparison of ends. */
  String essence() {
    return "made up for " + madeUpFor + " times\n";
  }

  private void put(String replica, String to) {
    if (to.equals(OFF)) {
      off.add(replica);
    } else {
      off.remove(replica);
    }
  }
}
