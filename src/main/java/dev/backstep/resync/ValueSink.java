package dev.backstep.resync;

import java.nio.charset.StandardCharsets;

/** Takes the values of a row, one after the other, as PostgreSQL writes them. */
interface ValueSink {
  /** NULL. */
  void appendNull();

  /** What is from here to there, in UTF-8. */
  void append(byte[] value, int from, int to);

  /** Null is NULL. */
  default void append(String value) {
    if (value == null) {
      appendNull();
    } else {
      var bytes = value.getBytes(StandardCharsets.UTF_8);
      append(bytes, 0, bytes.length);
    }
  }
}
