package dev.backstep.synccontrol.watch;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.sync.Episode;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** SyncControls without an informer. */
public final class SimulatedSyncCache extends SyncCache {
  private final Supplier<List<SyncControl>> syncs;

  public SimulatedSyncCache(Supplier<List<SyncControl>> syncs) {
    this.syncs = syncs;
  }

  @Override
  public Optional<SyncControl> byName(ResourceID id) {
    return syncs.get().stream().filter(it -> ResourceID.fromResource(it).equals(id)).findFirst();
  }

  @Override
  public Optional<SyncControl> byClaim(String namespace, String claim) {
    return syncs.get().stream()
        .filter(it -> it.getMetadata().getNamespace().equals(namespace))
        .filter(it -> SyncCache.open(it).map(Episode::claim).filter(claim::equals).isPresent())
        .findFirst();
  }

  @Override
  public List<SyncControl> openIn(String namespace) {
    return syncs.get().stream()
        .filter(it -> it.getMetadata().getNamespace().equals(namespace))
        .filter(it -> SyncCache.open(it).isPresent())
        .toList();
  }
}
