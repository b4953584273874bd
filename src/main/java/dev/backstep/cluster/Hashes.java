package dev.backstep.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Short names made of content: the same content always has the same name. */
public final class Hashes {
  private static final int LENGTH = 16;

  private Hashes() {}

  /** 16 hexadecimal digits for a sequence of words. */
  public static String of(String... words) {
    return hash(String.join("\n", words));
  }

  /** 16 hexadecimal digits for a JSON value; the order of its members does not matter. */
  public static String of(JsonNode json) {
    try {
      return hash(Json.MAPPER.writeValueAsString(Json.MAPPER.treeToValue(json, Object.class)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String hash(String text) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
