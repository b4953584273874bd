package dev.backstep.action.scale;

import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Autoscalers;
import dev.backstep.cluster.Autoscalers.Limits;
import dev.backstep.cluster.HolderLookup.Holding;
import dev.backstep.cluster.LedgerEntry;
import dev.backstep.cluster.OrphanedHolds;
import dev.backstep.cluster.TargetLedger;
import dev.backstep.cluster.Workload;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a ledger says to humans. */
final class LedgerTexts {
  private LedgerTexts() {}

  static String keptLower(Workload workload, LedgerEntry entry, int wanted, Holding known) {
    if (known.exists(entry, workload.ref().toString())) {
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

  static String autoscaled(Workload workload, Hold hold, Limits limits) {
    return "%s: stays at %d replicas, which %s chose (it had %s before the first hold)"
        .formatted(workload.ref(), workload.replicas(), limits, hold.original());
  }

  /** Why another number comes back than there was; empty: it does not. */
  static String limited(int original, Optional<Limits> limits, Autoscalers.Seen autoscalers) {
    return limits
        .filter(it -> it.nearest(original) != original)
        .map(it -> " (it had %d, which %s does not allow)".formatted(original, it))
        .or(() -> autoscalers.unknown().map(" (%s)"::formatted))
        .orElse("");
  }

  static String wouldNotLast(Workload workload, int wanted, Limits limits, String action) {
    return "%s is scaled by %s, so %d replicas would not last. Scale it to 0, which switches the autoscaler off until it is given back, or take it out of action %s and change the autoscaler: kubectl -n %s edit horizontalpodautoscaler %s."
        .formatted(workload.ref(), limits, wanted, action, namespace(workload), limits.name());
  }

  static String stays(Workload workload, int replicas, LedgerEntry entry) {
    return workload.replicas() == replicas
        ? "%s: stays at %d replicas for %s".formatted(workload.ref(), replicas, entry.holder())
        : "%s: %d -> %d replicas for %s"
            .formatted(workload.ref(), workload.replicas(), replicas, entry.holder());
  }

  /** Nobody is blamed for a number that may be what was given back, as an autoscaler allowed. */
  static String changedSince(Workload workload, Hold hold, Autoscalers.Seen autoscalers) {
    var why = autoscalers.unknown().map("and "::concat).orElse("which somebody else set since");
    return "%s has %d replicas, %s, so it was left as it is (it had %s)."
        .formatted(workload.ref(), workload.replicas(), why, hold.original());
  }

  static String heldSince(Workload workload, LedgerEntry entry) {
    return "%s has %d replicas, because %s holds it."
        .formatted(workload.ref(), workload.replicas(), entry.holder());
  }

  static String orphaned(Workload workload, TargetLedger rest) {
    return "%s, then answer Retry.".formatted(OrphanedHolds.say(workload, rest.entries()));
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
