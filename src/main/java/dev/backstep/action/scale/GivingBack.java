package dev.backstep.action.scale;

import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Autoscalers;
import dev.backstep.cluster.Autoscalers.Limits;
import dev.backstep.cluster.HolderLookup.Holding;
import dev.backstep.cluster.TargetLedger;
import dev.backstep.cluster.Workload;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import java.time.Instant;
import java.util.Optional;

/**
 * Takes a hold out of the ledger. What the remaining entries want is left, and with the last entry
 * the original number comes back, as far as an autoscaler lets it; a number that no entry wants was
 * set by somebody else, and stays.
 *
 * @param known who of those that hold it still exists
 * @param autoscalers what else decides about the number
 */
record GivingBack(Workload workload, Hold hold, Holding known, Autoscalers.Seen autoscalers) {

  /** What becomes of a hold that is to be given back. */
  sealed interface Decision {
    /** It can be given back by this change. */
    record Possible(ObjectPatch change) implements Decision {}

    /** A human has to decide something first. */
    record Blocked(String why) implements Decision {}
  }

  Decision decide() {
    var ledger = TargetLedger.of(workload, Integer.parseInt(hold.held()));
    var own = ledger.find(hold.claim(), hold.action());
    var rest = ledger.without(hold.claim(), hold.action());
    var change = PatchBuilder.of(workload.object()).givingBack(hold);
    own.ifPresent(entry -> change.unannotate(entry.key()));
    if (own.isEmpty() && notGivenUp(rest)) {
      return new Decision.Blocked(LedgerTexts.entryLost(workload, hold));
    }
    if (own.isEmpty() || !ledger.wants(workload.replicas())) {
      return new Decision.Possible(forgotten(change, ledger, rest).build(setMeanwhile()));
    }
    return rest.isEmpty() ? original(change, ledger, rest) : keptByOthers(change, ledger, rest);
  }

  private String setMeanwhile() {
    return limits()
        .filter(it -> it.allow(workload.replicas()))
        .map(it -> LedgerTexts.autoscaled(workload, hold, it))
        .orElseGet(() -> LedgerTexts.drifted(workload, hold));
  }

  private Optional<Limits> limits() {
    return autoscalers.of(workload.ref());
  }

  private Decision original(PatchBuilder change, TargetLedger ledger, TargetLedger rest) {
    var original = ledger.original().orElse(Integer.valueOf(hold.original()));
    var limits = limits();
    var ambiguous =
        ledger
            .found()
            .filter(found -> !found.equals(original))
            // Which number an autoscaler had chosen does not matter: it chooses again.
            .filter(found -> limits.isEmpty() || !limits.get().allow(found));
    if (ambiguous.isPresent()) {
      return new Decision.Blocked(LedgerTexts.ambiguous(workload, ledger, original));
    }
    var number = limits.map(it -> it.nearest(original)).orElse(original);
    var words = Ledger.words(workload, number) + LedgerTexts.limited(original, limits, autoscalers);
    return new Decision.Possible(
        Ledger.scaled(forgotten(change, ledger, rest), workload, number).build(words));
  }

  /** That an entry is gone does not say that it was given up: the number is still the hold's. */
  private boolean notGivenUp(TargetLedger rest) {
    var current = String.valueOf(workload.replicas());
    return rest.isEmpty() && current.equals(hold.held()) && !current.equals(hold.original());
  }

  /** Somebody still holds it: a human has to say so of those who do not exist any more. */
  private Decision keptByOthers(PatchBuilder change, TargetLedger ledger, TargetLedger rest) {
    var entry = rest.deciding().orElseThrow();
    var nobodyLeft =
        rest.entries().stream().noneMatch(it -> known.exists(it, workload.ref().toString()));
    if (nobodyLeft && !ledger.original().equals(Optional.of(entry.replicas()))) {
      return new Decision.Blocked(LedgerTexts.orphaned(workload, rest));
    }
    return new Decision.Possible(
        Ledger.scaled(change, workload, entry.replicas())
            .build(LedgerTexts.stays(workload, entry.replicas(), entry)));
  }

  /** The number that was to come back goes with the last entry. */
  private static PatchBuilder forgotten(
      PatchBuilder change, TargetLedger ledger, TargetLedger rest) {
    if (rest.isEmpty() && ledger.original().isPresent()) {
      change.unannotate(Annotations.HELD_REPLICAS);
    }
    if (rest.isEmpty() && ledger.found().isPresent()) {
      change.unannotate(Annotations.FOUND_REPLICAS);
    }
    return change;
  }

  /** What is otherwise than it was before the hold; empty: nothing is. */
  static Optional<String> otherwise(Workload workload, Hold hold, Autoscalers.Seen autoscalers) {
    var ledger = TargetLedger.of(workload);
    var current = workload.replicas();
    if (!ledger.isEmpty()) {
      // Who held it before this hold was taken is part of how it was before.
      return ledger.entries().stream()
          .filter(entry -> entry.since().orElse(Instant.EPOCH).isAfter(hold.since()))
          .findFirst()
          .map(entry -> LedgerTexts.heldSince(workload, entry));
    }
    return String.valueOf(current).equals(hold.original())
            || autoscalers.of(workload.ref()).filter(it -> it.allow(current)).isPresent()
        ? Optional.empty()
        : Optional.of(LedgerTexts.changedSince(workload, hold, autoscalers));
  }
}
