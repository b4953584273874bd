package dev.backstep.database;

import static dev.backstep.database.SqlEffects.mark;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.action.DisableTriggers;
import dev.backstep.api.v1alpha1.action.ReplaceFunctions;
import dev.backstep.database.SqlEffects.Action;
import dev.backstep.effect.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The core of what is done to databases, on every version of PostgreSQL that Maven fetched. */
class PostgresVersionsIT {
  private static final Path FETCHED = Path.of("target", "postgres");

  static Stream<Path> versions() throws IOException {
    try (var jars = Files.list(FETCHED)) {
      return jars.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void rowsAreChangedOnceAndComeBack(Path version) throws Exception {
    try (var server = TestServer.of(version);
        var effects = new SqlEffects(server)) {
      effects.database().has("CREATE TABLE orders (id int PRIMARY KEY, \"limit\" int)");
      effects.database().has("INSERT INTO orders VALUES (1, 10), (2, 20)");
      var effect =
          effects.effect(
              new Action("UPDATE orders SET \"limit\" = \"limit\" * 2")
                  .check("SELECT sum(\"limit\") FROM orders", "value == before * 2")
                  .remember("orders", List.of("id"), List.of("limit"), null));

      effects.send(effect, mark(1));
      var outcome = effects.send(effect, mark(1));

      assertThat(outcome).isEqualTo(Outcome.Applied.saying("2 rows affected"));
      assertThat(limits(effects)).containsExactly("20", "40");
      effects.undone(effect, mark(1));
      assertThat(limits(effects)).containsExactly("10", "20");
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void triggersAreTurnedOffAndComeBack(Path version) throws Exception {
    try (var server = TestServer.of(version);
        var effects = new SqlEffects(server)) {
      effects
          .database()
          .has(
              """
              CREATE TABLE orders (id int);
              CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
              CREATE TRIGGER one BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION keep();
              CREATE TRIGGER two BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION keep();
              ALTER TABLE orders ENABLE ALWAYS TRIGGER two;
              """);
      var effect = effects.off(DisableTriggers.Triggers.User, "orders");

      effects.send(effect, mark(1));

      assertThat(states(effects)).containsExactly("one D", "two D");
      effects.undone(effect, mark(1));
      assertThat(states(effects)).containsExactly("one O", "two A");
    }
  }

  private static List<String> states(SqlEffects effects) {
    return effects
        .database()
        .rows("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1");
  }

  @ParameterizedTest
  @MethodSource("versions")
  void functionsAreReplacedAndComeBackByteByByte(Path version) throws Exception {
    try (var server = TestServer.of(version);
        var effects = new SqlEffects(server)) {
      effects
          .database()
          .has(
              "CREATE FUNCTION tax(net int DEFAULT 1) RETURNS int LANGUAGE sql STABLE SET search_path = public AS $$ SELECT net\t -- it's $$");
      var before = effects.database().rows("SELECT pg_get_functiondef('tax'::regproc)");
      var body =
          new ReplaceFunctions.Function("public.tax", null, "BEGIN RETURN 0; END", null, null);
      var effect = effects.replaced(body);

      effects.send(effect, mark(1));

      assertThat(effects.database().rows("SELECT tax(7)")).containsExactly("0");
      effects.undone(effect, mark(1));
      assertThat(effects.database().rows("SELECT pg_get_functiondef('tax'::regproc)"))
          .isEqualTo(before);
    }
  }

  private static List<String> limits(SqlEffects effects) {
    return effects.database().rows("SELECT \"limit\" FROM orders ORDER BY id");
  }
}
