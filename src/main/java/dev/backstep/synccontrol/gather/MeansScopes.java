package dev.backstep.synccontrol.gather;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.Holder;
import dev.backstep.action.PlanFacts;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.api.v1alpha1.sync.Episode;
import dev.backstep.api.v1alpha1.sync.Means;
import dev.backstep.api.v1alpha1.sync.MeansStatus;
import dev.backstep.effect.Author;
import dev.backstep.synccontrol.claim.EpisodeClaims;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the executors of means may know. */
@ApplicationScoped
public class MeansScopes {
  private final Actions executors;

  public MeansScopes(Actions executors) {
    this.executors = executors;
  }

  /** Of a means in an episode. */
  ActionScope of(
      SyncControl sync,
      SyncControlSpec spec,
      Means means,
      Episode episode,
      MeansStatus status,
      Instant now) {
    return new ActionScope(
        author(sync, spec),
        new Holder(
            sync.getKind(),
            sync.getMetadata().getName(),
            EpisodeClaims.episode(episode.number()),
            episode.claim(),
            means.name(),
            executors.type(means)),
        now,
        status.done().attemptAt(),
        Map.of(),
        Durations.of(spec.timeout()),
        status.done().timedFrom(),
        Optional.ofNullable(status.provenAt()),
        status.done().attempt(),
        status.done().sent(),
        episode.holds(),
        Optional.empty(),
        PlanFacts.NONE,
        true);
  }

  /** Of a means while no episode goes on. */
  public ActionScope idle(SyncControl sync, Means means, Instant now) {
    var spec = sync.getSpec();
    return new ActionScope(
        author(sync, spec),
        new Holder(
            sync.getKind(),
            sync.getMetadata().getName(),
            null,
            null,
            means.name(),
            executors.type(means)),
        now,
        now,
        Map.of(),
        Durations.of(spec.timeout()),
        Optional.empty(),
        Optional.empty(),
        1,
        List.of(),
        List.of(),
        Optional.empty(),
        PlanFacts.NONE,
        true);
  }

  private static Author author(SyncControl sync, SyncControlSpec spec) {
    return new Author(sync.getMetadata().getNamespace(), spec.serviceAccountName());
  }
}
