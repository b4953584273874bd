package dev.backstep.dbrestore.gather;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import dev.backstep.dbrestore.watch.RestoreCache;
import dev.backstep.restore.Drills;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/** The DbRestores that were drills, as long as they are there. */
@ApplicationScoped
public class DrilledRestores implements Drills {
  private final RestoreCache restores;

  public DrilledRestores(RestoreCache restores) {
    this.restores = restores;
  }

  @Override
  public Optional<Instant> last(String namespace, DatabaseTarget target) {
    return restores
        .in(namespace)
        .filter(restore -> restore.said().phase() == RestorePhase.Drilled)
        .filter(restore -> restore.getSpec().target().equals(target))
        .map(restore -> restore.said().run().endedAt())
        .max(Comparator.naturalOrder());
  }
}
