package dev.backstep.resync;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;

/**
 * Values of SQLite, which has five types, as PostgreSQL reads them. The type of the target's column
 * says what a value means: a number may be a truth, or a moment. What fits nowhere is refused, by
 * this or by PostgreSQL, and never bent.
 */
final class SqliteValues {
  private static final Set<String> MOMENTS = Set.of("timestamptz", "timestamp", "date");
  private static final Set<String> WHOLE = Set.of("int2", "int4", "int8", "oid");

  /** Seconds since 1970 are smaller until the year 5138, and milliseconds larger since 1973. */
  private static final long SMALLEST_MILLIS = 100_000_000_000L;

  /** Days since 4714 BC, as SQLite counts them: from the year 1 to the year 9999. */
  private static final double FIRST_DAY = 1_721_425.5;

  private static final double LAST_DAY = 5_373_484.5;
  private static final double EPOCH_DAY = 2_440_587.5;
  private static final double DAY_MILLIS = 86_400_000;
  private static final int SECOND_MILLIS = 1000;

  /** In characters; PostgreSQL takes more, and memory does not. */
  static final int LONGEST = 16 * 1024 * 1024;

  private static final int UUID_BYTES = 16;

  private SqliteValues() {}

  /** A value as text; null is NULL. */
  static String text(Object value, TargetColumn column) throws ProblemException {
    if (value == null) {
      return null;
    }
    var text =
        switch (column.base()) {
          case "bool" -> truth(value);
          case "bytea" -> bytes(value);
          default -> other(value, column);
        };
    if (text == null) {
      throw refused(value, column, "cannot be written into a column of that type");
    }
    if (text.length() > LONGEST) {
      throw refused(value, column, "is longer than 16 MB");
    }
    if (text.indexOf('\0') >= 0) {
      throw refused(value, column, "has a character 0 in it, which PostgreSQL cannot keep");
    }
    return text;
  }

  private static String truth(Object value) {
    if (value instanceof Number number) {
      return number.doubleValue() == 0 ? "f" : number.doubleValue() == 1 ? "t" : null;
    }
    return value instanceof String text ? text : null;
  }

  private static String bytes(Object value) {
    if (value instanceof byte[] bytes) {
      return "\\x" + HexFormat.of().formatHex(bytes);
    }
    return value instanceof String text
        ? "\\x" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8))
        : null;
  }

  private static String other(Object value, TargetColumn column) {
    if (value instanceof byte[] bytes) {
      return ofBytes(bytes, column);
    }
    if (value instanceof String text) {
      return text;
    }
    var number = (Number) value;
    return MOMENTS.contains(column.base()) ? moment(number) : number(number, column);
  }

  private static String ofBytes(byte[] bytes, TargetColumn column) {
    if (column.base().equals("uuid") && bytes.length == UUID_BYTES) {
      var halves = ByteBuffer.wrap(bytes);
      return new UUID(halves.getLong(), halves.getLong()).toString();
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static String number(Number number, TargetColumn column) {
    if (!(number instanceof Double real)) {
      return number.toString();
    }
    if (real.isInfinite()) {
      return real.toString();
    }
    var exact = BigDecimal.valueOf(real);
    if (!WHOLE.contains(column.base())) {
      return exact.toPlainString();
    }
    return exact.stripTrailingZeros().scale() <= 0
        ? exact.toBigInteger().toString()
        : exact.toPlainString();
  }

  /** ISO 8601 in UTC. */
  private static String moment(Number number) {
    if (number instanceof Double real) {
      if (!Double.isFinite(real)) {
        return null;
      }
      var millis =
          real >= FIRST_DAY && real <= LAST_DAY
              ? (real - EPOCH_DAY) * DAY_MILLIS
              : Math.abs(real) < SMALLEST_MILLIS ? real * SECOND_MILLIS : real;
      return Instant.ofEpochMilli(Math.round(millis)).toString();
    }
    var whole = number.longValue();
    return (-SMALLEST_MILLIS < whole && whole < SMALLEST_MILLIS
            ? Instant.ofEpochSecond(whole)
            : Instant.ofEpochMilli(whole))
        .toString();
  }

  private static ProblemException refused(Object value, TargetColumn column, String why) {
    return new ProblemException(
        new Problem(
            "ValueRefused",
            "Column %s has the type %s in the target, and the source a %s there that %s"
                .formatted(column.name(), column.type(), kind(value), why)));
  }

  private static String kind(Object value) {
    if (value instanceof Number) {
      return value instanceof Double ? "REAL" : "INTEGER";
    }
    return value instanceof String ? "TEXT" : "BLOB";
  }
}
