package dev.backstep.resync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.problem.ProblemException;
import dev.backstep.resync.Source.Rows;
import dev.backstep.sqlite.TestFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What SQLite makes a line of is what each value alone comes as. */
class SqliteLinesTest {
  private static final List<String> TYPES =
      List.of(
          "bool",
          "bytea",
          "timestamptz",
          "timestamp",
          "date",
          "int2",
          "int8",
          "oid",
          "numeric",
          "float8",
          "text",
          "jsonb",
          "uuid");

  private static final List<String> VALUES =
      List.of(
          "NULL",
          "0",
          "1",
          "-7",
          "2",
          "1761040800",
          "1761040800123",
          "9223372036854775807",
          "-9223372036854775808",
          "0.1",
          "1.0",
          "-0.0",
          "2.5e-8",
          "1e300",
          "4.9e-324",
          "3 * 0.37",
          "9e999",
          "2460969.916666667",
          "''",
          "' a b '",
          "'1'",
          "'12:00:00.5 +02:00'",
          // What the line itself is made with.
          "char(1)",
          "char(1, 1)",
          "char(2)",
          "'a' || char(0) || 'b'",
          "char(0)",
          // What COPY has signs for.
          "char(9, 10, 13, 92, 8, 11, 12)",
          "'\\N'",
          "'\\.'",
          "'Zoë 😀'",
          // No UTF-8, or what stands for it.
          "char(65533)",
          "CAST(X'ff' AS TEXT)",
          "CAST(X'61e282' AS TEXT)",
          "CAST(X'eda080' AS TEXT)",
          "X''",
          "X'616263'",
          "X'00ff'",
          "X'01'",
          "X'00112233445566778899aabbccddeeff'",
          "hex(zeroblob(8388609))");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16le"})
  void everyValueComesAsItDoesAlone(String encoding) throws Exception {
    var file = new TestFile(folder);
    has(file, encoding);

    for (var type : TYPES) {
      try (var source = new SqliteSource(file.connection(), "1")) {
        var table = table(source, column("id", "int8"), column("a", "text"), column("c", type));
        var columns = table.columns();
        try (var lines = source.bulk(table, table.columns(), List.of());
            var alone = source.rows(table, columns, List.of())) {
          assertThat(lines instanceof SqliteLines).isEqualTo(encoding.equals("UTF-8"));
          for (var value : VALUES) {
            assertThat(lines.next()).isEqualTo(alone.next()).isTrue();
            assertThat(said(lines)).as("%s into %s", value, type).isEqualTo(said(alone));
            assertThat(lines.place()).isEqualTo(alone.place());
          }
          assertThat(lines.next()).isEqualTo(alone.next()).isFalse();
        }
      }
    }
  }

  private static void has(TestFile file, String encoding) {
    var statements = new ArrayList<String>();
    statements.add("PRAGMA encoding = '%s'".formatted(encoding));
    statements.add("CREATE TABLE t (id INTEGER PRIMARY KEY, a, c)");
    VALUES.forEach(
        value -> statements.add("INSERT INTO t (a, c) VALUES ('', %s)".formatted(value)));
    file.has(statements.toArray(String[]::new));
  }

  /** More than SQLite's functions have arguments. */
  @ParameterizedTest
  @ValueSource(ints = {2, 99, 100, 300})
  void aRowMayHaveManyColumns(int count) throws Exception {
    var names = IntStream.range(0, count).mapToObj(at -> "c" + at).toList();
    var file =
        new TestFile(folder)
            .has(
                "CREATE TABLE t (%s, PRIMARY KEY (c0))".formatted(String.join(", ", names)),
                "INSERT INTO t (c0, c1) VALUES ('', 1), ('x', '')");
    try (var source = new SqliteSource(file.connection(), "1")) {
      var columns = names.stream().map(name -> column(name, "text")).toArray(CopiedColumn[]::new);
      var table = table(source, columns);
      try (var lines = source.bulk(table, table.columns(), List.of());
          var alone = source.rows(table, table.columns(), List.of())) {
        while (alone.next()) {
          assertThat(lines.next()).isTrue();
          assertThat(said(lines)).isEqualTo(said(alone));
        }
        assertThat(lines.next()).isFalse();
      }
    }
  }

  @Test
  void aKeyAloneIsARow() throws Exception {
    var file =
        new TestFile(folder)
            .has("CREATE TABLE t (id TEXT PRIMARY KEY)", "INSERT INTO t VALUES (''), ('a')");
    try (var source = new SqliteSource(file.connection(), "1")) {
      var table = table(source, column("id", "text"));
      try (var lines = source.bulk(table, table.key(), List.of())) {
        assertThat(lines.next()).isTrue();
        assertThat(said(lines)).isEqualTo("\n");
      }
      try (var lines = source.bulk(table, table.key(), List.of("''"))) {
        assertThat(lines.next()).isTrue();
        assertThat(said(lines)).isEqualTo("a\n");
      }
    }
  }

  private static CopiedColumn column(String name, String type) {
    return new CopiedColumn(name, new TargetColumn(name, name, type, type, false, false, false));
  }

  private static TableCopy table(SqliteSource source, CopiedColumn... columns) throws Exception {
    return new TableCopy(
        source.table("t").orElseThrow(),
        null,
        List.of(columns[0]),
        List.of(columns).subList(1, columns.length),
        false,
        List.of());
  }

  private static String said(Rows rows) throws Exception {
    var text = new CopyText();
    try {
      text.add(rows);
    } catch (ProblemException e) {
      return e.problem().message();
    }
    return new String(text.stream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
