package dev.backstep.dbrestore.claim;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.restore.RestoreRun;
import dev.backstep.dbrestore.watch.RestoreCache;
import dev.backstep.effect.OpenClaims;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** The claims of DbRestores that go on. */
@ApplicationScoped
public class RestoreOpenClaims implements OpenClaims {
  private final RestoreCache cache;

  public RestoreOpenClaims(RestoreCache cache) {
    this.cache = cache;
  }

  @Override
  public Optional<Whose> whose(String namespace, String claim, String asking) {
    return claim.equals(asking)
        ? Optional.empty()
        : cache
            .byClaim(namespace, claim)
            .filter(restore -> RestoreCache.run(restore).filter(RestoreRun::open).isPresent())
            .map(RestoreOpenClaims::whose);
  }

  private static Whose whose(DbRestore restore) {
    var open =
        "DbRestore %s, which goes on (%s)"
            .formatted(restore.getMetadata().getName(), restore.getStatus().phase());
    return new Whose(Optional.of(open), List.of());
  }
}
