package dev.backstep.resync;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A text that grows, in UTF-8. */
final class Utf8 {
  private static final int FIRST_SIZE = 64 * 1024;

  private byte[] text = new byte[FIRST_SIZE];
  private int length;

  int length() {
    return length;
  }

  /** Forgets what comes after so much of it. */
  void cut(int shorter) {
    length = shorter;
  }

  /** Has room for so many bytes more, at least. */
  void room(int more) {
    if (text.length - length < more) {
      text = Arrays.copyOf(text, Math.max(2 * text.length, length + more));
    }
  }

  /** Adds a character of ASCII, for which there is room. */
  void add(int character) {
    text[length++] = (byte) character;
  }

  InputStream stream() {
    return new ByteArrayInputStream(text, 0, length);
  }

  @Override
  public String toString() {
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }
}
