package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A holder may be of any kind. */
class AllHoldersTest {
  private static final WorkloadRef WORKER = new WorkloadRef(WorkloadKind.Deployment, "worker");

  /** Knows the holders with this claim, in one namespace. */
  private static Holders knows(String claim) {
    return namespace -> (entry, target) -> namespace.equals("shop") && entry.claim().equals(claim);
  }

  private static boolean exists(String namespace, String claim) {
    var entry = LedgerEntry.taken(claim, "RollbackPlan", "web", "INC-1", "stop", 0, Instant.EPOCH);
    return new AllHolders(List.of(knows("bs-run-plan"), knows("bs-run-sync")))
        .in(namespace)
        .exists(entry, WORKER.toString());
  }

  @Test
  void oneThatAnyKindKnowsExists() {
    assertThat(exists("shop", "bs-run-plan")).isTrue();
    assertThat(exists("shop", "bs-run-sync")).isTrue();
  }

  @Test
  void oneThatNoKindKnowsDoesNot() {
    assertThat(exists("shop", "bs-run-gone")).isFalse();
    assertThat(exists("other", "bs-run-plan")).isFalse();
  }
}
