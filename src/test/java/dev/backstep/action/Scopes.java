package dev.backstep.action;

import dev.backstep.api.v1alpha1.status.StableRevision;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.effect.Author;
import dev.backstep.runbook.ItemAnswers;
import dev.backstep.stable.Baseline;
import dev.backstep.testing.Workloads;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What an action in a run of namespace shop may know. */
public final class Scopes {
  /** When the run entered the level. */
  public static final Instant SINCE = Instant.parse("2026-11-21T12:00:00Z");

  private Scopes() {}

  /** Action {@code back} of the run with claim bs-run-1. */
  public static ActionScope of(WorkloadLookup workloads) {
    return of(workloads, List.of(), null, null);
  }

  /** As {@link #of(WorkloadLookup)}, with what was proven good and what ran at the start. */
  public static ActionScope of(
      WorkloadLookup workloads,
      List<StableRevision> stable,
      Instant troubleSince,
      Baseline baseline) {
    return scope(workloads, stable, troubleSince, baseline, ItemAnswers.NONE);
  }

  /** Without workloads, with what humans answered. */
  public static ActionScope of(ItemAnswers answers) {
    return scope(Workloads.of(), List.of(), null, null, answers);
  }

  private static ActionScope scope(
      WorkloadLookup workloads,
      List<StableRevision> stable,
      Instant troubleSince,
      Baseline baseline,
      ItemAnswers answers) {
    return new ActionScope(
        new Author("shop", "runner"),
        "web",
        SINCE.plusSeconds(60),
        "INC-1",
        "bs-run-1",
        "back",
        "rollBack",
        SINCE,
        troubleSince,
        Map.of(),
        Duration.ofMinutes(10),
        1,
        List.of(),
        List.of(),
        stable,
        baseline,
        workloads,
        (entry, target) -> true,
        answers);
  }
}
