package dev.backstep.action.scale;

import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.HolderLookup.Holding;
import dev.backstep.cluster.LedgerEntry;
import dev.backstep.cluster.OrphanedHolds;
import dev.backstep.cluster.TargetLedger;
import dev.backstep.cluster.Workload;
import java.util.List;
import java.util.Locale;

/** What a ledger says to humans. */
final class LedgerTexts {
  private LedgerTexts() {}

  static String keptLower(Workload workload, LedgerEntry entry, int wanted, Holding known) {
    if (known.exists(entry, workload.ref())) {
      return "%s is kept at %d replicas by %s; %d would be more. Give that back first, or go on without this action."
          .formatted(workload.ref(), entry.replicas(), entry.holder(), wanted);
    }
    return "%s would be scaled to %d replicas. %s."
        .formatted(workload.ref(), wanted, OrphanedHolds.say(workload, List.of(entry)));
  }

  static String originalLost(Workload workload) {
    return "%s is held, but its annotation %s is gone, so nobody knows what comes back in the end. Write it down again: kubectl -n %s annotate %s %s=<number>."
        .formatted(
            workload.ref(),
            Annotations.HELD_REPLICAS,
            namespace(workload),
            resource(workload),
            Annotations.HELD_REPLICAS);
  }

  static String entryLost(Workload workload, Hold hold) {
    return "%s has %d replicas, as run %s (action %s) wants, but somebody took the annotation away that says so: nobody knows whether the %s from before are to come back. If they are: kubectl -n %s scale %s --replicas=%s, then answer Retry."
        .formatted(
            workload.ref(),
            workload.replicas(),
            hold.run(),
            hold.action(),
            hold.original(),
            namespace(workload),
            resource(workload),
            hold.original());
  }

  static String drifted(Workload workload, Hold hold) {
    return "%s: somebody else set %d replicas meanwhile; it is left so (it had %s before the first hold)"
        .formatted(workload.ref(), workload.replicas(), hold.original());
  }

  static String stays(Workload workload, int replicas, LedgerEntry entry) {
    return workload.replicas() == replicas
        ? "%s: stays at %d replicas for %s".formatted(workload.ref(), replicas, entry.holder())
        : "%s: %d -> %d replicas for %s"
            .formatted(workload.ref(), workload.replicas(), replicas, entry.holder());
  }

  static String changedSince(Workload workload, Hold hold) {
    return "%s has %d replicas, which somebody else set since, so it was left as it is (it had %s)."
        .formatted(workload.ref(), workload.replicas(), hold.original());
  }

  static String heldSince(Workload workload, LedgerEntry entry) {
    return "%s has %d replicas, because %s holds it."
        .formatted(workload.ref(), workload.replicas(), entry.holder());
  }

  static String orphaned(Workload workload, TargetLedger rest) {
    return OrphanedHolds.say(workload, rest.entries()) + ", then answer Retry.";
  }

  static String ambiguous(Workload workload, TargetLedger ledger, int original) {
    return "%s had %d replicas before it was held, and %d, which somebody else had set, when it was held again: nobody knows which of them is to come back. Scale it to what it needs: kubectl -n %s scale %s --replicas=<number>, then answer Retry."
        .formatted(
            workload.ref(),
            original,
            ledger.found().orElseThrow(),
            namespace(workload),
            resource(workload));
  }

  private static String namespace(Workload workload) {
    return workload.object().getMetadata().getNamespace();
  }

  private static String resource(Workload workload) {
    return workload.ref().kind().name().toLowerCase(Locale.ROOT) + "/" + workload.ref().name();
  }
}
