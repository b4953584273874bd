package dev.backstep.restore;

import static dev.backstep.database.TestDatabase.SECRET;
import static dev.backstep.database.swap.TestRestore.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.restore.RestoreCheck;
import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.database.TestDatabase;
import dev.backstep.database.TestServer;
import dev.backstep.database.swap.Note;
import dev.backstep.database.swap.SideProven;
import dev.backstep.database.swap.TestRestore;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What stages of a restore say of a real server: who reads the data elsewhere is named before
 * people agree, and afterwards; and a server that is killed has said nothing of the data.
 */
class ServerStagesIT {
  private static TestServer server;

  private static final String CHECK = "SELECT count(*) FROM t";

  /** It takes longer than the server lives. */
  private static final String SLOWLY = "SELECT count(*) FROM t, pg_sleep(60)";

  private static final String ASKED = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'";

  private final TestRestore restore = new TestRestore(server).loaded();
  private final ProofStage proof =
      new ProofStage(new Verification(restore.looks()), restore.looks());

  @BeforeAll
  static void start() {
    server = TestServer.with("wal_level", "replica");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void close() {
    restore.close();
  }

  private Situation seen(String query) {
    var wanted =
        new DbRestoreAction(
            new DatabaseTarget(new Ref(SECRET), null),
            null,
            null,
            null,
            List.of(new RestoreCheck("said", query, "value == 1")),
            null);
    var scope = Scopes.of().with().author(TestDatabase.AUTHOR).build();
    return new Situation(wanted, scope, restore.names(), restore.seen());
  }

  private Step left() {
    return now(proof.left(seen(CHECK)));
  }

  private void proven() {
    var effect = (SideProven) left().effects().get(0);
    assertThat(restore.send(effect)).isInstanceOf(Outcome.Applied.class);
  }

  private void swapped() {
    assertThat(restore.send(restore.swap(), TestRestore.mark(3)))
        .isInstanceOf(Outcome.Applied.class);
  }

  /** The number that the server knows the live database by. */
  private String oid() {
    return restore
        .database()
        .rows("SELECT oid FROM pg_database WHERE datname = '%s'".formatted(restore.live()))
        .get(0);
  }

  @Test
  void serversThatFollowAreNamedWithWhatEndsTheirSessions() throws SQLException {
    var told =
        "Servers follow this one: replica1. Sessions with database %1$s there go on reading the data from before until they end; after the swap, on each of them: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datid = %2$s;"
            .formatted(restore.live(), oid());

    // when
    try (var follower = server.follower("replica1")) {
      assertThat(follower).isNotNull();
      proven();
    }

    // then
    assertThat(left().work().message()).contains("said 1 (now: 1)").endsWith(told);

    // when
    swapped();

    // then
    assertThat(seen(CHECK).replaced()).isTrue();
    assertThat(seen(CHECK).outcome()).endsWith(told);
  }

  @Test
  void whereNoServerFollowsNothingIsSaid() {
    proven();

    assertThat(left().work().message()).contains("said 1 (now: 1)").doesNotContain("follow");
  }

  private List<String> pins(TestRestore of, DbRestoreAction wanted) {
    var medium =
        new Server(
            of.looks(),
            null,
            new AsideStage(),
            new LoadStage(null, null, null),
            proof,
            new SwapStage(),
            new CheckStage(null),
            new Clearing(),
            new SwapBack(),
            new Expiry(),
            new SessionsStage(null, null));
    var scope = Scopes.of().with().author(TestDatabase.AUTHOR).build();
    var holder = scope.holder().with().claim(TestRestore.CLAIM).action(of.live()).build();
    return now(medium.pins(wanted, scope.withHolder(holder)));
  }

  @Test
  void whatPeopleAgreeToIsTheBackupThatWasProven() {
    // given
    var wanted = seen(CHECK).restore();
    restore.noted(
        restore.names().side(restore.live()),
        Note.State.Loaded,
        Map.of(Note.FILE, "orders.dump", Note.SHA256, "ab12"));

    // then
    assertThat(pins(restore, wanted)).hasSize(1);

    // when
    proven();

    // then
    assertThat(pins(restore, wanted))
        .hasSize(3)
        .contains(
            "backup orders.dump, sha256 ab12", "check said found 1 in it, and 1 in what is live");
  }

  @Test
  void whatIsNotKnownIsNotAgreedTo() {
    // given
    var wanted = seen(CHECK).restore();
    restore.secretSays(Map.of("port", "1"));

    // then
    assertThatThrownBy(() -> pins(restore, wanted)).hasStackTraceContaining("Nothing listens");
  }

  /** All that is restored belongs to the owner of the database. */
  @Test
  void whoElseOwnsAPartOfItIsNamed() {
    // given
    restore
        .database()
        .server()
        .asAdmin(
            restore.live(),
            "CREATE TABLE audited (id int); ALTER TABLE audited OWNER TO %s_app"
                .formatted(restore.live()));

    // when
    proven();

    // then
    assertThat(left().work().message())
        .contains("belong to %s_app (1), and in the restored one".formatted(restore.live()));
  }

  private static boolean isAsked() throws SQLException {
    try (var session = server.superuser("postgres");
        var statement = session.createStatement();
        var found = statement.executeQuery(ASKED)) {
      return found.next();
    }
  }

  /** What happens to a server, or to a session with it. */
  private interface Trouble {
    void comes() throws SQLException;
  }

  /** What a stage says when that comes while it is asked. */
  private Work said(RestoreStage<Situation> stage, Trouble trouble) throws SQLException {
    var left = stage.left(seen(SLOWLY)).toCompletableFuture();
    await().until(ServerStagesIT::isAsked);
    trouble.comes();
    return now(left).work();
  }

  private static void endSession() {
    server.asAdmin(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
  }

  /** Else it would be killed again and again, and the live data with it. */
  @Test
  void aServerThatDiesOfACheckIsNotAskedOnceMore() throws SQLException {
    // when
    var work = (Work.Impossible) said(proof, server::crash);

    // then
    assertThat(work.reason()).isEqualTo("VerificationFailed");
    assertThat(work.message()).contains("nothing is replaced", "check said could not be made");
    await().ignoreExceptions().until(restore::data, TestRestore.OLD_DATA::equals);
  }

  @Test
  void aServerThatIsAwayHasSaidNothingOfTheBackup() throws SQLException {
    // when
    var ended = said(proof, ServerStagesIT::endSession);
    var before = seen(CHECK);
    restore.secretSays(Map.of("port", "1"));
    var away = now(proof.left(before)).work();

    // then
    assertThat(ended).isInstanceOf(Work.Rolling.class);
    assertThat(away).isInstanceOf(Work.Rolling.class);
    assertThat(away.message()).contains("Nothing listens");

    // when
    restore.secretSays(Map.of());

    // then
    proven();
  }

  /** Else those who write would be kept off good data until somebody looks at it. */
  @Test
  void aServerThatIsAwayHasSaidNothingOfTheLiveData() throws SQLException {
    // given
    proven();
    swapped();
    var check = new CheckStage(new Verification(restore.looks()));

    // when
    var ended = said(check, ServerStagesIT::endSession);
    var before = seen(CHECK);
    restore.secretSays(Map.of("port", "1"));
    var away = now(check.left(before)).work();

    // then
    assertThat(ended).isInstanceOf(Work.Rolling.class);
    assertThat(away).isInstanceOf(Work.Rolling.class);

    // when
    restore.secretSays(Map.of());

    // then
    assertThat(now(check.left(seen(CHECK))).work())
        .isInstanceOf(Work.Observed.class)
        .extracting(Work::message)
        .asString()
        .contains("was replaced by orders.dump, and verified");
  }
}
