package dev.backstep.synccontrol.gather;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.api.v1alpha1.sync.Episode;
import dev.backstep.api.v1alpha1.sync.MeansStatus;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import dev.backstep.claim.Claim;
import dev.backstep.effect.EffectRunner;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Step;
import dev.backstep.synccontrol.claim.EpisodeClaims;
import dev.backstep.synccontrol.decide.SwitchSnapshot;
import dev.backstep.synccontrol.decide.SwitchSnapshot.Lost;
import dev.backstep.synccontrol.queue.QueueWatch;
import dev.backstep.synccontrol.watch.SyncCache;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gathers what a decision needs, in one pass. */
@ApplicationScoped
public class SwitchReader {
  private final EpisodeClaims claims;
  private final MeansLooker looker;
  private final LostEpisodes lost;
  private final QueueWatch queues;
  private final HoldersNow holders;
  private final MeansPreflight preflight;
  private final EffectRunner effects;
  private final Clock clock;

  public SwitchReader(
      EpisodeClaims claims,
      MeansLooker looker,
      LostEpisodes lost,
      QueueWatch queues,
      HoldersNow holders,
      MeansPreflight preflight,
      EffectRunner effects,
      Clock clock) {
    this.claims = claims;
    this.looker = looker;
    this.lost = lost;
    this.queues = queues;
    this.holders = holders;
    this.preflight = preflight;
    this.effects = effects;
    this.clock = clock;
  }

  /** The SyncControl and the world around it, now. */
  public SwitchView read(SyncControl sync) {
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var status = sync.said();
    var namespace = sync.getMetadata().getNamespace();
    var open = SyncCache.open(sync);
    var forgotten = lost.of(sync, status);
    var claim =
        open.map(Episode::claim)
            .or(() -> forgotten.map(number -> EpisodeClaims.name(sync, number)))
            .flatMap(name -> claims.find(namespace, name));
    var spec = claim.map(Claim::pinned).orElse(sync.getSpec());
    var queue = queues.watch(sync, status, now);
    var held = queue.holders(holders.of(sync, status.holders()));
    var off = off(sync, held);
    var claimed = open.isEmpty() || claim.isPresent();
    return new SwitchView(
        sync,
        now,
        claimed,
        queue,
        preflight.of(sync, status, off, now),
        new SwitchSnapshot(
            spec,
            queue.in(status),
            off,
            held,
            now,
            number -> EpisodeClaims.name(sync, number),
            forgotten
                .map(
                    number ->
                        new Lost(
                            number, lost.holds(namespace, EpisodeClaims.name(sync, number), spec)))
                .orElse(null),
            claimed ? steps(sync, spec, open, now) : Map.of(),
            progress(sync, open)));
  }

  /**
   * One that is being deleted gives back what only its own state, or holders that do not exist any
   * more, kept off.
   */
  private static boolean off(SyncControl sync, List<SyncHolder> held) {
    return sync.isMarkedForDeletion()
        ? held.stream().anyMatch(HoldersNow::keepsFromGoing)
        : !held.isEmpty() || sync.getSpec().state() == SyncControlSpec.Wish.Disabled;
  }

  private Map<String, Step> steps(
      SyncControl sync, SyncControlSpec spec, Optional<Episode> open, Instant now) {
    return open.map(episode -> looker.steps(sync, spec, episode, now)).orElse(Map.of());
  }

  private Map<String, Progress> progress(SyncControl sync, Optional<Episode> open) {
    var progress = new LinkedHashMap<String, Progress>();
    for (var means : open.map(Episode::means).orElse(List.<MeansStatus>of())) {
      if (means.intent() != null) {
        progress.put(means.name(), effects.progress(sync.getMetadata().getUid(), means.intent()));
      }
    }
    return progress;
  }
}
