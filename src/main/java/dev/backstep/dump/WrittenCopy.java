package dev.backstep.dump;

import dev.backstep.problem.ProblemException;
import dev.backstep.sqlite.Integrity;
import dev.backstep.sqlite.SqliteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;

/** A SQLite file as it was at one moment, with what its application has not written into it yet. */
final class WrittenCopy implements Written {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path file;
  private final Path scratch;
  private FileContent content;

  WrittenCopy(Path file, Path scratch) {
    this.file = file;
    this.scratch = scratch;
  }

  @Override
  public void into(Path to) throws IOException, ProblemException {
    try {
      // All of the copy is looked at.
      new SqliteFile(file, to, PATIENCE).copied().close();
      try (var copy = Files.newInputStream(to)) {
        content = new FileContent(FileContent.sum(copy), Files.size(to), Integrity.rows(to));
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void into(Output output) throws IOException, ProblemException {
    var copy = scratch.resolve("backup.sqlite");
    try {
      into(copy);
      new WrittenFile(copy).into(output);
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  /** What is in it, once it was written. */
  FileContent content() {
    return content;
  }
}
