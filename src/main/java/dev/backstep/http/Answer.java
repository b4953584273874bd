package dev.backstep.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cel.common.values.NullValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A complete answer.
 *
 * @param headers with names in lower case; of several with one name, the first
 * @param body as it came
 * @param secrets what was sent and must not be said
 */
public record Answer(int status, Map<String, String> headers, String body, List<String> secrets) {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.USE_LONG_FOR_INTS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  /** True when who sent the request, or what it showed of itself, was not accepted. */
  boolean rejectsCredentials() {
    return status == UNAUTHORIZED || status == FORBIDDEN;
  }

  /** What a condition sees. */
  Map<String, Object> values() {
    return Map.of("status", (long) status, "headers", headers, "body", parsed(body));
  }

  private static Object parsed(String text) {
    try {
      return known(JSON.readValue(text, Object.class));
    } catch (JsonProcessingException e) {
      return text;
    }
  }

  /** CEL's null: a member that is Java's is as one that is not there. */
  private static Object known(Object json) {
    if (json instanceof Map<?, ?> map) {
      var members = new LinkedHashMap<Object, Object>();
      map.forEach((name, value) -> members.put(name, known(value)));
      return members;
    }
    if (json instanceof List<?> list) {
      return list.stream().map(Answer::known).toList();
    }
    return json == null ? NullValue.NULL_VALUE : json;
  }

  /** Without the body, which may say anything. */
  @Override
  public String toString() {
    return "answered %s".formatted(status);
  }
}
