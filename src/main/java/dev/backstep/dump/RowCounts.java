package dev.backstep.dump;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts the rows in the data that {@code pg_restore} writes as a script: in the text form of COPY
 * each row is a line.
 */
final class RowCounts {
  private static final String COPY = "COPY ";
  private static final String FROM = " FROM stdin;";
  private static final int LONGEST = 4096;

  private final Map<String, Long> rows = new TreeMap<>();
  private final byte[] line = new byte[LONGEST];
  private int length;
  private String table;

  /** Reads all of it. */
  Map<String, Long> of(InputStream script) throws IOException {
    var buffer = new byte[1 << 16];
    for (var count = script.read(buffer); count >= 0; count = script.read(buffer)) {
      for (var at = 0; at < count; at++) {
        next(buffer[at]);
      }
    }
    return rows;
  }

  private void next(byte character) {
    if (character == '\n') {
      ended();
      length = 0;
    } else if (length < LONGEST) {
      line[length++] = character;
    }
  }

  private void ended() {
    if (table == null) {
      var text = new String(line, 0, length, StandardCharsets.UTF_8);
      if (text.startsWith(COPY) && text.endsWith(FROM)) {
        table = named(text);
        rows.putIfAbsent(table, 0L);
      }
    } else if (length == 2 && line[0] == '\\' && line[1] == '.') {
      table = null;
    } else {
      rows.merge(table, 1L, Long::sum);
    }
  }

  /** Without its columns: a parenthesis in quotes is part of a name. */
  private static String named(String copy) {
    var name = copy.substring(COPY.length(), copy.length() - FROM.length());
    var quoted = false;
    for (var at = 0; at < name.length(); at++) {
      quoted ^= name.charAt(at) == '"';
      if (!quoted && name.startsWith(" (", at)) {
        return name.substring(0, at);
      }
    }
    return name;
  }
}
