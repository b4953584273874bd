package dev.backstep.sqlite;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The live file, locked as SQLite locks one that it alone has: nobody else reads or writes it now,
 * whether it is a database any more or not. Who opens it again by its name finds the new one.
 */
final class Held implements AutoCloseable {
  /** The bytes that SQLite locks; they are never written. */
  private static final long LOCKED_FROM = 0x4000_0000L;

  private static final int LOCKED = 512;
  private static final int PAUSE_MILLIS = 100;
  private static final int PRIMARY = 0xff;

  private final Path file;
  private final FileChannel channel;

  private Held(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Locks it.
   *
   * @param patience how long others are waited for
   * @throws ProblemException when somebody has it open all that time
   */
  static Held of(Path file, Duration patience) throws IOException, ProblemException {
    var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      var until = System.nanoTime() + patience.toNanos();
      while (channel.tryLock(LOCKED_FROM, LOCKED, false) == null) {
        if (System.nanoTime() > until) {
          throw inUse(file);
        }
        Thread.sleep(PAUSE_MILLIS);
      }
      return new Held(file, channel);
    } catch (InterruptedException e) {
      channel.close();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IOException | ProblemException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Has SQLite put into the file what it keeps beside it, so that the file says all by itself.
   * Where SQLite cannot, because the file is damaged, it stays as it is.
   *
   * @throws ProblemException when somebody else has it open
   */
  static void fold(Path file, Duration patience) throws IOException, ProblemException {
    if (Companions.of(file).isEmpty() || !Integrity.isDatabase(file)) {
      return;
    }
    var config = new SQLiteConfig();
    config.setBusyTimeout((int) patience.toMillis());
    try (var connection = config.createConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      // Alone, so that an idle session of somebody is noticed, and no index is shared.
      statement.execute("PRAGMA locking_mode = EXCLUSIVE");
      statement.execute("BEGIN EXCLUSIVE");
      statement.execute("COMMIT");
      statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (SQLiteException e) {
      checkDamaged(e, file);
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private static void checkDamaged(SQLiteException e, Path file)
      throws IOException, ProblemException {
    switch (SQLiteErrorCode.getErrorCode(e.getResultCode().code & PRIMARY)) {
      case SQLITE_CORRUPT, SQLITE_NOTADB -> {
        // It is kept as it is.
      }
      case SQLITE_BUSY, SQLITE_LOCKED -> throw inUse(file);
      default -> throw new IOException(e);
    }
  }

  /** Nobody wrote to it since it had this stamp. */
  void checkUnchanged(String stamp) throws IOException {
    if (!RestoredFile.stamp(file).equals(stamp)) {
      throw new IOException("somebody wrote to %s just now".formatted(file.getFileName()));
    }
  }

  private static ProblemException inUse(Path file) {
    return new ProblemException(
        new Problem(
            "DatabaseInUse",
            "Somebody has file %s open, so nothing was replaced. Name who writes to it in quiesce, or stop who does, such as a shell in the middle of a transaction."
                .formatted(file.getFileName())));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
