package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.status.Hold;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a target says about who holds it. Each run wants the number of its newest entry, and the
 * target has the smallest number that a run wants: between runs nobody raises what another keeps
 * lower.
 *
 * @param entries the holds, in the order in which they were taken
 * @param original the number of replicas before the first of them
 * @param found a later number that somebody else had set when a further hold was taken: then nobody
 *     but a human knows which of the two is to come back
 */
public record TargetLedger(
    List<LedgerEntry> entries, Optional<Integer> original, Optional<Integer> found) {

  /** What is written on a workload; an entry without a number wants the one there is. */
  public static TargetLedger of(Workload workload) {
    return of(workload, workload.replicas() == null ? 0 : workload.replicas());
  }

  /**
   * What is written on a workload.
   *
   * @param otherwise what an entry wants that does not say it
   */
  public static TargetLedger of(Workload workload, int otherwise) {
    var annotations = Annotations.of(workload.object());
    return new TargetLedger(
        LedgerEntry.on(workload.object(), otherwise),
        number(annotations, Annotations.HELD_REPLICAS),
        number(annotations, Annotations.FOUND_REPLICAS));
  }

  /**
   * What an entry says of a hold that no status knows.
   *
   * @param type what kind of action took it
   */
  public static Hold hold(Workload workload, LedgerEntry entry, String type) {
    return new Hold(
        entry.run(),
        entry.claim(),
        entry.action(),
        type,
        workload.ref().kind().name(),
        workload.ref().name(),
        String.valueOf(of(workload).original().orElse(workload.replicas())),
        String.valueOf(entry.replicas()),
        entry.since().orElse(Instant.EPOCH));
  }

  private static Optional<Integer> number(Map<String, String> annotations, String key) {
    return Optional.ofNullable(annotations.get(key))
        .filter(text -> text.matches("\\d{1,9}"))
        .map(Integer::valueOf);
  }

  /** True when nobody holds the target. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** The entry of an action of a run. */
  public Optional<LedgerEntry> find(String claim, String action) {
    return entries.stream().filter(entry -> entry.isOf(claim, action)).findFirst();
  }

  /** The newest entry of a run: the only one of that run whose number counts. */
  public Optional<LedgerEntry> newest(String claim) {
    return newestOfEach().filter(entry -> entry.claim().equals(claim)).findFirst();
  }

  /** The entry that decides about the number; empty: there is none. */
  public Optional<LedgerEntry> deciding() {
    return newestOfEach().min(Comparator.comparingInt(LedgerEntry::replicas));
  }

  private Stream<LedgerEntry> newestOfEach() {
    return entries.stream()
        .collect(Collectors.toMap(LedgerEntry::claim, Function.identity(), (older, newer) -> newer))
        .values()
        .stream()
        .sorted(Comparator.comparing(LedgerEntry::time).thenComparing(LedgerEntry::key));
  }

  /** True when at least one entry wants this number; another one was set by somebody else. */
  public boolean wants(int replicas) {
    return entries.stream().anyMatch(entry -> entry.replicas() == replicas);
  }

  /** Without the entry of an action of a run. */
  public TargetLedger without(String claim, String action) {
    return only(entry -> !entry.isOf(claim, action));
  }

  /** Without the entries of a run. */
  public TargetLedger without(String claim) {
    return only(entry -> !entry.claim().equals(claim));
  }

  private TargetLedger only(Predicate<LedgerEntry> which) {
    return new TargetLedger(entries.stream().filter(which).toList(), original, found);
  }
}
