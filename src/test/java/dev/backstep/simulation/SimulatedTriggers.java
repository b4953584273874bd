package dev.backstep.simulation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Triggers of a table in somebody else's database, each with when it fires. One is off before
 * anybody turns it off. What they were, and as what they were left, is remembered there.
 */
final class SimulatedTriggers {
  static final String OFF = "DISABLE";
  private static final String TURN = "turn ";

  private final Simulation world;
  private final TreeMap<String, String> states =
      new TreeMap<>(Map.of("audit", "ENABLE ALWAYS", "mails", "ENABLE", "old", OFF));
  private final Map<String, List<Turned>> remembered = new HashMap<>();

  /** Somebody turns this one on again as soon as it is turned off, once; null: nobody does. */
  private String stubborn;

  SimulatedTriggers(Simulation world) {
    this.world = world;
  }

  /** What an effect did to one of them. */
  private record Turned(String trigger, String before, String after) {}

  /** When each of them fires. */
  Map<String, String> states() {
    return states;
  }

  /** All of them, as somebody who looks is told. */
  String said() {
    return states.entrySet().stream()
        .map(it -> it.getKey() + "=" + it.getValue())
        .collect(Collectors.joining(";"));
  }

  /** Somebody else alters one. */
  void set(String trigger, String state) {
    states.put(trigger, state);
    world.syncRules().changed(false);
  }

  /** It will not stay off the first time. */
  void makeStubborn(String trigger) {
    stubborn = trigger;
  }

  /** True for statements that are about them. */
  static boolean areAbout(String statements) {
    return statements.startsWith(TURN);
  }

  /** True when each is as it was looked at: else nothing is done, and never will be. */
  boolean canBe(String statements) {
    return turned(statements).allMatch(it -> it.before().equals(states.get(it.trigger())));
  }

  private static Stream<Turned> turned(String statements) {
    return Stream.of(statements.substring(TURN.length()).split(";"))
        .filter(one -> !one.isEmpty())
        .map(one -> one.split("="))
        .map(one -> new Turned(one[0], one[1], one[2]));
  }

  /** All of them in one transaction. */
  void turn(String mark, String statements) {
    remembered.put(mark, turned(statements).toList());
    remembered.get(mark).forEach(it -> states.put(it.trigger(), it.after()));
    if (stubborn != null && OFF.equals(states.get(stubborn))) {
      states.put(stubborn, "ENABLE");
      stubborn = null;
    }
  }

  /** What nobody else altered since is as it was. */
  void giveBack(String reverses) {
    for (var one : remembered.getOrDefault(reverses, List.of())) {
      states.replace(one.trigger(), one.after(), one.before());
    }
    remembered.remove(reverses);
  }
}
