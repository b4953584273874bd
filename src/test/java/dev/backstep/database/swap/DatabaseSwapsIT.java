package dev.backstep.database.swap;

import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.swap.TestRestore.NEW_DATA;
import static dev.backstep.database.swap.TestRestore.NOT_AFTER;
import static dev.backstep.database.swap.TestRestore.OLD_DATA;
import static dev.backstep.database.swap.TestRestore.mark;
import static dev.backstep.database.swap.TestRestore.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.database.Identity;
import dev.backstep.database.Pooler;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Work;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Swapping databases on a real server, once, and back. */
class DatabaseSwapsIT {
  private final TestRestore restore = new TestRestore();

  @AfterEach
  void close() {
    restore.close();
  }

  private static String reason(Outcome outcome) {
    return outcome instanceof Outcome.Failed failed
        ? failed.problem().reason()
        : outcome.toString();
  }

  @Test
  void theNewOneIsLiveAndTheOldOneIsKept() throws SQLException {
    restore.asAdmin("COMMENT ON DATABASE %s IS 'the shop''s orders'".formatted(restore.live()));
    restore.proven();
    var swap = restore.swap();

    assertThat(restore.send(swap, mark(3)))
        .isEqualTo(
            Outcome.Applied.saying(
                "OID %d is live, OID %d is kept".formatted(swap.comes(), swap.database().oid())));

    assertThat(restore.data()).isEqualTo(NEW_DATA);
    assertThat(restore.states()).containsExactly("live - open", "old Kept closed");
    var seen = restore.seen();
    assertThat(seen.isLive(swap.comes())).isTrue();
    assertThat(seen.liveOne().orElseThrow().comment()).isEqualTo("the shop's orders");
    assertThat(seen.old().orElseThrow().note().orElseThrow().facts())
        .isEqualTo(
            Map.of(
                "was",
                restore.live(),
                "comment",
                "the shop's orders",
                "replacedBy",
                "" + swap.comes(),
                "file",
                "orders.dump"));
  }

  /**
   * A dump knows nothing of it, and nothing that hangs on the old tables is in the way of names.
   */
  @Test
  void aViewThatOnlyTheLiveDataHasStaysWithIt() throws SQLException {
    // given
    restore.database().has("CREATE VIEW v AS SELECT said FROM t");
    restore.proven();
    var swap = restore.swap();

    // when
    var swapped = restore.send(swap, mark(3));
    var data = restore.data();
    var back = restore.send(restore.back(swap), mark(4));

    // then
    assertThat(swapped).isInstanceOf(Outcome.Applied.class);
    assertThat(data).isEqualTo(NEW_DATA);
    assertThat(back).isInstanceOf(Outcome.Applied.class);
    assertThat(restore.database().rows("SELECT said FROM v")).containsExactly(OLD_DATA);
  }

  /** The sessions that its pooler keeps are ended, and it does not see that. */
  @Test
  void anApplicationBehindAPoolerGetsTheNewOne() throws Exception {
    restore.proven();
    try (var pooler = Pooler.before(restore.database(), "transaction", "server_login_retry = 1")) {
      restore.secretSays(Map.of());
      assertThat(pooled(pooler)).isEqualTo(OLD_DATA);

      assertThat(restore.send(restore.swap(), mark(3))).isInstanceOf(Outcome.Applied.class);

      await()
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(pooled(pooler)).isEqualTo(NEW_DATA));
    }
  }

  private String pooled(Pooler pooler) throws SQLException {
    var url =
        "jdbc:postgresql://127.0.0.1:%d/%s?sslmode=disable&prepareThreshold=0"
            .formatted(pooler.port(), restore.live());
    try (var connection = DriverManager.getConnection(url, restore.live(), "");
        var statement = connection.createStatement();
        var said = statement.executeQuery("SELECT said FROM t")) {
      said.next();
      return said.getString(1);
    }
  }

  @Test
  void aSecondExecutionIsRefused() throws SQLException {
    restore.proven();
    var swap = restore.swap();
    restore.send(swap, mark(3));

    assertThat(restore.send(swap, mark(3))).isEqualTo(new Outcome.Refused(null));
    assertThat(restore.data()).isEqualTo(NEW_DATA);
    assertThat(restore.states()).containsExactly("live - open", "old Kept closed");
  }

  @Test
  void whatIsNotProvenDoesNotGoLive() throws SQLException {
    restore.loaded();

    assertThat(restore.send(restore.swap(), mark(3))).isEqualTo(new Outcome.Refused(null));
    assertThat(restore.data()).isEqualTo(OLD_DATA);
  }

  @Test
  void whatSomebodyElsePutInItsPlaceStays() throws SQLException {
    restore.proven();
    var swap = restore.swap();
    var live = restore.live();
    restore.asAdmin("ALTER DATABASE %1$s RENAME TO %1$s_before".formatted(live));
    restore.asAdmin("CREATE DATABASE %1$s OWNER %1$s".formatted(live));

    assertThat(reason(restore.send(swap, mark(3)))).isEqualTo("ForeignState");
    assertThat(restore.states()).containsExactly("1 Verified open", "live - open");
  }

  @Test
  void anotherServerIsNotTouched() {
    restore.proven();
    var swap = restore.swap();
    var elsewhere =
        new DatabaseSwap(
            swap.databaseRef(),
            new Identity("1", swap.database().oid()),
            swap.live(),
            swap.names(),
            swap.comes(),
            false,
            swap.timeout(),
            null);

    assertThat(reason(restore.send(elsewhere, mark(3)))).isEqualTo("WrongServer");
    assertThat(restore.swaps().close(elsewhere, mark(3), true, AUTHOR, NOT_AFTER))
        .isInstanceOf(Outcome.Unknown.class);
    assertThat(restore.states()).containsExactly("1 Verified open", "live - open");
  }

  @Test
  void aSuperuserWhoStaysKeepsEverythingAsItWas() throws SQLException {
    restore.proven();
    try (var superuser = restore.database().server().superuser(restore.live());
        var application = restore.connection(restore.live(), restore.live() + "_app")) {
      var outcome = restore.send(restore.swap(), mark(3));

      assertThat(reason(outcome)).isEqualTo("SessionsRemain");
      assertThat(((Outcome.Failed) outcome).problem().message())
          .contains("1 of postgres (PostgreSQL JDBC Driver)")
          .contains("is as it was");
      assertThat(application.isValid(5)).isTrue();
      assertThat(superuser.isValid(5)).isTrue();
    }
    assertThat(restore.data()).isEqualTo(OLD_DATA);
    assertThat(restore.states()).containsExactly("1 Verified open", "live - open");
  }

  @Test
  void whatChangedSinceItWasProvenIsGivenToItToo() throws SQLException {
    restore.proven();
    restore.asAdmin("ALTER DATABASE %s CONNECTION LIMIT 7".formatted(restore.live()));
    restore.asAdmin("ALTER DATABASE %s SET work_mem = '5MB'".formatted(restore.live()));

    restore.send(restore.swap(), mark(3));

    assertThat(restore.data()).isEqualTo(NEW_DATA);
    assertThat(restore.database().rows("SHOW work_mem")).containsExactly("5MB");
    assertThat(
            restore
                .database()
                .rows("SELECT datconnlimit FROM pg_database WHERE datname = current_database()"))
        .containsExactly("7");
  }

  @Test
  void tooLateNothingIsDone() throws SQLException {
    restore.proven();
    restore.clock().pass(Duration.ofMinutes(2));

    assertThat(restore.send(restore.swap(), mark(3))).isInstanceOf(Outcome.NotSent.class);
    assertThat(restore.data()).isEqualTo(OLD_DATA);
  }

  @Test
  void theOldOneGoesLiveAgain() throws Exception {
    restore.asAdmin("COMMENT ON DATABASE %s IS 'ours'".formatted(restore.live()));
    restore.asAdmin("ALTER DATABASE %s CONNECTION LIMIT 9".formatted(restore.live()));
    restore.proven();
    var swap = restore.swap();
    restore.send(swap, mark(3));
    restore.asAdmin("COMMENT ON DATABASE %s IS 'since'".formatted(restore.live()));
    var sent = List.of(new Sent<>(swap, mark(3), new Outcome.Applied(null)));
    var step = now(restore.swaps().reverse(sent, List.of(), AUTHOR));
    var back = (DatabaseSwap) step.effects().get(0);

    assertThat(back.reverses()).isEqualTo(mark(3).text());
    assertThat(restore.send(back, mark(5))).isInstanceOf(Outcome.Applied.class);

    assertThat(restore.data()).isEqualTo(OLD_DATA);
    assertThat(restore.states()).containsExactly("live - open", "undone Undone closed");
    assertThat(restore.seen().liveOne().orElseThrow().comment()).isEqualTo("ours");
    assertThat(restore.seen().undone().orElseThrow().note().orElseThrow().facts())
        .containsEntry("comment", "since");
    assertThat(
            restore
                .database()
                .rows("SELECT datconnlimit FROM pg_database WHERE datname = current_database()"))
        .containsExactly("9");
    assertThat(now(restore.swaps().reverse(sent, List.of(), AUTHOR)).work())
        .isInstanceOf(Work.Observed.class);
  }

  @Test
  void anOldOneThatIsGoneDoesNotComeBack() {
    restore.proven();
    var swap = restore.swap();
    restore.send(swap, mark(3));
    restore.send(restore.drop(restore.names().old(restore.live())));
    var sent = List.of(new Sent<>(swap, mark(3), new Outcome.Applied(null)));

    assertThat(now(restore.swaps().reverse(sent, List.of(), AUTHOR)).work())
        .isInstanceOfSatisfying(
            Work.Drifted.class, it -> assertThat(it.message()).contains("it was dropped"));
  }

  @Test
  void aPreviewNamesWhoWouldBeDisconnected() throws SQLException {
    restore.proven();
    try (var application = restore.connection(restore.live(), restore.live() + "_app")) {
      assertThat(application.isValid(5)).isTrue();

      assertThat(restore.swaps().preview(restore.swap(), AUTHOR))
          .containsExactly(
              "%s -> %s".formatted(restore.live(), restore.names().old(restore.live())),
              "%s -> %s".formatted(restore.names().side(restore.live()), restore.live()),
              "sessions that would be ended: 1 of %s_app (PostgreSQL JDBC Driver)"
                  .formatted(restore.live()));
    }
  }

  @Test
  void aNameMayHaveAnythingInIt() {
    var odd = "%s_Odd \"name\", it's; --$$".formatted(restore.live());
    restore.asAdmin(
        "ALTER DATABASE %s RENAME TO \"%s\"".formatted(restore.live(), odd.replace("\"", "\"\"")));
    restore.secretSays(Map.of("dbname", odd));
    assertThat(restore.problems()).isEmpty();
    assertThat(restore.send(restore.creation())).isInstanceOf(Outcome.Applied.class);
    restore.noted(restore.names().side(odd), Note.State.Loaded, Map.of("file", "it's \"x\" \\ $$"));
    assertThat(restore.send(restore.proof())).isInstanceOf(Outcome.Applied.class);
    var swap = restore.swap();

    assertThat(restore.send(swap, mark(3))).isInstanceOf(Outcome.Applied.class);

    assertThat(restore.states()).containsExactly("live - open", "old Kept closed");
    assertThat(restore.seen().old().orElseThrow().note().orElseThrow().facts())
        .containsEntry("was", odd)
        .containsEntry("file", "it's \"x\" \\ $$");
    assertThat(restore.send(restore.back(swap), mark(4))).isInstanceOf(Outcome.Applied.class);
    assertThat(restore.send(restore.drop(restore.names().undone(odd))))
        .isInstanceOf(Outcome.Applied.class);
    assertThat(restore.states()).containsExactly("live - open");
  }

  /** Two leaders, each of whom believes to be the one. */
  @Test
  void ofTwoAtTheSameTimeOneSwaps() throws Exception {
    restore.proven();
    var swap = restore.swap();
    var others = restore.swaps(restore.clock());
    var one = CompletableFuture.supplyAsync(() -> restore.send(swap, mark(3)));
    var other = CompletableFuture.supplyAsync(() -> others.send(swap, mark(3), AUTHOR, NOT_AFTER));

    assertThat(List.of(one.get(20, TimeUnit.SECONDS), other.get(20, TimeUnit.SECONDS)))
        .haveExactly(1, new Condition<>(Outcome.Applied.class::isInstance, "applied"))
        .haveExactly(1, new Condition<>(Outcome.Refused.class::isInstance, "refused"));
    assertThat(restore.data()).isEqualTo(NEW_DATA);
    assertThat(restore.states()).containsExactly("live - open", "old Kept closed");
  }

  /** One takes over and gives up while the other one is at it: one of both is what happened. */
  @RepeatedTest(10)
  void whoGivesUpAndWhoGoesOnAgree() throws Exception {
    restore.proven();
    var swap = restore.swap();
    var others = restore.swaps(restore.clock());
    var sent = CompletableFuture.supplyAsync(() -> sent(others, swap));

    // Who sends may open one more session while the others are ended: then it is closed again.
    var outcome =
        await()
            .pollDelay(Duration.ZERO)
            .until(() -> closed(swap), Optional::isPresent)
            .orElseThrow();
    sent.get(20, TimeUnit.SECONDS);
    assertThat(restore.data()).isEqualTo(outcome instanceof Outcome.Applied ? NEW_DATA : OLD_DATA);
    assertThat(outcome).isInstanceOfAny(Outcome.Applied.class, Outcome.Refused.class);
  }

  private static Optional<Outcome> sent(DatabaseSwaps swaps, DatabaseSwap swap) {
    return known(() -> swaps.send(swap, mark(3), AUTHOR, NOT_AFTER));
  }

  private Optional<Outcome> closed(DatabaseSwap swap) {
    return known(() -> restore.swaps().close(swap, mark(3), false, AUTHOR, NOT_AFTER));
  }

  private static Optional<Outcome> known(Supplier<Outcome> outcome) {
    try {
      return Optional.of(outcome.get());
    } catch (NotKnownException e) {
      return Optional.empty();
    }
  }
}
