package dev.backstep.resync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqliteValuesTest {

  @ParameterizedTest
  @CsvSource({
    "bool, 0, f",
    "bool, 1, t",
    "int4, -7, -7",
    "int8, 9223372036854775807, 9223372036854775807",
    "numeric, 12, 12",
    "text, 12, 12",
    "jsonb, 12, 12",
    // Seconds and milliseconds since 1970.
    "timestamptz, 0, 1970-01-01T00:00:00Z",
    "timestamptz, 1761040800, 2025-10-21T10:00:00Z",
    "timestamptz, 1761040800123, 2025-10-21T10:00:00.123Z",
    "timestamp, 1761040800, 2025-10-21T10:00:00Z",
    "date, 1761040800, 2025-10-21T10:00:00Z",
    // PostgreSQL says that it is out of range.
    "timestamptz, -9223372036854775808, -292275055-05-16T16:47:04.192Z",
  })
  void anIntegerMeansWhatTheColumnSays(String type, long value, String expected) throws Exception {
    assertThat(text(value, type)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "bool, 1.0, t",
    "int4, 3.0, 3",
    "int8, 1.0E15, 1000000000000000",
    // PostgreSQL says that it is no whole number.
    "int4, 3.5, 3.5",
    "numeric, 0.1, 0.1",
    "numeric, 1.0E-7, 0.00000010",
    "float8, 2.5, 2.5",
    "text, 2.5, 2.5",
    "float8, Infinity, Infinity",
    // Days as SQLite's julianday() counts them, seconds since 1970 with a fraction.
    "timestamptz, 2440587.5, 1970-01-01T00:00:00Z",
    "timestamptz, 2460969.916666667, 2025-10-21T10:00:00Z",
    "timestamptz, 1761040800.25, 2025-10-21T10:00:00.250Z",
  })
  void soDoesAReal(String type, double value, String expected) throws Exception {
    assertThat(text(value, type)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "text, a b, a b",
    "timestamptz, 2025-10-21 10:00:00.000 +00:00, 2025-10-21 10:00:00.000 +00:00",
    "bool, true, true",
    "jsonb, [1], [1]",
    "bytea, A\\x, \\x415c78",
  })
  void aTextStaysOneButForBytes(String type, String value, String expected) throws Exception {
    assertThat(text(value, type)).isEqualTo(expected);
  }

  @Test
  void aBlobIsBytesOrAnIdOrAText() throws Exception {
    var id = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");

    assertThat(text(new byte[] {0, 1}, "bytea")).isEqualTo("\\x0001");
    assertThat(text(id, "uuid")).isEqualTo("00112233-4455-6677-8899-aabbccddeeff");
    assertThat(text("ä".getBytes(StandardCharsets.UTF_8), "text")).isEqualTo("ä");
  }

  @Test
  void nullIsNull() throws Exception {
    assertThat(text(null, "text")).isNull();
  }

  @Test
  void whatFitsNowhereIsRefused() {
    assertRefused(2L, "bool", "a INTEGER there that cannot be written");
    assertRefused(new byte[] {(byte) 0xff}, "text", "a BLOB there that cannot be written");
    assertRefused(1L, "bytea", "cannot be written");
    assertRefused("a\0b", "text", "has a character 0 in it");
    assertRefused(Double.NEGATIVE_INFINITY, "timestamptz", "a REAL there that cannot be written");
  }

  private static void assertRefused(Object value, String type, String why) {
    assertThatThrownBy(() -> text(value, type))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("Column c has the type " + type)
        .hasMessageContaining(why);
  }

  private static String text(Object value, String type) throws ProblemException {
    return SqliteValues.text(value, new TargetColumn("c", "c", type, type, false, false, false));
  }
}
