package dev.backstep.rollbackplan.gather;

import dev.backstep.gate.GateSampler;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.Probes;
import dev.backstep.gate.Window;
import dev.backstep.measure.Sampler;
import dev.backstep.measure.Streak;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/** Measures nothing, and remembers what was wanted. */
final class RememberingSampler extends GateSampler {
  private final List<Window> windows = new ArrayList<>();
  private final List<GateScope> scopes = new ArrayList<>();
  private final List<String> stopped = new ArrayList<>();

  RememberingSampler() {
    super(
        new Probes(List.of()), new Sampler(Clock.systemUTC(), Executors.newScheduledThreadPool(0)));
  }

  /** What was to be measured, in this order. */
  List<Window> windows() {
    return windows;
  }

  /** What the last measurements may know. */
  GateScope scope() {
    return scopes.get(scopes.size() - 1);
  }

  /** The uids of plans for which nothing was to be measured any more. */
  List<String> stopped() {
    return stopped;
  }

  @Override
  public Map<String, Streak> measure(
      String plan, Window window, GateScope scope, Runnable changed) {
    windows.add(window);
    scopes.add(scope);
    return Map.of();
  }

  @Override
  public void stop(String plan) {
    stopped.add(plan);
  }
}
