package dev.backstep.simulation;

import dev.backstep.simulation.SwitchedPlaces.Place;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the places that are switched are to be once nobody keeps them off: as they were, or as
 * somebody else set them meanwhile.
 */
final class SwitchedValues {
  private final Map<String, Known> known = new HashMap<>();

  /** One place: what may come back, and what it is. */
  private static final class Known {
    private final Set<String> before = new HashSet<>();
    private String value;
    private boolean ours;
  }

  /** Places that changed since the last time: what each was and is. */
  record Change(Place place, String was) {}

  /**
   * The places as they are after somebody changed something.
   *
   * @param operator true: the operator did it
   */
  List<Change> seen(List<Place> places, boolean operator) {
    var changes = places.stream().filter(this::differs).map(this::change).toList();
    // What is gone and comes again is another one.
    known.keySet().retainAll(places.stream().map(Place::name).toList());
    for (var place : places) {
      see(place, operator);
    }
    return changes;
  }

  private boolean differs(Place place) {
    var before = known.get(place.name());
    return before != null && !before.value.equals(place.value());
  }

  private Change change(Place place) {
    return new Change(place, known.get(place.name()).value);
  }

  private void see(Place place, boolean operator) {
    var it = known.get(place.name());
    if (it == null) {
      it = new Known();
      it.before.add(place.value());
      known.put(place.name(), it);
    } else if (!it.value.equals(place.value())) {
      if (!operator) {
        it.before.add(place.value());
      }
      it.ours = operator;
    }
    it.value = place.value();
  }

  /** True when a place may be so while nobody keeps it off. */
  boolean mayBe(Place place) {
    var it = known.get(place.name());
    return it == null || !it.ours || it.before.contains(place.value());
  }

  /** What a place may be, for people. */
  String wanted(Place place) {
    return String.valueOf(known.get(place.name()).before);
  }

  /** They were given back: what comes from now on is new. */
  void settled() {
    known.clear();
  }
}
