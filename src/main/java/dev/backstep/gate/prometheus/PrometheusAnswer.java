package dev.backstep.gate.prometheus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.Json;
import dev.cel.common.values.NullValue;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * What Prometheus answered, as CEL knows it.
 *
 * @param value of the first series; CEL's null where there is none
 * @param rows the first 100 series
 */
record PrometheusAnswer(Object value, List<Map<String, Object>> rows) {
  private static final int MOST_ROWS = 100;
  private static final TypeReference<Map<String, Object>> LABELS = new TypeReference<>() {};

  /** There is no answer to judge, for the reason in the message. */
  static final class NoAnswerException extends Exception {
    private static final long serialVersionUID = 1L;

    NoAnswerException(String message) {
      super(message);
    }
  }

  /**
   * Reads an answer of the HTTP API.
   *
   * @throws NoAnswerException when it is none, or tells of an error
   */
  static PrometheusAnswer of(int status, String body) throws NoAnswerException {
    var json = parsed(status, body);
    if (!json.path("status").asText().equals("success")) {
      throw new NoAnswerException(
          "answered %d: %s"
              .formatted(status, json.path("error").asText("without saying why").strip()));
    }
    var data = json.path("data");
    var result = data.path("result");
    return switch (data.path("resultType").asText()) {
      case "vector" -> vector(result);
      case "scalar" -> new PrometheusAnswer(number(result), List.of());
      default ->
          throw new NoAnswerException(
              "answered a %s: let the query answer an instant vector or a scalar, without a range at its end"
                  .formatted(data.path("resultType").asText("text")));
    };
  }

  private static JsonNode parsed(int status, String body) throws NoAnswerException {
    try {
      var json = Json.MAPPER.readTree(body);
      if (json != null && json.has("status")) {
        return json;
      }
    } catch (JsonProcessingException e) {
      // Said below: whatever it is, Prometheus does not answer like that.
    }
    throw new NoAnswerException("answered %d, but not as Prometheus does".formatted(status));
  }

  private static PrometheusAnswer vector(JsonNode result) {
    var rows =
        StreamSupport.stream(result.spliterator(), false)
            .limit(MOST_ROWS)
            .map(PrometheusAnswer::row)
            .toList();
    return new PrometheusAnswer(
        rows.isEmpty() ? NullValue.NULL_VALUE : rows.get(0).get("value"), rows);
  }

  private static Map<String, Object> row(JsonNode series) {
    return Map.of(
        "metric",
        Json.MAPPER.convertValue(series.path("metric"), LABELS),
        "value",
        number(series.path("value")));
  }

  /** A time and a number in a text; a histogram has none, and NaN is none. */
  private static Object number(JsonNode sample) {
    var text = sample.path(1).asText("NaN");
    var number =
        switch (text) {
          case "+Inf" -> Double.POSITIVE_INFINITY;
          case "-Inf" -> Double.NEGATIVE_INFINITY;
          default -> Double.parseDouble(text);
        };
    return Double.isNaN(number) ? NullValue.NULL_VALUE : (Object) number;
  }
}
