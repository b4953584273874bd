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
import dev.backstep.synccontrol.decide.MeansWork;
import dev.backstep.synccontrol.gather.SwitchLooks.Found;
import dev.backstep.synccontrol.watch.SyncWakeups;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Looks at what is left to do of means: of those that are on their way often, of the others, to
 * read back that they are still off, now and then; and whenever a workload of theirs changed.
 */
@ApplicationScoped
public class MeansLooker {
  /** No event says that an endpoint or a row has changed. */
  private static final Duration ON_THE_WAY = Duration.ofSeconds(1);

  /** Where an event says it; this is for the event that was missed. */
  private static final Duration TOLD = Duration.ofSeconds(10);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

  private final Actions executors;
  private final MeansScopes scopes;
  private final Owners owners;
  private final Images images;
  private final Reversals reversals;
  private final SwitchLooks looks;
  private final SyncWakeups wakeups;
  private final LookTimes times;

  public MeansLooker(
      Actions executors,
      MeansScopes scopes,
      Owners owners,
      Images images,
      Reversals reversals,
      SwitchLooks looks,
      SyncWakeups wakeups,
      LookTimes times) {
    this.executors = executors;
    this.scopes = scopes;
    this.owners = owners;
    this.images = images;
    this.reversals = reversals;
    this.looks = looks;
    this.wakeups = wakeups;
    this.times = times;
  }

  /** What was found of those that are due. */
  Map<String, Step> steps(SyncControl sync, SyncControlSpec spec, Episode episode, Instant now) {
    var steps = new LinkedHashMap<String, Step>();
    for (var status : MeansWork.due(episode)) {
      if (status.intent() == null && isDue(sync, episode, status, now)) {
        spec.means().stream()
            .filter(means -> means.name().equals(status.name()))
            .findFirst()
            .flatMap(means -> looked(sync, spec, means, episode, status, now))
            .ifPresent(step -> steps.put(status.name(), step));
      }
    }
    return steps;
  }

  private boolean isDue(SyncControl sync, Episode episode, MeansStatus status, Instant now) {
    var uid = sync.getMetadata().getUid();
    var rests = Setbacks.restsUntil(status).filter(now::isBefore);
    rests.ifPresent(until -> times.rests(uid, status.name(), state(episode, status), until));
    return rests.isEmpty() && times.isDue(uid, status.name(), state(episode, status), now);
  }

  /** When the next one is due after this time; empty: none is. */
  public Optional<Instant> next(SyncControl sync, Instant now) {
    return times.next(sync.getMetadata().getUid(), now);
  }

  /** The episode is over. */
  public void forget(SyncControl sync) {
    times.forget(sync.getMetadata().getUid());
  }

  private Duration pace(SyncControlSpec spec, Means means, MeansStatus status, Work work) {
    if (work.isSettled() || status.standing() == Standing.Contested) {
      return Durations.of(spec.readBack());
    }
    if (work instanceof Work.Rolling rolling) {
      return Optional.ofNullable(rolling.lookAgainIn())
          .orElse(executors.targets(means).isEmpty() ? ON_THE_WAY : TOLD);
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

  /** News that comes meanwhile ends no look: there is another one after it. */
  private Optional<Step> looked(
      SyncControl sync,
      SyncControlSpec spec,
      Means means,
      Episode episode,
      MeansStatus status,
      Instant now) {
    var uid = sync.getMetadata().getUid();
    var scope = scopes.of(sync, spec, means, episode, status, now);
    var state = state(episode, status);
    var news = times.newsOf(uid, means.name());
    var found =
        looks.answer(
            "%s/%s".formatted(uid, means.name()),
            state,
            () ->
                left(means, scope, episode, status)
                    .thenApply(step -> new Found(step, Optional.of(news))),
            wakeups.of(sync));
    found.ifPresent(
        it ->
            times.looked(
                uid,
                means.name(),
                state,
                it.news().orElse(news),
                now,
                pace(spec, means, status, it.step().work())));
    return found.map(Found::step);
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
}
