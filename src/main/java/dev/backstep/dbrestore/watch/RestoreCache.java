package dev.backstep.dbrestore.watch;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.restore.RestoreRun;
import dev.backstep.resource.Watched;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.stream.Stream;

/** The DbRestores as the informer last saw them. */
@ApplicationScoped
public class RestoreCache implements Watched<DbRestore> {
  private static final String BY_CLAIM = "by-claim";

  private IndexerResourceCache<DbRestore> restores;

  /** Has them indexed, before they are watched. */
  public void prepare(EventSourceContext<DbRestore> context) {
    restores = context.getPrimaryCache();
    restores.addIndexer(
        BY_CLAIM,
        restore ->
            run(restore)
                .map(run -> restore.getMetadata().getNamespace() + "/" + run.claim())
                .stream()
                .toList());
  }

  /** Empty until they are watched. */
  private Optional<IndexerResourceCache<DbRestore>> watched() {
    return Optional.ofNullable(restores);
  }

  @Override
  public Stream<DbRestore> all() {
    return watched().stream().flatMap(IndexerResourceCache::list);
  }

  /** What became of a restore; empty: it was not begun. */
  public static Optional<RestoreRun> run(DbRestore restore) {
    return Stream.ofNullable(restore.getStatus())
        .flatMap(status -> Stream.ofNullable(status.run()))
        .findFirst();
  }

  /** The DbRestore with this name. */
  public Optional<DbRestore> byName(ResourceID id) {
    return watched().flatMap(all -> all.get(id));
  }

  /** The DbRestores of a namespace. */
  public Stream<DbRestore> in(String namespace) {
    return watched().stream().flatMap(all -> all.list(namespace));
  }

  /** The DbRestore that has this claim. */
  public Optional<DbRestore> byClaim(String namespace, String claim) {
    return watched()
        .flatMap(all -> all.byIndex(BY_CLAIM, namespace + "/" + claim).stream().findFirst());
  }
}
