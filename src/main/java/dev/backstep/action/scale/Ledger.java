package dev.backstep.action.scale;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.HolderLookup.Holding;
import dev.backstep.cluster.LedgerEntry;
import dev.backstep.cluster.TargetLedger;
import dev.backstep.cluster.Workload;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import java.time.Instant;
import java.util.Optional;

/**
 * Who keeps a workload scaled, written on the workload itself: the first holder writes the number
 * of replicas down, the last one puts it back, and each has an entry with the number it wants. So
 * several holders never take each other's number for the one to come back to.
 */
final class Ledger {
  private static final String REPLICAS = "/spec/replicas";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private Ledger() {}

  /** Why the action may not take its hold: somebody else keeps the workload lower. */
  static Optional<String> obstacle(
      Workload workload, int wanted, ActionScope scope, Holding known) {
    var ledger = TargetLedger.of(workload);
    if (ledger.find(scope.claim(), scope.action()).isPresent()) {
      return Optional.empty();
    }
    if (!ledger.isEmpty() && original(ledger, workload, scope).isEmpty()) {
      return Optional.of(LedgerTexts.originalLost(workload));
    }
    return ledger
        .without(scope.claim())
        .deciding()
        .filter(entry -> entry.replicas() < wanted)
        .map(entry -> LedgerTexts.keptLower(workload, entry, wanted, known));
  }

  /** The change that scales the workload and enters this hold; empty: nothing is left to do. */
  static Optional<ObjectPatch> hold(Workload workload, int wanted, ActionScope scope) {
    var ledger = TargetLedger.of(workload);
    var own = ledger.find(scope.claim(), scope.action());
    if (own.isPresent()) {
      return kept(workload, own.get(), ledger);
    }
    // What was so before is not held, and so never changed on a release.
    return ledger.isEmpty() && workload.replicas() == wanted
        ? Optional.empty()
        : Optional.of(taken(workload, wanted, ledger, scope));
  }

  /** Somebody else may have scaled it; only the run's newest entry says to what it is put. */
  private static Optional<ObjectPatch> kept(
      Workload workload, LedgerEntry own, TargetLedger ledger) {
    var wanted = ledger.deciding().orElseThrow().replicas();
    if (!ledger.newest(own.claim()).equals(Optional.of(own)) || workload.replicas() == wanted) {
      return Optional.empty();
    }
    var change = PatchBuilder.of(workload.object());
    return Optional.of(scaled(change, workload, wanted).build(words(workload, wanted)));
  }

  private static ObjectPatch taken(
      Workload workload, int wanted, TargetLedger ledger, ActionScope scope) {
    var current = workload.replicas();
    var entry = entry(wanted, ledger, scope);
    var original = original(ledger, workload, scope).orElse(current);
    var change = scaled(PatchBuilder.of(workload.object()), workload, wanted);
    if (!ledger.original().equals(Optional.of(original))) {
      change.annotate(Annotations.HELD_REPLICAS, String.valueOf(original));
    }
    if (!ledger.isEmpty() && !ledger.wants(current)) {
      change.annotate(Annotations.FOUND_REPLICAS, String.valueOf(current));
    } else if (ledger.isEmpty() && ledger.found().isPresent()) {
      change.unannotate(Annotations.FOUND_REPLICAS);
    }
    return change
        .annotate(entry.key(), entry.value())
        .taking(hold(workload.ref(), entry, original, scope))
        .build(words(workload, wanted));
  }

  /** Entries of one run are told apart by their time, also those of one instant. */
  private static LedgerEntry entry(int wanted, TargetLedger ledger, ActionScope scope) {
    var since =
        ledger
            .newest(scope.claim())
            .flatMap(LedgerEntry::since)
            .map(newest -> newest.plusMillis(1))
            .filter(next -> next.isAfter(scope.takenAt()))
            .orElse(scope.takenAt());
    var holder = scope.holder();
    return LedgerEntry.taken(
        holder.claim(), holder.kind(), holder.name(), holder.run(), holder.action(), wanted, since);
  }

  /** What comes back in the end; without entries the annotation is a left-over. */
  private static Optional<Integer> original(
      TargetLedger ledger, Workload workload, ActionScope scope) {
    return ledger.isEmpty()
        ? Optional.of(workload.replicas())
        : ledger
            .original()
            .or(
                () ->
                    scope.holds().stream()
                        .filter(hold -> workload.ref().equals(target(hold)))
                        .map(hold -> Integer.valueOf(hold.original()))
                        .findFirst());
  }

  private static Hold hold(WorkloadRef ref, LedgerEntry entry, int original, ActionScope scope) {
    return new Hold(
        entry.run(),
        entry.claim(),
        entry.action(),
        scope.holder().type(),
        ref.kind().name(),
        ref.name(),
        String.valueOf(original),
        String.valueOf(entry.replicas()),
        entry.since().orElse(Instant.EPOCH));
  }

  static WorkloadRef target(Hold hold) {
    return WorkloadRef.of(hold.kind(), hold.name()).orElseThrow();
  }

  static PatchBuilder scaled(PatchBuilder change, Workload workload, int wanted) {
    var current = workload.replicas();
    return current == wanted
        ? change
        : change.set(REPLICAS, JSON.numberNode(current), JSON.numberNode(wanted));
  }

  static String words(Workload workload, int wanted) {
    return "%s: %d -> %d replicas".formatted(workload.ref(), workload.replicas(), wanted);
  }
}
