package dev.backstep.simulation;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A table of jobs in somebody else's database. Rows are paused, and given back, a few in a
 * transaction; what was paused is remembered there, and so is how far each effect is.
 */
final class SimulatedTable {
  static final String PENDING = "pending";
  static final String PAUSED = "paused";

  private static final int BATCH = 2;

  private final Simulation world;
  private final TreeMap<Integer, String> rows =
      new TreeMap<>(Map.of(1, PENDING, 2, PAUSED, 3, PENDING, 4, PENDING, 5, "done"));
  private final Map<String, String> states = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private final List<Remembered> remembered = new ArrayList<>();

  SimulatedTable(Simulation world) {
    this.world = world;
  }

  /** A row that an effect paused. */
  private record Remembered(String mark, int row) {}

  /** Somebody else sets a row, or adds it. */
  void set(int row, String status) {
    rows.put(row, status);
    world.syncRules().changed(false);
  }

  /** Status of each row. */
  Map<Integer, String> rows() {
    return rows;
  }

  /** Somebody asks how many rows are pending, or does a step of an effect. */
  Answer handle(Request request, String what) {
    var mark = request.query().get("mark");
    var reverses = request.query().get("reverses");
    return new Answer(
        200,
        TextNode.valueOf(
            switch (what) {
              case "asked" -> asked(request.query().get("paused"));
              case "begun" -> begun(request, mark);
              case "batch" -> reverses.isEmpty() ? paused(mark) : givenBack(mark, reverses);
              default -> stopped(mark, reverses);
            }));
  }

  /** How many are pending, and whether some of them were paused under such a mark. */
  private String asked(String paused) {
    var pending = left(PENDING::equals);
    var back =
        !paused.isEmpty()
            && remembered.stream()
                .anyMatch(it -> it.mark().startsWith(paused) && pending.contains(it.row()));
    return "%d%s".formatted(pending.size(), back ? " back" : "");
  }

  private List<Integer> left(Predicate<String> status) {
    return rows.entrySet().stream()
        .filter(row -> status.test(row.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private String begun(Request request, String mark) {
    if (states.putIfAbsent(mark, "begun") == null) {
      world.done();
      world.syncRules().outside(request, mark);
    }
    return states.get(mark);
  }

  private String paused(String mark) {
    if (!states.get(mark).equals("begun")) {
      return states.get(mark);
    }
    var some = left(PENDING::equals).stream().limit(BATCH).toList();
    for (var row : some) {
      rows.put(row, PAUSED);
      remembered.add(new Remembered(mark, row));
    }
    return advanced(mark, some.size());
  }

  /** Rows that somebody else changed meanwhile stay as they are. */
  private String givenBack(String mark, String newest) {
    if (!states.get(mark).equals("begun")) {
      return states.get(mark);
    }
    var some = remembered.stream().filter(it -> takenBack(it.mark(), newest)).limit(BATCH).toList();
    for (var it : some) {
      rows.computeIfPresent(it.row(), (row, status) -> status.equals(PAUSED) ? PENDING : status);
      remembered.remove(it);
    }
    return advanced(mark, some.size());
  }

  /** One reversal takes back what was paused until then. */
  private static boolean takenBack(String mark, String newest) {
    return Rules.action(Rules.intent(mark)).equals(Rules.action(Rules.intent(newest)))
        && number(mark) <= number(newest);
  }

  private static int number(String mark) {
    return Integer.parseInt(mark.split("/")[3]);
  }

  private String advanced(String mark, int some) {
    world.done();
    counts.merge(mark, some, Integer::sum);
    if (some == 0) {
      states.put(mark, "done");
    }
    world.syncRules().changed(true);
    return states.get(mark);
  }

  private String stopped(String mark, String reverses) {
    world.done();
    states.putIfAbsent(mark, "fenced");
    var some = counts.getOrDefault(mark, 0) > 0 && reverses.isEmpty();
    states.replace(mark, "begun", some ? "done" : "fenced");
    return states.get(mark);
  }
}
