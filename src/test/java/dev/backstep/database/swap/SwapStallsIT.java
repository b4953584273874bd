package dev.backstep.database.swap;

import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.swap.TestRestore.NEW_DATA;
import static dev.backstep.database.swap.TestRestore.NOT_AFTER;
import static dev.backstep.database.swap.TestRestore.OLD_DATA;
import static dev.backstep.database.swap.TestRestore.mark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backstep.database.TestServer;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process stands still between the renames and the commit, and keeps everybody out; its session
 * lives on. It goes on when all is over, and must not have its way then.
 */
class SwapStallsIT {
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final TestServer server = TestServer.with("synchronous_commit", "off");
  private final TestRestore restore = new TestRestore(server);
  private final StallingClock clock = new StallingClock();
  private DatabaseSwap swap;
  private CompletableFuture<Outcome> stalled;

  @AfterEach
  void close() {
    clock.goOn();
    restore.close();
    server.close();
  }

  /** Stands still when it is asked for the second time: right before the commit. */
  private static final class StallingClock extends Clock {
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch goesOn = new CountDownLatch(1);

    @Override
    public Instant instant() {
      if (asked.incrementAndGet() == 2) {
        reached.countDown();
        awaitLatch(goesOn);
      }
      return TestRestore.NOW;
    }

    void awaitReached() {
      awaitLatch(reached);
    }

    void goOn() {
      goesOn.countDown();
    }

    private static void awaitLatch(CountDownLatch latch) {
      try {
        assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private void stall() {
    restore.proven();
    swap = restore.swap();
    stalled =
        CompletableFuture.supplyAsync(
            () -> restore.swaps(clock).send(swap, mark(3), AUTHOR, NOT_AFTER));
    clock.awaitReached();
  }

  private Outcome closed(boolean wanted) {
    return restore.swaps().close(swap, mark(3), wanted, AUTHOR, NOT_AFTER);
  }

  /** The process goes on, and finds that its session is gone. */
  private void assertLost() {
    clock.goOn();
    assertThatThrownBy(() -> stalled.get(20, TimeUnit.SECONDS))
        .hasCauseInstanceOf(NotKnownException.class);
  }

  @Test
  void whoGoesSilentKeepsPeopleOutForThreeSeconds() throws SQLException {
    stall();

    await().atMost(LONGEST).untilAsserted(() -> assertThat(restore.data()).isEqualTo(OLD_DATA));

    assertLost();
    assertThat(restore.states()).containsExactly("1 Verified open", "live - open");
    assertThat(closed(false)).isEqualTo(new Outcome.Refused(null));
    assertThat(restore.data()).isEqualTo(OLD_DATA);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoTakesOverEndsItsSession(boolean wanted) throws SQLException {
    stall();

    var outcome = closed(wanted);

    assertThat(outcome).isInstanceOf(wanted ? Outcome.Applied.class : Outcome.Refused.class);
    assertThat(restore.data()).isEqualTo(wanted ? NEW_DATA : OLD_DATA);
    assertLost();
    assertThat(restore.data()).isEqualTo(wanted ? NEW_DATA : OLD_DATA);
  }

  /** This server forgets commits when it dies, but not those of a restore. */
  @Test
  void theServerIsKilledWithIt() throws Exception {
    stall();

    ProcessHandle.of(process()).orElseThrow().destroyForcibly();

    await()
        .atMost(LONGEST)
        .ignoreExceptionsInstanceOf(SQLException.class)
        .untilAsserted(() -> assertThat(restore.data()).isEqualTo(OLD_DATA));
    assertLost();
    assertThat(restore.states()).containsExactly("1 Verified open", "live - open");
    assertThat(closed(true)).isInstanceOf(Outcome.Applied.class);
    assertThat(restore.data()).isEqualTo(NEW_DATA);
  }

  /** The server's process that stands still. */
  private long process() throws SQLException {
    try (var admin = server.superuser("postgres");
        var statement = admin.createStatement();
        var found =
            statement.executeQuery(
                "SELECT pid FROM pg_stat_activity WHERE application_name = '%s' AND state = 'idle in transaction'"
                    .formatted(SwapSessions.application(mark(3))))) {
      assertThat(found.next()).isTrue();
      return found.getLong(1);
    }
  }
}
