package dev.backstep.simulation;

import dev.backstep.gate.GateSampler;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.Probes;
import dev.backstep.gate.Window;
import dev.backstep.gate.Window.Watch;
import dev.backstep.measure.Sampler;
import dev.backstep.measure.Streak;
import java.util.Map;

/** A mistake: what was measured before a level acted counts for it. */
class MistakenSampler extends GateSampler {
  MistakenSampler(Probes probes, Sampler sampler) {
    super(probes, sampler);
  }

  @Override
  public Map<String, Streak> measure(
      String plan, Window window, GateScope scope, Runnable changed) {
    var watches = window.watches().stream().map(watch -> new Watch(watch.gate(), "same")).toList();
    var same = new Window(watches, window.pace());
    return super.measure(plan, same, scope, changed);
  }
}
