package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What each run did to each target: as it was before the run's first effect, and after its last.
 */
final class Touches extends Rules implements SimulatedApiServer.Listener {
  /** The places of a target that effects write. */
  static final List<String> PLACES =
      List.of("/spec/replicas", "/spec/template", "/data", "/binaryData", "/spec/rules");

  private final Map<String, Map<String, Touched>> byRun = new HashMap<>();

  Touches(Simulation world, Facts facts) {
    super(world, facts);
  }

  /** What one run did to one target. */
  static final class Touched {
    private final String resource;
    private final String name;
    private final String kind;
    private final JsonNode first;
    private final Map<String, String> by = new HashMap<>();
    private final Set<String> actions = new HashSet<>();
    private final Map<String, Map<String, Changed>> leaves = new HashMap<>();
    private JsonNode last;
    private long foreignAt = -1;

    /** One value, before the run changed it and after (null: there was none), and who did it. */
    private record Changed(JsonNode first, JsonNode last, String by) {
      boolean changed() {
        return !Objects.equals(first, last);
      }
    }

    Touched(SimulatedApiServer.Write write) {
      resource = write.resource();
      name = write.name();
      kind = write.before().path("kind").asText();
      first = write.before();
    }

    String name() {
      return name;
    }

    String key() {
      return kind + "/" + name;
    }

    JsonNode first() {
      return first;
    }

    JsonNode last() {
      return last;
    }

    /** True when somebody else than this run changed it since. */
    boolean foreign() {
      return foreignAt >= 0;
    }

    /** True when somebody else than this run changed it at this time or later. */
    boolean foreignSince(long time) {
      return foreign() && foreignAt >= time;
    }

    /** The action that changed a place last; null: none did. */
    String by(String place) {
      return by.get(place);
    }

    boolean changedBy(String action) {
      return actions.contains(action);
    }

    /** True when what the run set last in a place is not what was there before. */
    boolean changed(String place) {
      return changes(place).values().stream().anyMatch(Changed::changed);
    }

    private Map<String, Changed> changes(String place) {
      return leaves.getOrDefault(place, Map.of());
    }

    /** True when something in a place is as this action, which changed it last, left it. */
    boolean stillSet(JsonNode live, String place, String action) {
      var now = Leaves.of(live.at(place));
      return changes(place).entrySet().stream()
          .filter(leaf -> leaf.getValue().changed() && action.equals(leaf.getValue().by))
          .anyMatch(leaf -> Objects.equals(leaf.getValue().last, now.get(leaf.getKey())));
    }

    private void set(String place, JsonNode before, JsonNode after, String by) {
      var was = Leaves.of(before);
      var is = Leaves.of(after);
      var all = leaves.computeIfAbsent(place, it -> new HashMap<>());
      Leaves.different(was, is)
          .forEach(
              path ->
                  all.compute(
                      path,
                      (it, known) ->
                          new Changed(
                              known == null ? was.get(path) : known.first,
                              is.get(path),
                              by == null && known != null ? known.by : by)));
    }

    private boolean is(
        JsonNode live, String place, Predicate<Changed> which, Function<Changed, JsonNode> so) {
      var now = Leaves.of(live.at(place));
      return changes(place).entrySet().stream()
          .filter(leaf -> which.test(leaf.getValue()))
          .allMatch(leaf -> Objects.equals(so.apply(leaf.getValue()), now.get(leaf.getKey())));
    }
  }

  @Override
  public void written(SimulatedApiServer.Write write) {
    if (write.before() == null) {
      return;
    }
    var mark = write.after() == null ? null : mark(write.after());
    var effect = write.writer().operator() && mark != null && !mark.equals(mark(write.before()));
    if (effect) {
      elsewhere(write, claim(mark));
      did(write, mark);
    } else if (!write.writer().name().equals(SimulatedControllers.WHO)) {
      elsewhere(write, "");
    }
  }

  private void did(SimulatedApiServer.Write write, String mark) {
    var target =
        byRun
            .computeIfAbsent(claim(mark), it -> new HashMap<>())
            .computeIfAbsent(uid(write.before()), it -> new Touched(write));
    for (var place : PLACES) {
      if (!Facts.same(write.before(), write.after(), place)) {
        var by = givesBack(mark) ? null : mark.split("/")[1];
        target.set(place, write.before().at(place), write.after().at(place), by);
        if (!givesBack(mark)) {
          target.by.put(place, mark.split("/")[1]);
          target.actions.add(mark.split("/")[1]);
        }
      }
    }
    target.last = write.after();
  }

  private void elsewhere(SimulatedApiServer.Write write, String claim) {
    var uid = uid(write.before());
    byRun.forEach(
        (by, targets) -> {
          var target = targets.get(uid);
          if (target != null
              && !by.equals(claim)
              && (write.after() == null
                  || PLACES.stream()
                      .anyMatch(it -> !Facts.same(write.before(), write.after(), it)))) {
            target.foreignAt = world.time().elapsed();
          }
        });
  }

  /** What a run touched and what is still there, as far as anybody can know what was done to it. */
  void stillThere(String claim, BiConsumer<ObjectNode, Touched> look) {
    of(claim)
        .forEach(
            (uid, target) -> {
              var live = live(uid, target);
              if (live != null && !facts.unsure(claim, target.key())) {
                look.accept(live, target);
              }
            });
  }

  /** What a run touched, by uid. */
  Map<String, Touched> of(String claim) {
    return byRun.getOrDefault(claim, Map.of());
  }

  /** A target as it is now, if it is still the same one; null: it is not. */
  ObjectNode live(String uid, Touched target) {
    var live = world.server().get(target.resource, target.name);
    return live != null && uid(live).equals(uid) ? live : null;
  }

  /** True when what the run changed in a place is as the run left it. */
  static boolean asLeft(JsonNode live, Touched target, String place) {
    return target.is(live, place, changed -> true, Touched.Changed::last);
  }

  /**
   * True when what the run changed in a place is as it was before.
   *
   * @param left true for an action of which a human decided that what it did is left as it is
   */
  static boolean asBefore(JsonNode live, Touched target, String place, Predicate<String> left) {
    return target.is(
        live,
        place,
        changed -> changed.by() == null || !left.test(changed.by()),
        Touched.Changed::first);
  }
}
