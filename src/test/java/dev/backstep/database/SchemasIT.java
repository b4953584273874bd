package dev.backstep.database;

import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.TestDatabase.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ladder.SchemaQuery;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.database.Schemas.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which schema a real PostgreSQL says that it has. */
class SchemasIT {
  private final TestDatabase database = new TestDatabase();
  private final DatabaseLooks looks = new DatabaseLooks(database.sessions());
  private final Schemas schemas = new Schemas(new Queries(database.sessions(), looks));

  @AfterEach
  void close() {
    looks.stop();
    database.close();
  }

  private Schema said(String query) {
    return said(query, SECRET);
  }

  private Schema said(String query, String secret) {
    var question = new SchemaQuery(new Ref(secret), query, "2s");
    return schemas.ask(question, AUTHOR).toCompletableFuture().join();
  }

  @Test
  void theFirstColumnOfTheFirstRowIsTheSchema() {
    assertThat(said("SELECT v, 'x' FROM (VALUES (41), (40)) AS m(v) ORDER BY v DESC"))
        .isEqualTo(new Schema("41", null));
    assertThat(said("SELECT null")).isEqualTo(new Schema("null", null));
  }

  /** A database that no migration has seen has a schema too. */
  @Test
  void noRowIsAnAnswer() {
    assertThat(said("SELECT 1 WHERE false")).isEqualTo(new Schema("none", null));
  }

  @Test
  void aQuestionThatWritesIsRefused() {
    assertThat(said("CREATE TABLE t (a int)").problem()).contains("read-only transaction");
    assertThat(said("SELECT 1; CREATE TABLE t (a int)").problem())
        .contains("has 2 statements. Let it be one SELECT;");
    assertThat(said("COMMIT").problem()).isNotBlank();
  }

  @Test
  void whatTakesTooLongIsNotKnown() {
    assertThat(said("SELECT pg_sleep(30)").problem()).contains("longer than its timeout of 2s");
  }

  @Test
  void whyItCannotBeAskedIsSaid() {
    assertThat(said("SELECT 1", "gone").problem()).startsWith("Secret shop/gone does not exist.");
    assertThat(said("SELECT version FROM migrations").problem()).contains("does not exist");
  }
}
