package dev.backstep.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.PlanFacts;
import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.restore.RestoreSource;
import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How old a backup may be. */
class SourcesTest {
  private static final Instant SINCE = Instant.parse("2026-11-21T14:05:00Z");
  private static final Instant NOW = SINCE.plus(Duration.ofHours(3));

  private static Seen seen(String maxDataLoss, Instant troubleSince) {
    var restore =
        new DbRestoreAction(
            new DatabaseTarget(null, new DatabaseTarget.Sqlite("data", "app.db", null)),
            new RestoreSource(null, "daily.dump", null, null, null, maxDataLoss),
            null,
            null,
            List.of(),
            null);
    var scope =
        Scopes.of().with().now(NOW).facts(PlanFacts.NONE.withTroubleSince(troubleSince)).build();
    return new FileSeen(restore, scope, Map.of(), false, false, false, false);
  }

  @Test
  void whatMayBeLostIsCountedFromWhenTheTroubleBegan() {
    assertThat(Sources.notOlderThan(seen("26h", SINCE)))
        .contains(SINCE.minus(Duration.ofHours(26)));
  }

  @Test
  void whereNobodySaysSinceWhenItIsCountedFromNow() {
    assertThat(Sources.notOlderThan(seen("26h", null))).contains(NOW.minus(Duration.ofHours(26)));
  }

  @Test
  void whereNothingIsSaidItMayBeAsOldAsItIs() {
    assertThat(Sources.notOlderThan(seen(null, SINCE))).isEmpty();
  }
}
