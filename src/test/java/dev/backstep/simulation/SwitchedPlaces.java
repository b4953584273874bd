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
      Map.of(
          "scale", this::scaled,
          "setConfig", this::configured,
          "suspendCronJobs", this::suspended,
          "pauseScaledObjects", this::paused,
          "jobTable", this::queued,
          "disableTriggers", this::turned,
          "http", this::switched);

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
                    .filter(it -> one.hasNonNull(it.getKey()))
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

  private Stream<Place> configured(JsonNode config) {
    return config.has("env") ? variables(config.path("env")) : keys(config);
  }

  private Stream<Place> variables(JsonNode env) {
    var workload = env.path("workload");
    return Rules.each(env.path("set"))
        .flatMap(
            set ->
                object(
                        workload.path("kind").asText(),
                        workload.path("name").asText(),
                        it -> variable(it, set.path("name").asText()),
                        set.path("value").asText()::equals)
                    .map(
                        it ->
                            new Place(
                                it.name() + "." + set.path("name").asText(),
                                it.value(),
                                it.off())));
  }

  /** What a variable of the first container is set to. */
  private static String variable(JsonNode workload, String name) {
    return Rules.each(workload.at("/spec/template/spec/containers/0/env"))
        .filter(it -> it.path("name").asText().equals(name))
        .map(it -> it.path("value").asText())
        .findFirst()
        .orElse("not set");
  }

  private Stream<Place> keys(JsonNode config) {
    var name = config.at("/configMap/name").asText();
    return config.at("/configMap/data").properties().stream()
        .flatMap(
            value ->
                object(
                        "ConfigMap",
                        name,
                        it -> it.path("data").path(value.getKey()).asText(),
                        value.getValue().asText()::equals)
                    .map(it -> new Place(it.name() + "." + value.getKey(), it.value(), it.off())));
  }

  private Stream<Place> suspended(JsonNode cronJobs) {
    return each(cronJobs)
        .flatMap(
            name ->
                object(
                    "CronJob", name, it -> it.at("/spec/suspend").asText("false"), "true"::equals));
  }

  private Stream<Place> paused(JsonNode scaledObjects) {
    return each(scaledObjects)
        .flatMap(
            name ->
                object(
                    "ScaledObject",
                    name,
                    it -> String.valueOf(Json.annotation(it, SimulatedKeda.PAUSED)),
                    "0"::equals));
  }

  private static Stream<String> each(JsonNode means) {
    return Rules.each(means.path("names")).map(JsonNode::asText);
  }

  private Stream<Place> queued(JsonNode table) {
    return world.outside().jobs().rows().entrySet().stream()
        .map(
            row ->
                new Place(
                    "row " + row.getKey(),
                    row.getValue(),
                    !row.getValue().equals(SimulatedTable.PENDING)));
  }

  private Stream<Place> turned(JsonNode triggers) {
    return world.outside().triggers().states().entrySet().stream()
        .map(
            it ->
                new Place(
                    "trigger " + it.getKey(),
                    it.getValue(),
                    it.getValue().equals(SimulatedTriggers.OFF)));
  }

  /** Of each replica that is there. */
  private Stream<Place> switched(JsonNode http) {
    return world.server().all("endpointslices").values().stream()
        .flatMap(slice -> Rules.each(slice.path("endpoints")))
        .map(endpoint -> endpoint.at("/targetRef/uid").asText())
        .map(
            replica -> {
              var stands = world.outside().switches().of(replica);
              return new Place(replica, stands, stands.equals(SimulatedSwitches.OFF));
            });
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
