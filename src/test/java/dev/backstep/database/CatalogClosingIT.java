package dev.backstep.database;

import static dev.backstep.database.SqlEffects.NOT_AFTER;
import static dev.backstep.database.SqlEffects.mark;
import static dev.backstep.database.TestDatabase.AUTHOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.api.v1alpha1.action.ReplaceFunctions.Function;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of the catalogue that may have been sent, and are brought to a known end. */
class CatalogClosingIT {
  private static final Outcome APPLIED = Outcome.Applied.saying("1 altered");

  private final SqlEffects effects = new SqlEffects();
  private CatalogChange effect;

  @BeforeEach
  void fill() {
    effects.database().has("CREATE FUNCTION tax() RETURNS int LANGUAGE sql AS 'SELECT 19'");
    effect = effects.replaced(new Function("public.tax", null, "SELECT 0", null, "sql"));
  }

  @AfterEach
  void close() {
    effects.close();
  }

  private List<String> tax() {
    return effects.database().rows("SELECT tax()");
  }

  private Outcome closed(boolean wanted) {
    return effects.changes().close(effect, mark(1), wanted, AUTHOR, NOT_AFTER);
  }

  private void cut(boolean arrives) throws IOException {
    // The schema is there, so that the effect's commit is the only one.
    effects.changes().close(effect, mark(9), false, AUTHOR, NOT_AFTER);
    try (var proxy = new CuttingProxy(effects.database().server().port(), arrives)) {
      effects.database().secretSays(proxy.address());
      assertThatThrownBy(() -> effects.send(effect, mark(1))).isInstanceOf(NotKnownException.class);
    }
    effects.database().secretSays("port", String.valueOf(effects.database().server().port()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCommitWhoseAnswerIsLostIsFoundDone(boolean wanted) throws IOException {
    cut(true);

    assertThat(closed(wanted)).isEqualTo(APPLIED);
    assertThat(tax()).containsExactly("0");
  }

  @Test
  void aCommitThatIsLostIsRepeatedWhereItIsWanted() throws IOException {
    cut(false);

    assertThat(closed(true)).isEqualTo(APPLIED);
    assertThat(tax()).containsExactly("0");
  }

  @Test
  void aCommitThatIsLostIsFencedWhereItIsNotWanted() throws IOException {
    cut(false);

    assertThat(closed(false)).isInstanceOf(Outcome.Refused.class);
    assertThat(effects.send(effect, mark(1))).isInstanceOf(Outcome.Refused.class);
    assertThat(tax()).containsExactly("19");
  }

  @Test
  void whatIsWantedTooLateCannotBeDoneAnyMore() {
    effects.clock().pass(Duration.ofMinutes(2));

    assertThat(closed(true)).isInstanceOf(Outcome.Refused.class);
    assertThat(tax()).containsExactly("19");
  }

  /** Who alters the same function at the same moment comes first or last, and nobody is lost. */
  @Test
  void whoReplacesTheSameFunctionIsWaitedFor() throws Exception {
    try (var other = effects.database().connection();
        var statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("CREATE OR REPLACE FUNCTION tax() RETURNS int LANGUAGE sql AS 'SELECT 7'");
      var sending = CompletableFuture.supplyAsync(() -> effects.send(effect, mark(1)));
      effects.database().awaitWaiting();
      other.commit();

      assertThat(sending.get(20, TimeUnit.SECONDS)).isNotEqualTo(APPLIED);
    }
    assertThat(tax()).containsExactly("7");
  }

  @Test
  void anotherDatabaseIsNotAltered() throws Exception {
    var name = effects.database().name();
    TestDatabase.asAdmin("ALTER DATABASE %1$s RENAME TO old_%1$s".formatted(name));
    TestDatabase.asAdmin("CREATE DATABASE %1$s OWNER %1$s".formatted(name));
    effects.database().has("CREATE FUNCTION tax() RETURNS int LANGUAGE sql AS 'SELECT 19'");

    assertThat(effects.send(effect, mark(1)))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            it -> assertThat(it.problem().reason()).isEqualTo("WrongDatabase"));
    assertThat(tax()).containsExactly("19");
  }
}
