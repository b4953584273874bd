package dev.backstep.synccontrol.gather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.cluster.LedgerEntry;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class HoldersNowTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final HoldersNow holders = new HoldersNow(namespace -> (entry, target) -> true);

  private static LedgerEntry taken(String action, int second) {
    return LedgerEntry.taken(
        "bs-run-7", "RollbackPlan", "shop", "INC-1", action, 0, NOON.plusSeconds(second));
  }

  private static SyncControl cloud(LedgerEntry... entries) {
    var metadata = new ObjectMetaBuilder().withNamespace("shop").withName("cloud");
    for (var entry : entries) {
      metadata.addToAnnotations(entry.key(), entry.value());
    }
    var cloud = new SyncControl();
    cloud.setMetadata(metadata.build());
    return cloud;
  }

  /** Two of three are being given back: nothing changed for anybody who looks. */
  @Test
  void keepTheirOrderWhileTheirEntriesGo() {
    // given
    var first = taken("first", 1);
    var before = holders.of(cloud(taken("third", 3), first, taken("second", 2)), List.of());

    // when
    var now = holders.of(cloud(first), before);

    // then
    assertThat(before).hasSize(3);
    assertThat(now).isEqualTo(before);
  }
}
