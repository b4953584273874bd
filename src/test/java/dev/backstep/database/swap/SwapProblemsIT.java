package dev.backstep.database.swap;

import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.TestDatabase.PASSWORD;
import static dev.backstep.database.TestDatabase.SECRET;
import static dev.backstep.database.swap.TestRestore.NEW_DATA;
import static dev.backstep.database.swap.TestRestore.OLD_DATA;
import static dev.backstep.database.swap.TestRestore.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.backstep.api.v1alpha1.value.Query;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.database.Identity;
import dev.backstep.database.OwnDatabase;
import dev.backstep.database.Pooler;
import dev.backstep.database.QueryAnswer;
import dev.backstep.database.TestServer;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** What keeps a database from being swapped, found before anything is done: each has a name. */
class SwapProblemsIT {
  private static TestServer server;

  private final TestRestore restore = new TestRestore(server);
  private final String live = restore.live();

  @BeforeAll
  static void start() {
    server =
        TestServer.with(
            Map.of(
                "wal_level", "logical", "max_prepared_transactions", "5", "max_connections", "40"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void close() {
    restore.close();
  }

  private void assertProblem(String reason, String... parts) {
    var problems = restore.problems();
    assertThat(problems).extracting(Problem::reason).containsExactly(reason);
    assertThat(problems.get(0).message()).contains(parts);
  }

  @Test
  void nothingKeepsIt() {
    assertThat(restore.problems()).isEmpty();
    restore.loaded();
    assertThat(restore.problems()).isEmpty();
  }

  @Test
  void itsUserMayNotMakeDatabases() {
    restore.asAdmin("ALTER ROLE %s_admin NOCREATEDB".formatted(live));

    assertProblem("RestoreNeedsCreatedb", "ALTER ROLE \"%s_admin\" CREATEDB;".formatted(live));
  }

  @Test
  void itsUserMayNotActForTheOwner() {
    restore.asAdmin("REVOKE %1$s FROM %1$s_admin".formatted(live));

    assertProblem("RestoreNeedsOwner", "GRANT \"%1$s\" TO \"%1$s_admin\";".formatted(live));
  }

  @Test
  void itsUserIsAMemberWhoInheritsNothing() {
    restore.asAdmin("GRANT %1$s TO %1$s_admin WITH INHERIT FALSE".formatted(live));

    assertProblem("RestoreNeedsOwner", "may not act for %s".formatted(live));
  }

  @Test
  void itsUserMayNotGiveTheOwnerAnything() {
    restore.asAdmin("GRANT %1$s TO %1$s_admin WITH SET FALSE".formatted(live));

    assertProblem("RestoreNeedsOwner", "may not act for %s".formatted(live));
  }

  @Test
  void itsUserMayNotEndSessions() {
    restore.asAdmin("REVOKE pg_signal_backend FROM %s_admin".formatted(live));

    assertProblem("RestoreNeedsSignal", "GRANT pg_signal_backend TO \"%s_admin\";".formatted(live));
  }

  @Test
  void itsUserIsASuperuser() {
    restore.asAdmin("ALTER ROLE %s_admin SUPERUSER".formatted(live));

    assertProblem("RestoreAsSuperuser", "would be executed as one", "LOGIN CREATEDB");
  }

  @Test
  void itsUserMayReadTheServersFiles() {
    restore.asAdmin("GRANT pg_read_server_files TO %s_admin".formatted(live));

    assertProblem("RestoreAsSuperuser", "is as mighty as a superuser");
  }

  @Test
  void itsNameIsTooLong() {
    var name = "o".repeat(Names.longestLive() + 1);
    restore.asAdmin("CREATE DATABASE %s OWNER %s".formatted(name, live));
    restore.secretSays(Map.of("dbname", name));

    assertProblem("RestoreNameTooLong", "it may have 45 bytes");
    restore.asAdmin("DROP DATABASE %s".formatted(name));
  }

  @Test
  void aTransactionIsPrepared() {
    restore.in(live, "BEGIN; CREATE TABLE x (); PREPARE TRANSACTION 'half done'");

    assertProblem("RestorePreparedTransactions", ": half done.");
    restore.in(live, "ROLLBACK PREPARED 'half done'");
  }

  @Test
  void somebodyReadsItsChanges() throws SQLException {
    restore
        .database()
        .server()
        .asAdmin(
            live,
            "SELECT pg_create_logical_replication_slot('cdc_%1$s', 'test_decoding')"
                .formatted(live));

    assertProblem("RestoreReplicationSlots", ": cdc_%s.".formatted(live));
    restore.asAdmin("SELECT pg_drop_replication_slot('cdc_%s')".formatted(live));
  }

  /** Nobody knows when it was made: the check that counts is the one in the swap itself. */
  @Test
  void whoBeginsToReadItsChangesRightBeforeTheSwapKeepsItFromIt() throws SQLException {
    restore.proven();
    var swap = restore.swap();
    server.asAdmin(
        live,
        "SELECT pg_create_logical_replication_slot('cdc_%s', 'test_decoding')".formatted(live));

    assertThat(restore.send(swap, TestRestore.mark(3)))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            it -> assertThat(it.problem().reason()).isEqualTo("RestoreReplicationSlots"));

    assertThat(restore.data()).isEqualTo(OLD_DATA);
    restore.asAdmin("SELECT pg_drop_replication_slot('cdc_%s')".formatted(live));
    assertThat(restore.send(swap, TestRestore.mark(4))).isInstanceOf(Outcome.Applied.class);
    assertThat(restore.data()).isEqualTo(NEW_DATA);
  }

  @Test
  void itSubscribesToAnother() {
    restore
        .database()
        .server()
        .asAdmin(
            live,
            "CREATE SUBSCRIPTION stock_%1$s CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false)"
                .formatted(live));

    assertProblem("RestoreSubscriptions", ": stock_%s.".formatted(live));
    restore
        .database()
        .server()
        .asAdmin(live, "ALTER SUBSCRIPTION stock_%1$s SET (slot_name = NONE)".formatted(live));
    restore.database().server().asAdmin(live, "DROP SUBSCRIPTION stock_%1$s".formatted(live));
  }

  @Test
  void aSettingThatOnlyASuperuserGives() {
    restore.asAdmin("ALTER DATABASE %s SET log_min_duration_statement = 100".formatted(live));

    assertProblem(
        "RestoreSettingNotCopied",
        "setting log_min_duration_statement of database %s".formatted(live),
        "GRANT SET ON PARAMETER log_min_duration_statement TO \"%s_admin\";".formatted(live));
    restore.asAdmin(
        "GRANT SET ON PARAMETER log_min_duration_statement TO %s_admin".formatted(live));
    assertThat(restore.problems()).isEmpty();
    restore.proven();
  }

  @Test
  void aSettingOfARoleThatOnlySomebodyElseGives() {
    restore.asAdmin("ALTER ROLE %1$s_app IN DATABASE %1$s SET work_mem = '5MB'".formatted(live));

    assertProblem(
        "RestoreSettingNotCopied",
        "setting work_mem of role %s_app".formatted(live),
        "GRANT \"%1$s_app\" TO \"%1$s_admin\" WITH ADMIN OPTION;".formatted(live));
    restore.asAdmin("ALTER ROLE %s_admin CREATEROLE".formatted(live));
    restore.asAdmin("GRANT %1$s_app TO %1$s_admin WITH ADMIN OPTION".formatted(live));
    assertThat(restore.problems()).isEmpty();
  }

  @Test
  void aRightThatAnotherGranted() {
    restore.asAdmin("GRANT CONNECT ON DATABASE %1$s TO %1$s_app WITH GRANT OPTION".formatted(live));
    restore.asAdmin("CREATE ROLE %s_other".formatted(live));
    restore.asAdmin(
        "SET ROLE %1$s_app; GRANT CONNECT ON DATABASE %1$s TO %1$s_other".formatted(live));

    assertProblem("RestoreGrantsOfOthers", ": %s_app.".formatted(live));
  }

  @Test
  void itIsATemplate() {
    restore.asAdmin("ALTER DATABASE %s IS_TEMPLATE true".formatted(live));

    assertProblem("RestoreOfTemplate", "IS_TEMPLATE false;");
    restore.asAdmin("ALTER DATABASE %s IS_TEMPLATE false".formatted(live));
  }

  @Test
  void itTakesNoConnections() {
    restore.asAdmin("ALTER DATABASE %s ALLOW_CONNECTIONS false".formatted(live));

    assertProblem("DatabaseClosed", "ALLOW_CONNECTIONS true;");
  }

  @Test
  void itIsTheOneFromWhichItWouldBeRenamed() {
    restore.secretSays(Map.of("maintenance", live));

    assertProblem(
        "RestoreInMaintenance", "Let key maintenance of Secret shop/orders-db name another");
  }

  @Test
  void theMaintenanceDatabaseIsNotThere() {
    restore.secretSays(Map.of("maintenance", "nowhere"));

    assertProblem("DatabaseMissing", "Correct maintenance in Secret shop/orders-db.");
  }

  @Test
  void itIsNotThere() {
    restore.secretSays(Map.of("dbname", "nowhere"));

    assertProblem("DatabaseMissing", "Correct dbname in Secret shop/orders-db.");
  }

  @Test
  void theDiskHasNoSpaceForASecondOne() {
    restore.secretSays(Map.of("diskSize", "1Mi"));
    assertProblem("RestoreNeedsSpace", live, "disk has 1024 kB", "Secret shop/orders-db");

    restore.secretSays(Map.of("diskSize", "100Gi"));
    assertThat(restore.problems()).isEmpty();

    restore.secretSays(Map.of("diskSize", "much"));
    assertProblem("SecretInvalid", "Key diskSize of Secret shop/orders-db");
  }

  @Test
  void whatIsThereAlreadyNeedsNoMoreSpace() {
    restore.loaded();
    restore.secretSays(Map.of("diskSize", "1Mi"));

    assertThat(restore.problems()).isEmpty();
  }

  @Test
  void itsNamesAreTaken() {
    var old = restore.names().old(live);
    restore.asAdmin("CREATE DATABASE %s".formatted(old));

    assertProblem("RestoreNameTaken", "DROP DATABASE \"%s\";".formatted(old));
  }

  /** A process that died between two steps left it, and the next one finishes it. */
  @Test
  void oneOfItsOwnThatSaysNothingYetIsInNobodysWay() {
    restore.asAdmin("CREATE DATABASE %s OWNER %s".formatted(restore.names().side(live), live));

    assertThat(restore.problems()).isEmpty();
    restore.made();
  }

  @Test
  void theJournalIsInIt() {
    var journal = new PGSimpleDataSource();
    journal.setPortNumbers(new int[] {server.port()});
    journal.setServerNames(new String[] {"127.0.0.2"});
    journal.setDatabaseName(live);
    journal.setUser(live);
    journal.setPassword(PASSWORD);
    var looks = restore.looks(new OwnDatabase(Optional.of(() -> journal)));

    assertThat(now(looks.preflight(SECRET, AUTHOR, restore.names())))
        .extracting(Problem::reason)
        .containsExactly("RestoreOfJournal");
    journal.setDatabaseName("postgres");
    journal.setUser("postgres");
    assertThat(now(looks.preflight(SECRET, AUTHOR, restore.names()))).isEmpty();
    journal.setPortNumbers(new int[] {1});
    assertThat(now(looks.preflight(SECRET, AUTHOR, restore.names()))).isEmpty();
  }

  @Test
  void itIsOnAStandby() {
    try (var standby = TestServer.standby()) {
      restore.secretSays(Map.of("port", "" + standby.port(), "user", "postgres"));

      assertProblem("DatabaseStandby", "name the primary");
    }
  }

  @Test
  void itIsBehindAPoolerInTransactionMode() throws Exception {
    var maintenance =
        "[databases]\npostgres = host=127.0.0.1 port=%d dbname=postgres user=%s password='%s'"
            .formatted(server.port(), live, PASSWORD);
    try (var pooler = Pooler.before(restore.database(), "transaction", maintenance)) {
      restore.secretSays(Map.of("port", "" + pooler.port(), "user", live));

      assertProblem("DatabasePooled", "name the server itself");
    }
  }

  @Test
  void whoIsConnectedIsSeen() throws SQLException {
    var oid = restore.seen().liveOne().orElseThrow().oid();
    assertThat(now(restore.looks().sessions(SECRET, AUTHOR, oid))).isEmpty();
    try (var superuser = server.superuser(live);
        var one = restore.connection(live, live + "_app");
        var two = restore.connection(live, live + "_app")) {
      assertThat(List.of(superuser, one, two)).doesNotContainNull();

      assertThat(now(restore.looks().sessions(SECRET, AUTHOR, oid)))
          .containsExactly(
              new OtherSession("postgres", "PostgreSQL JDBC Driver", Optional.empty(), 1, false),
              new OtherSession(live + "_app", "PostgreSQL JDBC Driver", Optional.empty(), 2, true));
      restore.asAdmin("GRANT pg_monitor TO %s_admin".formatted(live));
      assertThat(now(restore.looks().sessions(SECRET, AUTHOR, oid)))
          .extracting(OtherSession::address)
          .containsOnly(Optional.of("127.0.0.1"));
    }
  }

  @Test
  void whoOnlyLooksDoesNotWrite() throws SQLException {
    restore.asAdmin("GRANT CONNECT ON DATABASE %s TO PUBLIC".formatted(live));
    try (var superuser = server.superuser(live);
        var owner = restore.connection(live, live);
        var reader = restore.connection(live, live + "_app");
        var own = restore.connection(live, live)) {
      assertThat(List.of(superuser, owner, reader)).doesNotContainNull();
      own.setClientInfo("ApplicationName", "backstep 1f");

      assertThat(now(restore.looks().writers(SECRET, AUTHOR)))
          .extracting(OtherSession::user, OtherSession::count, OtherSession::endable)
          .containsExactly(tuple("postgres", 1, false), tuple(live, 1, true));
      restore.in(live, "GRANT UPDATE ON t TO %s_app".formatted(live));
      assertThat(now(restore.looks().writers(SECRET, AUTHOR)))
          .extracting(OtherSession::user)
          .containsExactly("postgres", live, live + "_app");
    }
  }

  @Test
  void theServersThatFollowAreSeen() throws SQLException {
    assertThat(now(restore.looks().followers(SECRET, AUTHOR))).isEmpty();
    try (var follower = server.follower("replica1")) {
      assertThat(follower).isNotNull();

      assertThat(now(restore.looks().followers(SECRET, AUTHOR))).containsExactly("replica1");
    }
  }

  private QueryAnswer asked(String sql, String name, Identity expected) {
    var query = new Query(new Ref(SECRET), sql, "value == 'good'", null, "5s");
    return now(restore.looks().query(query, AUTHOR, Map.of(), name, expected));
  }

  @Test
  void eachDatabaseIsAskedByItsName() {
    restore.loaded();
    var seen = restore.seen();
    var side = seen.side().orElseThrow();
    var ofSide = new Identity(seen.system(), side.oid());

    assertThat(asked("SELECT said FROM t", side.name(), ofSide).value()).isEqualTo(NEW_DATA);
    assertThat(asked("SELECT said FROM t", live, seen.identity()).value()).isEqualTo(OLD_DATA);
  }

  @Test
  void anotherOneOfTheNameIsNotAsked() {
    restore.loaded();
    var seen = restore.seen();
    var side = seen.side().orElseThrow();

    assertThatThrownBy(
            () -> asked("SELECT said FROM t", live, new Identity(seen.system(), side.oid())))
        .hasRootCauseInstanceOf(ProblemException.class)
        .hasMessageContaining("is not the database that was looked at before");
    assertThatThrownBy(
            () -> asked("DROP TABLE t", side.name(), new Identity(seen.system(), side.oid())))
        .hasMessageContaining("read-only");
  }

  @Test
  void theOldOneAnswersNothing() {
    restore.swapped();
    var seen = restore.seen();
    var old = seen.old().orElseThrow();

    assertThatThrownBy(
            () -> asked("SELECT said FROM t", old.name(), new Identity(seen.system(), old.oid())))
        .hasMessageContaining("takes no connections");
  }
}
