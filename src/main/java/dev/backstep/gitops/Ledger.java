package dev.backstep.gitops;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.HolderLookup;
import dev.backstep.cluster.LedgerEntry;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Optional;

/**
 * Who keeps a deployer off, written on it: each holder has an entry, the first one writes down what
 * its switch said before, and the last one puts that back. Holders are of any namespace, so an
 * entry names that too: {@code <namespace>:<name>} where others name only the object.
 *
 * @param before what the switch said before the first holder, as JSON; empty: it is not written
 */
record Ledger(List<LedgerEntry> entries, Optional<String> before) {
  private static final char NAMESPACE_ENDS = ':';

  static Ledger of(HasMetadata deployer) {
    return new Ledger(
        LedgerEntry.on(deployer, 0),
        Optional.ofNullable(Annotations.of(deployer).get(Annotations.HELD_VALUE)));
  }

  /** The entry of a hold that is taken now. */
  static LedgerEntry entry(ActionScope scope, Hold hold) {
    var holder = scope.holder();
    return LedgerEntry.taken(
        holder.claim(),
        holder.kind(),
        scope.namespace() + NAMESPACE_ENDS + holder.name(),
        holder.run(),
        holder.action(),
        0,
        hold.since());
  }

  /** True when an action of this run holds it. */
  boolean heldBy(String claim) {
    return entries.stream().anyMatch(entry -> entry.claim().equals(claim));
  }

  Optional<LedgerEntry> find(Hold hold) {
    return entries.stream().filter(entry -> entry.isOf(hold)).findFirst();
  }

  Ledger without(Hold hold) {
    return new Ledger(entries.stream().filter(entry -> !entry.isOf(hold)).toList(), before);
  }

  /** True when somebody exists who gives it back some time. */
  boolean anybodyLeft(HolderLookup holders, String target) {
    return entries.stream().anyMatch(entry -> exists(entry, holders, target));
  }

  private static boolean exists(LedgerEntry entry, HolderLookup holders, String target) {
    var name = entry.name().orElse("");
    var end = name.indexOf(NAMESPACE_ENDS);
    return end > 0
        && holders
            .in(name.substring(0, end))
            .exists(
                new LedgerEntry(
                    entry.key(),
                    entry.claim(),
                    entry.kind(),
                    Optional.of(name.substring(end + 1)),
                    entry.run(),
                    entry.action(),
                    entry.replicas(),
                    entry.since()),
                target);
  }
}
