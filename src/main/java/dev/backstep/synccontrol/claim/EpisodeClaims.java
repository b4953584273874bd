package dev.backstep.synccontrol.claim;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.claim.Claims;
import dev.backstep.claim.Prunable;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The claims of episodes: the means as they were when a sync was switched off. */
@Singleton
public class EpisodeClaims extends Claims<SyncControlSpec> implements Prunable<SyncControl> {
  /** How many ended episodes can be looked up. */
  private static final int KEPT = 10;

  public EpisodeClaims(KubernetesClient client) {
    super(client, SyncControl.class, SyncControlSpec.class);
  }

  /** What an episode is called, such as {@code off-3}. */
  public static String episode(int number) {
    return "off-" + number;
  }

  /** The name of the claim of an episode. */
  public static String name(HasMetadata owner, int number) {
    return Claims.name(owner, episode(number));
  }

  /** Number of the last episode of which there is a claim; 0: there is none. */
  public int last(SyncControl sync) {
    var number = 0;
    while (ofThis(sync, number + 1)) {
      number++;
    }
    return number;
  }

  private boolean ofThis(SyncControl sync, int number) {
    return find(sync.getMetadata().getNamespace(), name(sync, number))
        .filter(claim -> claim.ownerUid().equals(sync.getMetadata().getUid()))
        .isPresent();
  }

  @Override
  public List<String> unneeded(SyncControl sync) {
    return unneeded(sync, KEPT, needed(sync));
  }

  @Override
  public Map<String, List<ControllerRevision>> orphaned(SyncControl sync) {
    return images(sync, needed(sync));
  }

  private static Set<String> needed(SyncControl sync) {
    return Optional.ofNullable(sync.getStatus()).stream()
        .flatMap(status -> Stream.ofNullable(status.episode()))
        .filter(episode -> episode.open())
        .map(episode -> episode.claim())
        .collect(Collectors.toSet());
  }
}
