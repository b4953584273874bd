package dev.backstep.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether changes of a file go to a log beside it at first, as its header says. */
final class LogHeader {
  private static final int VERSION_AT = 18;
  private static final int IN_LOG = 2;
  private static final int HEADER = 100;

  private LogHeader() {}

  static boolean keepsLog(Path file) throws IOException {
    try (var content = Files.newInputStream(file)) {
      var header = content.readNBytes(HEADER);
      return header.length == HEADER && header[VERSION_AT] == IN_LOG;
    }
  }
}
