package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.gate.HttpGate;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.gate.GateScope;
import dev.backstep.measure.Reading;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What gates see of the simulated world, and a record of everything they said. */
final class SimulatedGates {
  /**
   * A gate that only complains about running pods: with none there is nothing to complain about.
   */
  static final String COMPLAINTS = "/complaints";

  private static final int REMEMBERED = 2000;

  private final Simulation world;
  private final Map<String, Deque<Measurement>> measurements = new HashMap<>();
  private final List<CompletableFuture<Reading>> late = new ArrayList<>();

  SimulatedGates(Simulation world) {
    this.world = world;
  }

  /**
   * One measurement.
   *
   * @param begun the time it was begun at
   * @param known the moment at which the process knew it
   */
  record Measurement(long begun, long known, Reading.Color color) {}

  /** Names a gate of the home namespace the same way, whether it is measured or read as JSON. */
  static String key(JsonNode gate) {
    return key(SimulatedApiServer.NAMESPACE, gate.path("name").asText());
  }

  private static String key(String namespace, String gate) {
    return namespace + "/" + gate;
  }

  CompletionStage<Reading> measure(SimulatedProcess process, Object gate, GateScope scope) {
    world.asked(process, gate, scope);
    var reading = reading(gate, scope);
    var begun = world.time().elapsed();
    var key = process.name() + " " + key(scope.namespace(), scope.gate());
    var delay = world.gateDelay();
    if (delay == 0) {
      remember(key, begun, reading);
      return CompletableFuture.completedStage(reading);
    }
    var answer = new CompletableFuture<Reading>();
    late.add(answer);
    world
        .time()
        .after(
            delay,
            process,
            () -> {
              remember(key, begun, reading);
              answer.complete(reading);
            });
    return answer;
  }

  /** One that is measured by requests: those have faults of their own. */
  CompletionStage<Reading> measure(
      SimulatedProcess process, GateScope scope, Supplier<CompletionStage<Reading>> requests) {
    var begun = world.time().elapsed();
    var key = process.name() + " " + key(scope.namespace(), scope.gate());
    var mood = world.gateMood();
    var answer =
        mood == null
            ? requests.get()
            : CompletableFuture.completedStage(new Reading(mood, "somebody has to look"));
    return answer.thenApply(
        reading -> {
          remember(key, begun, reading);
          return reading;
        });
  }

  private void remember(String key, long begun, Reading reading) {
    var all = measurements.computeIfAbsent(key, it -> new ArrayDeque<>());
    if (!all.isEmpty() && all.peekFirst().begun() > begun) {
      // It was overtaken: the process began anew meanwhile and does not count it.
      return;
    }
    all.addFirst(new Measurement(begun, world.moment(), reading.color()));
    world.trace(() -> key + " is " + reading.color());
    if (all.size() > REMEMBERED) {
      all.removeLast();
    }
  }

  private Reading reading(Object gate, GateScope scope) {
    var mood = world.gateMood();
    if (mood != null) {
      // In the words of a reading without a fault: each change of what a gate shows is a write.
      return reading(gate, mood);
    }
    var pods = world.controllers();
    if (gate instanceof HttpGate http) {
      var workload = scope.namespace() + "/" + http.service().name();
      var complains = http.path().equals(COMPLAINTS);
      var well = complains ? !pods.anyBroken(workload) : pods.answers(workload);
      return reading(gate, well);
    }
    var ref = (WorkloadRef) gate;
    return reading(gate, pods.rolledOut(scope.namespace() + "/" + ref.name()));
  }

  private static Reading reading(Object gate, boolean well) {
    return reading(gate, well ? Reading.Color.GREEN : Reading.Color.RED);
  }

  private static Reading reading(Object gate, Reading.Color color) {
    var http = gate instanceof HttpGate;
    return new Reading(
        color,
        switch (color) {
          case GREEN -> http ? "answers" : "rolled out";
          case RED -> http ? "does not answer" : "not rolled out";
          case ERROR, NONE -> "could not be measured";
        });
  }

  /** What a process measured of a gate, newest first. */
  Iterable<Measurement> of(String process, String gate) {
    return measurements.getOrDefault(process + " " + gate, new ArrayDeque<>());
  }

  /** Nothing real waits for measurements that nobody wants any more. */
  void end() {
    late.forEach(answer -> answer.complete(Reading.error("the simulation ended")));
  }
}
