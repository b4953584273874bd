package dev.backstep.sqlite;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * A SQLite file on a volume that is mounted read-only, and that an application may be writing to.
 * It is copied whole at first: so what is read is from one moment, and nobody waits for it.
 */
public final class SqliteFile {
  private static final int ALL_PAGES = -1;
  private static final int PAUSE_MILLIS = 100;

  /** Result codes have 8 bits; what is above says more of the same. */
  private static final int PRIMARY = 0xff;

  private final Path file;
  private final Path copy;
  private final Duration patience;

  /**
   * A file.
   *
   * @param copy where the copy goes; what is there is replaced
   * @param patience how long a lock of somebody else is waited for
   */
  public SqliteFile(Path file, Path copy, Duration patience) {
    this.file = file;
    this.copy = copy;
    this.patience = patience;
  }

  /**
   * A copy of all of it, as it was at one moment, that was checked to its end.
   *
   * @param connection with the copy
   * @param version changes with everything that is written to the file that was copied
   */
  public record Copied(Connection connection, String version) implements AutoCloseable {
    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  /**
   * Copies the file, and opens the copy.
   *
   * @throws ProblemException when it is not there, locked, damaged or no such file
   */
  public Copied copied() throws ProblemException {
    try {
      checkReadable();
      var version = version();
      copy();
      return new Copied(checked(), version);
    } catch (IOException e) {
      throw problem("SourceNotCopied", "The file %s could not be copied: " + e);
    }
  }

  private void checkReadable() throws IOException, ProblemException {
    try {
      if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
        throw missing();
      }
      if (!Files.isReadable(file)) {
        throw forbidden();
      }
    } catch (NoSuchFileException e) {
      throw missing();
    } catch (AccessDeniedException e) {
      throw forbidden();
    }
  }

  private ProblemException missing() {
    return problem("SourceMissing", "There is no file %s on the volume. Correct its path.");
  }

  private ProblemException forbidden() {
    return problem(
        "SourceForbidden",
        "The file %s may not be read by the Job's user. Let others read it and what is beside it (chmod o+r), and enter its folders (chmod o+rx).");
  }

  /** What every write changes: sizes and times of the file and of its log. */
  private String version() throws IOException {
    return stamp(file) + stamp(Companions.beside(file, Companions.WAL));
  }

  private static String stamp(Path path) throws IOException {
    return Files.exists(path)
        ? "%d@%s/".formatted(Files.size(path), Files.getLastModifiedTime(path))
        : "-/";
  }

  private void copy() throws IOException, ProblemException {
    Files.deleteIfExists(copy);
    for (var companion : Companions.of(copy)) {
      Files.delete(companion);
    }
    // SQLite would have to write beside the file to read a log that nobody has open.
    if (LogHeader.keepsLog(file)
        && !Files.exists(Companions.beside(file, Companions.SHARED_MEMORY))) {
      copyUnused();
      return;
    }
    try {
      backUp();
    } catch (SQLiteException e) {
      if (!needsRecovery(e)) {
        throw failed(e);
      }
      copyUnused();
    } catch (SQLException e) {
      throw problem("SourceNotCopied", "The file %s could not be copied: " + e.getMessage());
    }
  }

  /** By SQLite's own means, which respect the locks of whoever writes. */
  private void backUp() throws SQLException {
    var config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout((int) patience.toMillis());
    try (var source = config.createConnection("jdbc:sqlite:" + file)) {
      try (var statement = source.createStatement();
          var schema = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
        schema.next();
      }
      var database = source.unwrap(SQLiteConnection.class).getDatabase();
      var tries = (int) (patience.toMillis() / PAUSE_MILLIS);
      var result = database.backup("main", copy.toString(), null, PAUSE_MILLIS, tries, ALL_PAGES);
      if (result != SQLiteErrorCode.SQLITE_OK.code) {
        throw new SQLiteException("backup", SQLiteErrorCode.getErrorCode(result));
      }
    }
  }

  /** It was left by a process that died: that is put right in the copy. */
  private static boolean needsRecovery(SQLiteException e) {
    var code = e.getResultCode().code & PRIMARY;
    return code == SQLiteErrorCode.SQLITE_CANTOPEN.code
        || code == SQLiteErrorCode.SQLITE_READONLY.code;
  }

  private void copyUnused() throws IOException, ProblemException {
    var before = version();
    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
    for (var suffix : List.of(Companions.WAL, Companions.JOURNAL)) {
      if (Files.exists(Companions.beside(file, suffix))) {
        Files.copy(Companions.beside(file, suffix), Companions.beside(copy, suffix));
      }
    }
    if (!before.equals(version())) {
      throw problem(
          "SourceChanging",
          "The file %s was written to while it was copied, by somebody who does not share its locks. Stop who writes it.");
    }
  }

  private Connection checked() throws ProblemException {
    try {
      var connection = new SQLiteConfig().createConnection("jdbc:sqlite:" + copy);
      try (var statement = connection.createStatement();
          var said = statement.executeQuery("PRAGMA integrity_check(1)")) {
        said.next();
        if (said.getString(1).equals("ok")) {
          return connection;
        }
        connection.close();
        throw damaged(said.getString(1));
      }
    } catch (SQLiteException e) {
      throw failed(e);
    } catch (SQLException e) {
      throw damaged(e.getMessage());
    }
  }

  private ProblemException failed(SQLiteException e) {
    var code = e.getResultCode().code & PRIMARY;
    if (code == SQLiteErrorCode.SQLITE_BUSY.code || code == SQLiteErrorCode.SQLITE_LOCKED.code) {
      return problem(
          "SourceLocked",
          "Somebody keeps the file %s locked, for longer than was waited for it. Stop who does, such as a shell in the middle of a transaction.");
    }
    return code == SQLiteErrorCode.SQLITE_NOTADB.code || code == SQLiteErrorCode.SQLITE_CORRUPT.code
        ? damaged(e.getMessage())
        : problem("SourceNotCopied", "The file %s could not be copied: " + e.getMessage());
  }

  private ProblemException damaged(String said) {
    return problem(
        "SourceCorrupt",
        "The file %s is damaged, or no SQLite database, so nothing is copied from it. Restore it from a backup. SQLite says: "
            + said.lines().findFirst().orElse(""));
  }

  private ProblemException problem(String reason, String message) {
    return new ProblemException(new Problem(reason, message.replace("%s", file.toString())));
  }
}
