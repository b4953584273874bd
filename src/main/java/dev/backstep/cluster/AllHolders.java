package dev.backstep.cluster;

import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Finds out whether those who hold something still exist, whatever kind they are of. */
@ApplicationScoped
public class AllHolders implements HolderLookup {
  private final List<Holders> kinds;

  public AllHolders(@All List<Holders> kinds) {
    this.kinds = kinds;
  }

  @Override
  public Holding in(String namespace) {
    var known = kinds.stream().map(kind -> kind.in(namespace)).toList();
    return new Holding() {
      @Override
      public boolean exists(LedgerEntry entry, String target) {
        return known.stream().anyMatch(it -> it.exists(entry, target));
      }

      @Override
      public boolean holds(LedgerEntry entry, String target) {
        return known.stream().anyMatch(it -> it.holds(entry, target));
      }
    };
  }
}
