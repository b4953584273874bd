package dev.backstep.synccontrol.gather;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.PastEffects;
import dev.backstep.action.PastEffects.LostException;
import dev.backstep.action.Taken;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.api.v1alpha1.sync.Episode;
import dev.backstep.api.v1alpha1.sync.Means;
import dev.backstep.api.v1alpha1.sync.MeansStatus;
import dev.backstep.api.v1alpha1.sync.MeansStatus.Standing;
import dev.backstep.effect.Images;
import dev.backstep.effect.Owners;
import dev.backstep.effect.Reversals;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.memory.PerObjectState;
import dev.backstep.synccontrol.decide.MeansWork;
import dev.backstep.synccontrol.watch.SyncWakeups;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks at what is left to do of means: of those that are on their way often, of the others, to
 * read back that they are still off, now and then. When each was looked at last may be forgotten:
 * it is looked at again then.
 */
@ApplicationScoped
public class MeansLooker implements PerObjectState {
  /** No event says that an endpoint or a row has changed. */
  private static final Duration ON_THE_WAY = Duration.ofSeconds(1);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

  private final Actions executors;
  private final MeansScopes scopes;
  private final Owners owners;
  private final Images images;
  private final Reversals reversals;
  private final SwitchLooks looks;
  private final SyncWakeups wakeups;
  private final Map<String, Map<String, Due>> due = new ConcurrentHashMap<>();

  public MeansLooker(
      Actions executors,
      MeansScopes scopes,
      Owners owners,
      Images images,
      Reversals reversals,
      SwitchLooks looks,
      SyncWakeups wakeups) {
    this.executors = executors;
    this.scopes = scopes;
    this.owners = owners;
    this.images = images;
    this.reversals = reversals;
    this.looks = looks;
    this.wakeups = wakeups;
  }

  /**
   * When a means is to be looked at again.
   *
   * @param state that this is about; in another one it is looked at once more
   */
  private record Due(String state, Instant at) {}

  /** What was found of those that are due. */
  Map<String, Step> steps(SyncControl sync, SyncControlSpec spec, Episode episode, Instant now) {
    var steps = new LinkedHashMap<String, Step>();
    for (var status : MeansWork.due(episode)) {
      if (status.intent() == null && isDue(sync, episode, status, now)) {
        looked(sync, spec, episode, status, now)
            .ifPresent(
                step -> {
                  steps.put(status.name(), step);
                  later(sync, spec, episode, status, step.work(), now);
                });
      }
    }
    return steps;
  }

  /** When the next one is due; empty: none is. */
  public Optional<Instant> next(SyncControl sync) {
    return due.getOrDefault(sync.getMetadata().getUid(), Map.of()).values().stream()
        .map(Due::at)
        .min(Instant::compareTo);
  }

  private boolean isDue(SyncControl sync, Episode episode, MeansStatus means, Instant now) {
    var rests = Setbacks.restsUntil(means).filter(now::isBefore);
    if (rests.isPresent()) {
      again(sync, episode, means, rests.get());
      return false;
    }
    var known = due.getOrDefault(sync.getMetadata().getUid(), Map.of()).get(means.name());
    return known == null
        || !known.state().equals(state(episode, means))
        || !now.isBefore(known.at());
  }

  private void later(
      SyncControl sync,
      SyncControlSpec spec,
      Episode episode,
      MeansStatus means,
      Work work,
      Instant now) {
    again(sync, episode, means, now.plus(pace(spec, means, work)));
  }

  private void again(SyncControl sync, Episode episode, MeansStatus means, Instant at) {
    due.computeIfAbsent(sync.getMetadata().getUid(), uid -> new ConcurrentHashMap<>())
        .put(means.name(), new Due(state(episode, means), at));
  }

  private static Duration pace(SyncControlSpec spec, MeansStatus means, Work work) {
    if (work.isSettled() || means.standing() == Standing.Contested) {
      return Durations.of(spec.readBack());
    }
    if (work instanceof Work.Rolling rolling) {
      return rolling.lookAgainIn() == null ? ON_THE_WAY : rolling.lookAgainIn();
    }
    return work instanceof Work.ToDo ? ON_THE_WAY : AFTER_FAILURE;
  }

  /** What changes when something was sent, or is wanted otherwise. */
  private static String state(Episode episode, MeansStatus means) {
    return "%s %s %d %d"
        .formatted(
            episode.claim(),
            episode.isEnabling(),
            means.done().attempt(),
            means.done().sent().size());
  }

  private Optional<Step> looked(
      SyncControl sync, SyncControlSpec spec, Episode episode, MeansStatus status, Instant now) {
    return spec.means().stream()
        .filter(means -> means.name().equals(status.name()))
        .findFirst()
        .flatMap(
            means -> {
              var scope = scopes.of(sync, spec, means, episode, status, now);
              return looks.answer(
                  sync.getMetadata().getUid() + "/" + means.name(),
                  state(episode, status),
                  () -> left(means, scope, episode, status),
                  wakeups.of(sync));
            });
  }

  private CompletionStage<Step> left(
      Means means, ActionScope scope, Episode episode, MeansStatus status) {
    if (!episode.isEnabling()) {
      return next(means, scope);
    }
    return status.isLost() ? recordLost(means).now() : back(means, scope);
  }

  /** What it was before is guessed by nobody. */
  private static Step recordLost(Means means) {
    return Step.impossible(
        "RecordLost",
        "It is not known what means %s was before, because the status of the SyncControl was lost. Switch it on by hand, then delete the SyncControl and create it again."
            .formatted(means.name()));
  }

  private CompletionStage<Step> next(Means means, ActionScope scope) {
    return executors
        .next(means, scope)
        .thenApply(
            step ->
                owners.own(
                    step,
                    scope.namespace(),
                    scope.claim(),
                    means.name(),
                    !executors.traits(means).shared()));
  }

  private CompletionStage<Step> back(Means means, ActionScope scope) {
    var past =
        new PastEffects(images, scope.namespace(), scope.claim(), means.name(), scope.sent());
    var held = scope.holds().stream().filter(it -> it.action().equals(means.name())).toList();
    try {
      return executors.back(means, new Taken(held, past, scope.author(), reversals), scope);
    } catch (LostException e) {
      return Step.impossible("ImageLost", e.getMessage()).now();
    }
  }

  @Override
  public void forget(String uid) {
    due.remove(uid);
  }
}
