package dev.backstep.synccontrol.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.backstep.measure.Reading;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;

/** Makes of what was measured what is wanted: a whole number, or a time. */
final class QueueValues {
  /** As seconds since 1970 this would be in the year 5138: it is meant in milliseconds. */
  private static final long MILLIS = 100_000_000_000L;

  /** RFC 3339 has years of four digits. */
  private static final long LAST = Instant.parse("9999-12-31T23:59:59Z").toEpochMilli();

  /** RFC 3339, and as PostgreSQL writes it: a space for the T, and an offset without minutes. */
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral('T')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .parseLenient()
          .appendOffset("+HH:mm", "Z")
          .toFormatter();

  private QueueValues() {}

  /** A reading whose value is a whole number; what is none was not measured. */
  static Reading number(Reading reading) {
    if (reading.color() != Reading.Color.GREEN) {
      return reading;
    }
    return reading.value().isNumber()
        ? reading.withValue(LongNode.valueOf(Math.round(reading.value().doubleValue())))
        : Reading.error(
            "%s, and a number was wanted: %s".formatted(reading.message(), words(reading.value())));
  }

  /** A reading whose value is a time as RFC 3339, or null: never. */
  static Reading time(Reading reading) {
    if (reading.color() != Reading.Color.GREEN || reading.value().isNull()) {
      return reading;
    }
    try {
      return reading.withValue(TextNode.valueOf(time(reading.value()).toString()));
    } catch (DateTimeException | ArithmeticException e) {
      return Reading.error(
          "%s, and a time was wanted, such as \"2026-03-01T12:00:00Z\": %s"
              .formatted(reading.message(), words(reading.value())));
    }
  }

  private static Instant time(JsonNode value) {
    if (value.isNumber()) {
      var number = value.doubleValue();
      var millis = Math.abs(number) < MILLIS ? number * 1000 : number;
      if (Math.abs(millis) > LAST) {
        throw new DateTimeException("after the year 9999");
      }
      return Instant.ofEpochMilli(Math.round(millis));
    }
    if (!value.isTextual()) {
      throw new DateTimeException("neither a number nor a text");
    }
    return OffsetDateTime.parse(value.textValue().strip().replaceFirst(" ", "T"), TIME)
        .toInstant()
        .truncatedTo(ChronoUnit.MILLIS);
  }

  /** Texts may be anybody's data: they are never said. */
  private static String words(JsonNode value) {
    if (value.isTextual()) {
      return "it is a text of %d characters".formatted(value.textValue().length());
    }
    return "it is %s".formatted(value);
  }
}
