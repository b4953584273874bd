package dev.backstep.synccontrol.decide;

import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.sync.Episode;
import dev.backstep.api.v1alpha1.sync.Means;
import dev.backstep.api.v1alpha1.sync.MeansStatus;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.synccontrol.decide.Decision.Advance;
import dev.backstep.time.Durations;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Everything that is decided from.
 *
 * @param spec what counts: that of the episode while one is open, else the live one
 * @param status as it stands
 * @param off true: the sync is wanted off
 * @param holders who holds it off, as it is known now
 * @param now the time of the pass
 * @param claims names of the claims of episodes, by number
 * @param lost the episode that the status does not know any more; null: it is complete
 * @param steps what is left of means, by their names; those that are missing were not looked at
 * @param progress how far the intents of means are, by their names
 */
@RecordBuilder
public record SwitchSnapshot(
    SyncControlSpec spec,
    SyncControlStatus status,
    boolean off,
    List<SyncHolder> holders,
    Instant now,
    IntFunction<String> claims,
    Lost lost,
    Map<String, Step> steps,
    Map<String, Progress> progress)
    implements SwitchSnapshotBuilder.With {

  /**
   * An episode of which only records and targets know.
   *
   * @param holds what its targets say that it holds
   */
  public record Lost(int number, List<Hold> holds) {}

  /** The episode that goes on; null: none does. */
  public Episode episode() {
    return status.episode() != null && status.episode().open() ? status.episode() : null;
  }

  /** The names of the means, in their order. */
  List<String> names() {
    return spec.means().stream().map(Means::name).toList();
  }

  /** How far what is being sent for a means is. */
  Progress progress(MeansStatus means) {
    return progress.getOrDefault(means.name(), new Progress.None());
  }

  /** True when it was found out in this pass how far a means is, or that nobody can tell. */
  public boolean isKnown(MeansStatus means) {
    return steps.containsKey(means.name()) || progress(means) instanceof Progress.NotKnown;
  }

  /** As it is once a step is written. What was found left to do one way is not left the other. */
  SwitchSnapshot after(Advance step) {
    var next = step.status().withSeq(step.status().seq() + 1);
    return with()
        .status(next)
        .lost(next.episode() == null ? lost : null)
        .steps(way(next).equals(way(status)) ? steps : Map.of())
        .build();
  }

  private static String way(SyncControlStatus status) {
    return Optional.ofNullable(status.episode())
        .map(episode -> "%s %s".formatted(episode.claim(), episode.isEnabling()))
        .orElse("");
  }

  /** As it is once what was decided about a means is being done. */
  SwitchSnapshot carriedOut(String means) {
    var all = new HashMap<>(progress);
    all.put(means, new Progress.InFlight());
    return withProgress(Map.copyOf(all));
  }

  /** The same, with something else found of a means. */
  public SwitchSnapshot found(String means, Work work) {
    return withStep(means, Optional.of(Step.of(work)));
  }

  /** The same, as if a means had not been looked at. */
  public SwitchSnapshot without(String means) {
    return withStep(means, Optional.empty());
  }

  private SwitchSnapshot withStep(String means, Optional<Step> step) {
    var all = new HashMap<>(steps);
    all.remove(means);
    step.ifPresent(it -> all.put(means, it));
    return withSteps(Map.copyOf(all));
  }

  /** How long each means has until it has to be proven off. */
  public Duration timeout() {
    return Durations.of(spec.timeout());
  }
}
