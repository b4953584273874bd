package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The holds that a target's annotations name, read without the operator's code.
 *
 * @param entries in the order in which they were taken
 */
record HeldEntries(List<Entry> entries) {
  private static final String HELD_BY = "backstep.dev/held-by.";

  /** One hold: {@code <kind>:<name>/<run>/<action>/<replicas>/<since>}. */
  record Entry(String key, String claim, String action, int replicas, Instant since) {}

  static HeldEntries of(JsonNode object) {
    var annotations = object.at("/metadata/annotations");
    Iterable<String> names = annotations::fieldNames;
    return new HeldEntries(
        StreamSupport.stream(names.spliterator(), false)
            .filter(name -> name.startsWith(HELD_BY))
            .map(name -> entry(name, annotations.path(name).asText().split("/")))
            .sorted(Comparator.comparing(Entry::since))
            .toList());
  }

  private static Entry entry(String key, String[] parts) {
    var claim = key.substring(HELD_BY.length()).split("\\.")[0];
    return new Entry(key, claim, parts[2], Integer.parseInt(parts[3]), Instant.parse(parts[4]));
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  boolean has(String claim, String action) {
    return entries.stream()
        .anyMatch(entry -> entry.claim().equals(claim) && entry.action().equals(action));
  }

  boolean of(String claim) {
    return entries.stream().anyMatch(entry -> entry.claim().equals(claim));
  }

  /** True when a hold wants this number: then nobody else set it. */
  boolean want(int replicas) {
    return entries.stream().anyMatch(entry -> entry.replicas() == replicas);
  }

  /** What is here and not there. */
  List<Entry> without(HeldEntries others) {
    var keys = others.entries.stream().map(Entry::key).toList();
    return entries.stream().filter(entry -> !keys.contains(entry.key())).toList();
  }

  /** The smallest of what each run wants; a run wants the number of its newest hold. */
  int number() {
    return newest().mapToInt(Entry::replicas).min().orElseThrow();
  }

  /** The smallest number that a run other than this one wants. */
  int keptBy(String others) {
    return newest()
        .filter(entry -> !entry.claim().equals(others))
        .mapToInt(Entry::replicas)
        .min()
        .orElse(Integer.MAX_VALUE);
  }

  private Stream<Entry> newest() {
    var newest = new HashMap<String, Entry>();
    entries.forEach(entry -> newest.put(entry.claim(), entry));
    return newest.values().stream();
  }

  /** What does not depend on when it was taken. */
  String essence() {
    return entries.stream()
        .map(entry -> " held " + entry.key() + " " + entry.replicas())
        .sorted()
        .reduce("", String::concat);
  }
}
