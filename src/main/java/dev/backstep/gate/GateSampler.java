package dev.backstep.gate;

import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.effect.Author;
import dev.backstep.gate.Window.Watch;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Sample;
import dev.backstep.measure.Sampler;
import dev.backstep.measure.Streak;
import dev.backstep.runbook.GateLimits;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Has the gates of plans measured: what a gate says becomes a sample. */
@ApplicationScoped
public class GateSampler {
  /**
   * Before the gate's own time begins there may be the API server to ask, or a turn to wait for.
   */
  private static final Duration AROUND = Duration.ofSeconds(60);

  private final Probes probes;
  private final Sampler sampler;

  public GateSampler(Probes probes, Sampler sampler) {
    this.probes = probes;
    this.sampler = sampler;
  }

  /** What is measured, and on whose rights: another plan's namespace has other Services. */
  private record Key(Gate gate, String since, Author author) {}

  /**
   * Measures the gates in the window from now on, and no others.
   *
   * @param plan uid of the plan
   * @param changed called after a reading that counts
   * @return what was measured so far, by gate name
   */
  public Map<String, Streak> measure(
      String plan, Window window, GateScope scope, Runnable changed) {
    var samples = window.watches().stream().map(watch -> sample(watch, scope)).toList();
    return sampler.measure(plan, samples, window.pace(), changed);
  }

  /** Stops measuring for a plan. */
  public void stop(String plan) {
    sampler.stop(plan);
  }

  private Sample sample(Watch watch, GateScope scope) {
    var gate = watch.gate();
    var asked = scope.asking(gate.name(), watch.key());
    return new Sample(
        gate.name(),
        new Key(gate, watch.key(), scope.author()),
        probes.target(gate, asked),
        Durations.of(gate.interval()),
        Durations.of(gate.timeout()).plus(AROUND),
        gate.once(),
        false,
        GateLimits.of(gate),
        previous -> measured(gate, asked.with().previous(previous).build()));
  }

  private CompletionStage<Reading> measured(Gate gate, GateScope scope) {
    return probes.measure(gate, scope).thenApply(reading -> Redaction.of(gate, reading));
  }
}
