package dev.backstep.dbrestore.claim;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.cluster.HolderLookup.Holding;
import dev.backstep.cluster.Holders;
import dev.backstep.cluster.LedgerEntry;
import dev.backstep.dbrestore.watch.RestoreCache;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * DbRestores that hold something. Where the cache does not know of it, it may be behind, so the one
 * that the entry names is asked for.
 */
@ApplicationScoped
public class RestoreHolders implements Holders {
  private static final String KIND = HasMetadata.getKind(DbRestore.class);

  private final KubernetesClient client;
  private final RestoreCache cache;

  public RestoreHolders(KubernetesClient client, RestoreCache cache) {
    this.client = client;
    this.cache = cache;
  }

  @Override
  public Holding in(String namespace) {
    return new Holding() {
      @Override
      public boolean exists(LedgerEntry entry, String target) {
        return anybody(
            namespace,
            entry,
            restore -> open(restore, entry) || RestoreHolders.holds(restore, entry, target));
      }

      @Override
      public boolean holds(LedgerEntry entry, String target) {
        return anybody(namespace, entry, restore -> RestoreHolders.holds(restore, entry, target));
      }
    };
  }

  private boolean anybody(String namespace, LedgerEntry entry, Predicate<DbRestore> which) {
    return entry.kind().equals(KIND)
        && (cache.byClaim(namespace, entry.claim()).filter(which).isPresent()
            || entry.name().map(name -> live(namespace, name)).filter(which).isPresent());
  }

  private DbRestore live(String namespace, String name) {
    return client.resources(DbRestore.class).inNamespace(namespace).withName(name).get();
  }

  private static boolean open(DbRestore restore, LedgerEntry entry) {
    return RestoreCache.run(restore)
        .filter(run -> run.open() && run.claim().equals(entry.claim()))
        .isPresent();
  }

  private static boolean holds(DbRestore restore, LedgerEntry entry, String target) {
    return Optional.of(restore).flatMap(RestoreCache::run).stream()
        .flatMap(run -> run.holds().stream())
        .anyMatch(hold -> entry.isOf(hold) && target.equals(hold.target()));
  }
}
