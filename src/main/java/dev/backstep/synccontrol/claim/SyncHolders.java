package dev.backstep.synccontrol.claim;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.cluster.HolderLookup.Holding;
import dev.backstep.cluster.Holders;
import dev.backstep.synccontrol.watch.SyncCache;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * SyncControls that hold a workload: those whose episode goes on. Where the cache does not know of
 * it, it may be behind, so the one that the entry names is asked for.
 */
@ApplicationScoped
public class SyncHolders implements Holders {
  private static final String KIND = HasMetadata.getKind(SyncControl.class);

  private final KubernetesClient client;
  private final SyncCache cache;

  public SyncHolders(KubernetesClient client, SyncCache cache) {
    this.client = client;
    this.cache = cache;
  }

  @Override
  public Holding in(String namespace) {
    return (entry, target) ->
        entry.kind().equals(KIND)
            && (cache.byClaim(namespace, entry.claim()).isPresent()
                || entry.name().filter(name -> live(namespace, name, entry.claim())).isPresent());
  }

  private boolean live(String namespace, String name, String claim) {
    var sync = client.resources(SyncControl.class).inNamespace(namespace).withName(name).get();
    return sync != null
        && SyncCache.open(sync).filter(episode -> episode.claim().equals(claim)).isPresent();
  }
}
