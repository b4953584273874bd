package dev.backstep.cluster;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says what holds a workload though its holder does not exist any more, and how to drop it. */
public final class OrphanedHolds {
  private OrphanedHolds() {}

  /**
   * What is orphaned on a workload, and the command that drops it.
   *
   * @param orphans entries of the workload's ledger
   */
  public static String say(Workload workload, List<LedgerEntry> orphans) {
    var ledger = TargetLedger.of(workload);
    var holders = orphans.stream().map(LedgerEntry::holder).collect(Collectors.joining(", "));
    var wanted =
        orphans.stream()
            .map(entry -> String.valueOf(entry.replicas()))
            .distinct()
            .collect(Collectors.joining(", "));
    return "%s is still held at %s replicas by %s, which does not exist any more, so nobody gives it back by itself%s. If it is not needed: %s"
        .formatted(
            workload.ref(),
            wanted,
            holders,
            ledger.original().map(" (it had %d before the first hold)"::formatted).orElse(""),
            drop(workload, ledger, orphans));
  }

  /** The command that takes the entries away; with the last one what was to come back goes too. */
  private static String drop(Workload workload, TargetLedger ledger, List<LedgerEntry> orphans) {
    var all = orphans.size() == ledger.entries().size();
    var keys =
        Stream.of(
                orphans.stream().map(LedgerEntry::key),
                Stream.of(Annotations.HELD_REPLICAS).filter(key -> all),
                Stream.of(Annotations.FOUND_REPLICAS)
                    .filter(key -> all && ledger.found().isPresent()))
            .flatMap(keysOfOne -> keysOfOne)
            .map(key -> key + "-")
            .collect(Collectors.joining(" "));
    return "kubectl -n %s annotate %s %s%s"
        .formatted(
            namespace(workload), resource(workload), keys, all ? scale(workload, ledger) : "");
  }

  /** Nobody is left who would put the number back. */
  private static String scale(Workload workload, TargetLedger ledger) {
    return ledger
        .original()
        .filter(original -> !original.equals(workload.replicas()))
        .map(
            original ->
                " && kubectl -n %s scale %s --replicas=%d"
                    .formatted(namespace(workload), resource(workload), original))
        .orElse("");
  }

  private static String namespace(Workload workload) {
    return workload.object().getMetadata().getNamespace();
  }

  private static String resource(Workload workload) {
    return workload.ref().kind().name().toLowerCase(Locale.ROOT) + "/" + workload.ref().name();
  }
}
