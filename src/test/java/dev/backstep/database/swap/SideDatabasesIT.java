package dev.backstep.database.swap;

import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.swap.TestRestore.NOT_AFTER;
import static dev.backstep.database.swap.TestRestore.OLD_DATA;
import static dev.backstep.database.swap.TestRestore.mark;
import static dev.backstep.database.swap.TestRestore.now;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Work;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Databases beside the live one: made like it, given what it has, and dropped. */
class SideDatabasesIT {
  private final TestRestore restore = new TestRestore();
  private final String live = restore.live();
  private final String side = restore.names().side(live);

  @AfterEach
  void close() {
    restore.close();
  }

  private static String reason(Outcome outcome) {
    return outcome instanceof Outcome.Failed failed
        ? failed.problem().reason()
        : ((Outcome.NotSent) outcome).problem().reason();
  }

  private List<String> likeness(String name) {
    return restore
        .database()
        .rows(
            "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype, datlocprovider, datlocale, daticurules, datconnlimit FROM pg_database WHERE datname = '%s'"
                .formatted(name));
  }

  @Test
  void itIsMadeLikeTheLiveOneAndNobodyElseMayConnect() {
    assertThat(restore.send(restore.creation())).isInstanceOf(Outcome.Applied.class);

    assertThat(likeness(side)).isEqualTo(likeness(live)).hasSize(1);
    assertThat(restore.mayConnect(side)).isFalse();
    assertThat(restore.mayConnect(live)).isTrue();
    var one = restore.seen().side().orElseThrow();
    assertThat(one.note())
        .contains(new Note(restore.names().tag(), Note.State.Created, 1, Map.of()));
    assertThat(one.owner()).isEqualTo(live);
    assertThat(one.bytes().orElseThrow()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' ICU_RULES '&a < g' LOCALE 'C' ENCODING 'UTF8'",
        "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C' ENCODING 'UTF8'",
        "LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'POSIX' ENCODING 'LATIN1'"
      })
  void itHasTheSameLocale(String locale) {
    restore.asAdmin("DROP DATABASE %s".formatted(live));
    restore.asAdmin(
        "CREATE DATABASE %1$s OWNER %1$s TEMPLATE template0 %2$s".formatted(live, locale));

    restore.made();

    assertThat(likeness(side)).isEqualTo(likeness(live)).hasSize(1);
  }

  @Test
  void itIsMadeOnce() {
    var creation = restore.creation();
    restore.send(creation);
    var made = restore.seen().side().orElseThrow();

    assertThat(restore.send(creation)).isEqualTo(new Outcome.Refused(null));
    assertThat(restore.seen().side()).contains(made);
  }

  @Test
  void aDatabaseOfSomebodyElseIsLeftAlone() {
    restore.asAdmin("CREATE DATABASE %s".formatted(side));
    restore.asAdmin("COMMENT ON DATABASE %s IS 'mine'".formatted(side));

    assertThat(reason(restore.send(restore.creation()))).isEqualTo("RestoreNameTaken");
    assertThat(restore.seen().side().orElseThrow().comment()).isEqualTo("mine");
  }

  @Test
  void whatWasMadeGoesAgain() {
    var creation = restore.creation();
    restore.send(creation);
    var sent = List.of(new Sent<>(creation, mark(1), new Outcome.Applied(null)));
    var step = now(restore.creations().reverse(sent, List.of(), AUTHOR));

    assertThat(restore.send((DatabaseDrop) step.effects().get(0)))
        .isInstanceOf(Outcome.Applied.class);

    assertThat(restore.states()).containsExactly("live - open");
    assertThat(now(restore.creations().reverse(sent, List.of(), AUTHOR)).work())
        .isInstanceOf(Work.Observed.class);
  }

  @Test
  void whatWentLiveIsNotDroppedAgain() {
    var creation = restore.creation();
    restore.swapped();
    var sent = List.of(new Sent<>(creation, mark(1), new Outcome.Applied(null)));

    assertThat(now(restore.creations().reverse(sent, List.of(), AUTHOR)).work())
        .isInstanceOf(Work.Observed.class);
  }

  @Test
  void itGetsTheRightsAndSettingsOfTheLiveOne() throws SQLException {
    restore.asAdmin(
        """
        ALTER ROLE %1$s_admin CREATEROLE;
        GRANT %1$s_app TO %1$s_admin WITH ADMIN OPTION;
        GRANT SET ON PARAMETER app.tenant TO %1$s_admin;
        GRANT CREATE, CONNECT ON DATABASE %1$s TO %1$s_app WITH GRANT OPTION;
        REVOKE CONNECT, TEMPORARY ON DATABASE %1$s FROM PUBLIC;
        REVOKE CREATE ON DATABASE %1$s FROM %1$s;
        ALTER DATABASE %1$s CONNECTION LIMIT 12;
        ALTER DATABASE %1$s SET search_path = "$user", public, "Odd ""name, it is";
        ALTER DATABASE %1$s SET statement_timeout = 30000;
        ALTER DATABASE %1$s SET app.tenant = 'it''s, "quoted" \\ here';
        ALTER ROLE %1$s_app IN DATABASE %1$s SET search_path = '';
        ALTER ROLE %1$s_app IN DATABASE %1$s SET work_mem = '7MB';
        """
            .formatted(live)
            .lines()
            .toList());
    restore.loaded();
    // A dump may say anything to the database that it is loaded into.
    restore.asAdmin("ALTER DATABASE %s SET enable_seqscan = off".formatted(side));
    restore.asAdmin(
        "ALTER ROLE %s_app IN DATABASE %s SET enable_seqscan = off".formatted(live, side));
    restore.asAdmin("GRANT ALL ON DATABASE %s TO PUBLIC".formatted(side));

    assertThat(restore.send(restore.proof())).isInstanceOf(Outcome.Applied.class);

    assertThat(facts(side)).isEqualTo(facts(live)).hasSize(8);
    assertThat(restore.seen().side().orElseThrow().note().orElseThrow().facts())
        .containsExactly(Map.entry("file", "orders.dump"));
  }

  private List<String> facts(String name) {
    return restore
        .database()
        .rows(
            """
            SELECT 'limit', datconnlimit::text FROM pg_database WHERE datname = '%1$s'
            UNION ALL SELECT 'right', unnest(datacl)::text FROM pg_database WHERE datname = '%1$s'
            UNION ALL SELECT setrole::regrole::text, unnest(setconfig) FROM pg_db_role_setting s
              JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = '%1$s'
            ORDER BY 1, 2
            """
                .formatted(name));
  }

  @Test
  void whatCannotBeCopiedLeavesItUnproven() {
    restore.loaded();
    restore.asAdmin("ALTER DATABASE %s SET log_min_duration_statement = 100".formatted(live));

    assertThat(reason(restore.send(restore.proof()))).isEqualTo("SqlFailed");

    assertThat(restore.states()).containsExactly("1 Loaded open", "live - open");
    assertThat(restore.mayConnect(side)).isFalse();
  }

  @Test
  void aSettingThatADumpLeftAndNobodyMayTakeAwayLeavesItUnproven() {
    restore.loaded();
    restore.asAdmin("ALTER DATABASE %s SET log_min_duration_statement = 100".formatted(side));

    var outcome = restore.send(restore.proof());

    assertThat(reason(outcome)).isEqualTo("SettingsDiffer");
    assertThat(((Outcome.Failed) outcome).problem().message())
        .contains("setting log_min_duration_statement=100");
    assertThat(restore.states()).containsExactly("1 Loaded open", "live - open");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Created", "Loading", "Kept", "Undone"})
  void onlyWhatIsLoadedIsProven(Note.State state) {
    restore.loaded();
    restore.noted(side, state, Map.of());

    assertThat(restore.send(restore.proof())).isEqualTo(new Outcome.Refused(null));
  }

  @Test
  void itIsDroppedWithTheSessionsOfItsLoader() throws SQLException {
    restore.loaded();
    try (var loader = restore.connection(side, live + "_admin")) {
      assertThat(restore.send(restore.drop(side))).isInstanceOf(Outcome.Applied.class);

      assertThat(loader.isValid(5)).isFalse();
    }
    assertThat(restore.states()).containsExactly("live - open");
    assertThat(restore.data()).isEqualTo(OLD_DATA);
  }

  @Test
  void whoElseIsConnectedIsNamed() throws SQLException {
    restore.loaded();
    try (var other = restore.connection(side, live)) {
      assertThat(other.isValid(5)).isTrue();

      var outcome = restore.send(restore.drop(side));

      assertThat(reason(outcome)).isEqualTo("SessionsRemain");
      assertThat(((Outcome.NotSent) outcome).problem().message())
          .contains("1 of %s (".formatted(live));
    }
    assertThat(restore.states()).containsExactly("1 Loaded open", "live - open");
  }

  @Test
  void theLiveOneIsNeverDropped() throws SQLException {
    restore.made();
    var drop = restore.drop(live);

    assertThat(reason(restore.send(drop))).isEqualTo("NotOfTheRestore");
    assertThat(restore.data()).isEqualTo(OLD_DATA);
  }

  @Test
  void whatWentLiveUnderItsOldNameIsNeverDropped() throws SQLException {
    restore.proven();
    var drop = restore.drop(side);
    restore.send(restore.swap(), mark(3));

    assertThat(reason(restore.send(drop))).isEqualTo("NotOfTheRestore");
    assertThat(restore.states()).containsExactly("live - open", "old Kept closed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mine",
        "backstep {\"restore\":\"00000000\",\"state\":\"Kept\",\"attempt\":1,\"facts\":{}}"
      })
  void whatAnotherMadeIsNotDropped(String comment) {
    restore.made();
    var drop = restore.drop(side);
    restore.asAdmin("COMMENT ON DATABASE %s IS '%s'".formatted(side, comment));

    assertThat(reason(restore.send(drop))).isEqualTo("NotOfTheRestore");
    assertThat(restore.seen().side()).isPresent();
  }

  @Test
  void whatIsGoneIsGone() {
    restore.made();
    var drop = restore.drop(side);
    restore.send(drop);

    assertThat(restore.send(drop)).isInstanceOf(Outcome.Applied.class);
    assertThat(restore.drops().close(drop, mark(4), false, AUTHOR, NOT_AFTER))
        .isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void whatIsLeftOfARestoreThatIsForgottenGoes() {
    var creation = restore.creation();
    restore.loaded();
    restore.asAdmin(
        "CREATE DATABASE %s OWNER %s"
            .formatted(new Names(restore.names().tag(), 2).side(live), live));

    assertThat(restore.creations().forget(creation, TestRestore.CLAIM, AUTHOR)).isEmpty();

    assertThat(restore.states()).containsExactly("live - open");
    assertThat(restore.creations().forget(creation, TestRestore.CLAIM, AUTHOR)).isEmpty();
  }

  @Test
  void whatWasLiveOnceIsNamedWhenItsRestoreIsForgotten() {
    var creation = restore.creation();
    restore.proven();
    var swap = restore.swap();
    restore.send(swap, mark(3));

    assertThat(restore.creations().forget(creation, TestRestore.CLAIM, AUTHOR)).isEmpty();
    assertThat(restore.swaps().forget(swap, TestRestore.CLAIM, AUTHOR))
        .hasValueSatisfying(
            it ->
                assertThat(it.message())
                    .contains("DROP DATABASE \"%s\";".formatted(restore.names().old(live))));

    assertThat(restore.states()).containsExactly("live - open", "old Kept closed");
    restore.send(restore.drop(restore.names().old(live)));
    assertThat(restore.swaps().forget(swap, TestRestore.CLAIM, AUTHOR)).isEmpty();
  }

  @Test
  void whatCannotBeAskedSaysHowToLook() {
    var creation = restore.creation();
    restore.secretSays(Map.of("password", "wrong"));

    assertThat(restore.creations().forget(creation, TestRestore.CLAIM, AUTHOR))
        .hasValueSatisfying(
            it ->
                assertThat(it.message())
                    .contains("datname LIKE '%s%%'".formatted(restore.names().prefix(live))));
  }

  /** A server that dies in the middle of dropping it leaves it so that it can only be dropped. */
  @Test
  void oneThatIsHalfDroppedIsDropped() {
    restore.made();
    var drop = restore.drop(side);
    restore.asAdmin(
        "UPDATE pg_database SET datconnlimit = -2 WHERE datname = '%s'".formatted(side));
    assertThat(restore.states()).containsExactly("1 Created closed", "live - open");

    assertThat(restore.send(drop)).isInstanceOf(Outcome.Applied.class);

    assertThat(restore.states()).containsExactly("live - open");
  }

  @RepeatedTest(3)
  void ofTwoAtTheSameTimeOneMakesIt() throws Exception {
    var creation = restore.creation();
    var one = CompletableFuture.supplyAsync(() -> restore.send(creation));
    var other = CompletableFuture.supplyAsync(() -> restore.send(creation));

    assertThat(List.of(one.get(20, TimeUnit.SECONDS), other.get(20, TimeUnit.SECONDS)))
        .haveExactly(1, new Condition<>(Outcome.Applied.class::isInstance, "applied"))
        .haveExactly(1, new Condition<>(Outcome.Refused.class::isInstance, "refused"));
    assertThat(restore.states()).containsExactly("1 Created open", "live - open");
    assertThat(restore.mayConnect(side)).isFalse();
  }
}
