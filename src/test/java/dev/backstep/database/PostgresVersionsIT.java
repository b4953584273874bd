package dev.backstep.database;

import static dev.backstep.database.SqlEffects.mark;
import static org.assertj.core.api.Assertions.assertThat;

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

  private static List<String> limits(SqlEffects effects) {
    return effects.database().rows("SELECT \"limit\" FROM orders ORDER BY id");
  }
}
