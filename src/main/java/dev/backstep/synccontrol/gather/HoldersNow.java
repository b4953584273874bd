package dev.backstep.synccontrol.gather;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import dev.backstep.cluster.HolderLookup;
import dev.backstep.cluster.HolderLookup.Holding;
import dev.backstep.cluster.LedgerEntry;
import dev.backstep.synccontrol.decide.AutoDisabling;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Who holds a SyncControl off: those whose entry is on it, and those that were written down before
 * and are not known to have let go. That an entry is not there any more does not say that it was
 * given back, as long as its holder says that it holds.
 */
@ApplicationScoped
public class HoldersNow {
  private final HolderLookup lookup;

  public HoldersNow(HolderLookup lookup) {
    this.lookup = lookup;
  }

  /** In the order in which they came. */
  List<SyncHolder> of(SyncControl sync, List<SyncHolder> before) {
    var entries = LedgerEntry.on(sync, 0);
    if (entries.isEmpty() && before.isEmpty()) {
      return List.of();
    }
    var known = lookup.in(sync.getMetadata().getNamespace());
    var target = "%s %s".formatted(sync.getKind(), sync.getMetadata().getName());
    var kept =
        before.stream()
            .filter(holder -> !AutoDisabling.isRule(holder))
            .map(holder -> LedgerEntry.read(holder.id(), holder.entry()))
            .filter(not(entries))
            .filter(entry -> known.holds(entry, target));
    return Stream.concat(kept, entries.stream())
        .sorted(LedgerEntry.IN_TURN)
        .map(entry -> holder(entry, target, known))
        .toList();
  }

  /** True for a holder that a SyncControl that is being deleted waits for. */
  public static boolean keepsFromGoing(SyncHolder holder) {
    return !holder.isOrphaned() && !AutoDisabling.isRule(holder);
  }

  /** True when an entry is gone of which it is not certain yet that it was given back. */
  public static boolean unproven(SyncControl sync) {
    var entries = LedgerEntry.on(sync, 0);
    return sync.getStatus() != null
        && sync.getStatus().holders().stream()
            .filter(holder -> !AutoDisabling.isRule(holder))
            .anyMatch(holder -> entries.stream().noneMatch(it -> it.id().equals(holder.id())));
  }

  private static Predicate<LedgerEntry> not(List<LedgerEntry> entries) {
    return entry -> entries.stream().noneMatch(it -> it.key().equals(entry.key()));
  }

  private static SyncHolder holder(LedgerEntry entry, String target, Holding known) {
    return new SyncHolder(
        entry.id(),
        entry.value(),
        entry.holder(),
        entry.since().orElse(null),
        known.exists(entry, target) ? null : true);
  }
}
