package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the means of a SyncControl switch, as the world has it: objects, rows and replicas, without
 * the operator's code.
 */
final class SwitchedPlaces {
  private final Simulation world;
  private final Map<String, Function<JsonNode, Stream<Place>>> means =
      Map.of("scale", this::scaled);

  SwitchedPlaces(Simulation world) {
    this.world = world;
  }

  /**
   * One of them, now.
   *
   * @param off true: nothing works because of it
   */
  record Place(String name, String value, boolean off) {
    @Override
    public String toString() {
      return name + "=" + value;
    }
  }

  /** All that a SyncControl switches that has this spec. */
  Stream<Place> of(JsonNode spec) {
    return Rules.each(spec.path("means"))
        .flatMap(
            one ->
                means.entrySet().stream()
                    .filter(it -> one.has(it.getKey()))
                    .flatMap(it -> it.getValue().apply(one.path(it.getKey()))));
  }

  private Stream<Place> scaled(JsonNode scale) {
    var wanted = scale.path("replicas").asText("0");
    return Rules.each(scale.path("workloads"))
        .flatMap(
            ref ->
                object(
                    ref.path("kind").asText("Deployment"),
                    ref.path("name").asText(),
                    it -> it.at("/spec/replicas").asText(),
                    wanted::equals));
  }

  /** A value of an object; none where it is gone. */
  private Stream<Place> object(
      String kind, String name, Function<ObjectNode, String> value, Predicate<String> off) {
    var live = world.server().get(kind.toLowerCase(Locale.ROOT) + "s", name);
    return Stream.ofNullable(live)
        .map(value)
        .map(is -> new Place("%s %s".formatted(kind, name), is, off.test(is)));
  }
}
