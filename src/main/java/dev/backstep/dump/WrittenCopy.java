package dev.backstep.dump;

import dev.backstep.problem.ProblemException;
import dev.backstep.program.HowFar;
import dev.backstep.program.HowFar.Doing;
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
  private volatile Path copy;
  private volatile FileContent content;

  WrittenCopy(Path file, Path scratch) {
    this.file = file;
    this.scratch = scratch;
  }

  @Override
  public void into(Path to) throws IOException, ProblemException {
    copy = to;
    try {
      // All of the copy is looked at.
      new SqliteFile(file, to, PATIENCE).copied().close();
      try (var copied = Files.newInputStream(to)) {
        content = new FileContent(FileContent.sum(copied), Files.size(to), Integrity.rows(to));
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void into(Output output) throws IOException, ProblemException {
    var draft = scratch.resolve("backup.sqlite");
    try {
      into(draft);
      new WrittenFile(draft).into(output);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /**
   * How far it is, for whoever looks at it from another thread.
   *
   * @param stored so many bytes of it are where it is stored
   */
  HowFar howFar(long stored) {
    if (content != null) {
      return new HowFar(Doing.STORE, stored, content.bytes());
    }
    var copied = copy == null ? 0 : copy.toFile().length();
    var all = file.toFile().length();
    return copied < all ? new HowFar(Doing.COPY, copied, all) : new HowFar(Doing.CHECK, 0, all);
  }

  /** What is in it, once it was written. */
  FileContent content() {
    return content;
  }
}
