package dev.backstep.synccontrol.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.Json;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Reading.Color;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueueValuesTest {
  private static Reading reading(String json) throws Exception {
    return Reading.green("GET sync:80/status answered 200").withValue(node(json));
  }

  private static JsonNode node(String json) throws Exception {
    return Json.MAPPER.readTree(json);
  }

  @ParameterizedTest
  @CsvSource({"5, 5", "4.6, 5", "0, 0", "-1, -1"})
  void aNumberIsAWholeNumber(String value, long number) throws Exception {
    assertThat(QueueValues.number(reading(value)).value().longValue()).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "true", "\"5\""})
  void whatIsNoNumberWasNotMeasured(String value) throws Exception {
    var read = QueueValues.number(reading(value));

    assertThat(read.color()).isEqualTo(Color.ERROR);
    assertThat(read.message())
        .startsWith("GET sync:80/status answered 200, and a number was wanted: it is ")
        .doesNotContain("\"5\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"2026-03-01T12:00:00Z\"| 2026-03-01T12:00:00Z",
        "\"2026-03-01T12:00:00.123456Z\"| 2026-03-01T12:00:00.123Z",
        "\"2026-03-01T13:00:00+01:00\"| 2026-03-01T12:00:00Z",
        "\"2026-03-01 13:00:00.5+01\"| 2026-03-01T12:00:00.500Z",
        "\"2026-03-01 17:30:00+05:30\"| 2026-03-01T12:00:00Z",
        "1772366400| 2026-03-01T12:00:00Z",
        "1772366400.5| 2026-03-01T12:00:00.500Z",
        "1772366400123| 2026-03-01T12:00:00.123Z",
      })
  void aTimeIsReadAsItIsWritten(String value, String time) throws Exception {
    assertThat(QueueValues.time(reading(value)).value().textValue()).isEqualTo(time);
  }

  @Test
  void nullIsNever() throws Exception {
    var read = QueueValues.time(reading("null"));

    assertThat(read.color()).isEqualTo(Color.GREEN);
    assertThat(read.value().isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"yesterday\"", "\"2026-03-01 12:00:00\"", "\"2026-03-01\"", "true", "1e300"})
  void whatIsNoTimeWasNotMeasured(String value) throws Exception {
    var read = QueueValues.time(reading(value));

    assertThat(read.color()).isEqualTo(Color.ERROR);
    assertThat(read.message()).contains("a time was wanted").doesNotContain("yesterday");
  }

  @Test
  void whatFailedStaysAsItIs() {
    var failed = Reading.error("no answer");

    assertThat(QueueValues.number(failed)).isEqualTo(failed);
    assertThat(QueueValues.time(failed)).isEqualTo(failed);
  }
}
