package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A hold says on its target whose it is. */
class LedgerEntryTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private static LedgerEntry read(String value) {
    return LedgerEntry.read("backstep.dev/held-by.bs-run-1.01234567", value, 2);
  }

  @Test
  void anEntryIsReadAsItWasWritten() {
    // given
    var entry = LedgerEntry.taken("bs-run-1", "SyncControl", "orders", "s-1", "workers", 0, NOON);

    // then
    assertThat(LedgerEntry.read(entry.key(), entry.value(), 2)).isEqualTo(entry);
  }

  @Test
  void aHumanIsToldOfWhichKindTheHolderIs() {
    // given
    var entry = LedgerEntry.taken("bs-run-1", "SyncControl", "orders", "s-1", "workers", 0, NOON);

    // then
    assertThat(entry.holder())
        .isEqualTo("run s-1 of SyncControl orders (action workers) since 2026-01-01T12:00:00Z");
  }

  @Test
  void anEntryWithoutAKindIsOfAPlan() {
    // when
    var entry = read("web/INC-1/stop/0/2026-01-01T12:00:00Z");

    // then
    assertThat(entry.kind()).isEqualTo("RollbackPlan");
    assertThat(entry.name()).contains("web");
    assertThat(entry.holder())
        .isEqualTo("run INC-1 of RollbackPlan web (action stop) since 2026-01-01T12:00:00Z");
  }

  @Test
  void anEntryWithoutANumberIsOfAPlanAsWell() {
    // when
    var entry = read("INC-1/stop");

    // then
    assertThat(entry.replicas()).isEqualTo(2);
    assertThat(entry.holder()).isEqualTo("run INC-1 (action stop)");
    assertThat(entry.kind()).isEqualTo("RollbackPlan");
  }
}
