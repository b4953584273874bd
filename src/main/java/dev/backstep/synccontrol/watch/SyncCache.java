package dev.backstep.synccontrol.watch;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.sync.Episode;
import dev.backstep.cluster.SyncControlLookup;
import dev.backstep.resource.Watched;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The SyncControls as the informer last saw them. */
@ApplicationScoped
public class SyncCache implements SyncControlLookup, Watched<SyncControl> {
  private static final String BY_CLAIM = "by-claim";
  private static final String OPEN_IN = "open-in";

  private IndexerResourceCache<SyncControl> syncs;

  /** Has them indexed, before they are watched. */
  public void prepare(EventSourceContext<SyncControl> context) {
    syncs = context.getPrimaryCache();
    syncs.addIndexer(
        BY_CLAIM,
        sync ->
            open(sync)
                .map(episode -> sync.getMetadata().getNamespace() + "/" + episode.claim())
                .stream()
                .toList());
    syncs.addIndexer(
        OPEN_IN,
        sync -> open(sync).map(episode -> sync.getMetadata().getNamespace()).stream().toList());
  }

  /** Empty until they are watched. */
  private Optional<IndexerResourceCache<SyncControl>> watched() {
    return Optional.ofNullable(syncs);
  }

  @Override
  public Stream<SyncControl> all() {
    return watched().stream().flatMap(IndexerResourceCache::list);
  }

  /** The episode that goes on. */
  public static Optional<Episode> open(SyncControl sync) {
    return Stream.ofNullable(sync.getStatus())
        .flatMap(status -> Stream.ofNullable(status.episode()))
        .filter(Episode::open)
        .findFirst();
  }

  @Override
  public Optional<SyncControl> find(String namespace, String name) {
    return byName(new ResourceID(name, namespace));
  }

  /** The SyncControl with this name. */
  public Optional<SyncControl> byName(ResourceID id) {
    return watched().flatMap(all -> all.get(id));
  }

  /** The SyncControl whose open episode has this claim. */
  public Optional<SyncControl> byClaim(String namespace, String claim) {
    return watched()
        .flatMap(all -> all.byIndex(BY_CLAIM, namespace + "/" + claim).stream().findFirst());
  }

  /** The SyncControls of a namespace that keep something off, or give it back. */
  public List<SyncControl> openIn(String namespace) {
    return watched().map(all -> all.byIndex(OPEN_IN, namespace)).orElse(List.of());
  }
}
