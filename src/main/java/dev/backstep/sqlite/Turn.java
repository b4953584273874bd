package dev.backstep.sqlite;

import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** One program at a time works for a restore, also where another pod of its Job is not gone yet. */
public final class Turn {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int PAUSE_MILLIS = 100;

  private Turn() {}

  /** What is done meanwhile. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it. */
    T done() throws IOException, ProblemException;
  }

  /** Waits for the others, but not for long: a later pod may have more luck. */
  public static <T> T with(RestoredFile file, Work<T> work) throws IOException, ProblemException {
    try (var lock =
        FileChannel.open(file.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      var until = System.nanoTime() + PATIENCE.toNanos();
      while (lock.tryLock() == null) {
        if (System.nanoTime() > until) {
          throw new IOException("another pod of the restore still works at the file");
        }
        Thread.sleep(PAUSE_MILLIS);
      }
      return work.done();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
