package dev.backstep.resync;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.resync.Source.Rows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The rows of a table in batches, read ahead: while one is written, the next one is read. Rows with
 * the same key are in one batch, and only the last of them.
 */
final class Batches implements AutoCloseable {
  /** In characters: a batch of long values has fewer rows. */
  private static final int LARGEST = 4 * 1024 * 1024;

  private final String table;
  private final Rows rows;
  private final int size;
  private final ExecutorService reader = Executors.newSingleThreadExecutor();
  private Row pending;
  private Future<Batch> ahead;

  private record Row(String[] values, List<String> place) {}

  /** Takes the rows as its own. */
  Batches(String table, Rows rows, int size) {
    this.table = table;
    this.rows = rows;
    this.size = size;
    this.ahead = reader.submit(this::read);
  }

  /** The next batch; {@link Batch#NONE}: there is none. */
  Batch next() throws SQLException, ProblemException {
    try {
      var batch = ahead.get();
      if (!batch.isEmpty()) {
        ahead = reader.submit(this::read);
      }
      return batch;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the program is to end");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException sql) {
        throw sql;
      }
      if (e.getCause() instanceof ProblemException problem) {
        throw problem;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private Batch read() throws SQLException, ProblemException {
    var values = new ArrayList<String[]>(size);
    var last = pending == null ? one() : pending;
    var characters = 0L;
    pending = null;
    while (last != null) {
      var next = one();
      if (next == null || !next.place().equals(last.place())) {
        values.add(last.values());
        characters += length(last.values());
        if (next == null || values.size() >= size || characters >= LARGEST) {
          pending = next;
          return new Batch(values, last.place());
        }
      }
      last = next;
    }
    return Batch.NONE;
  }

  private Row one() throws SQLException, ProblemException {
    if (!rows.next()) {
      return null;
    }
    var place = rows.place();
    try {
      return new Row(rows.values(), place);
    } catch (ProblemException e) {
      throw new ProblemException(
          new Problem(
              e.problem().reason(),
              "Row %s of table %s: %s. Correct it at the source."
                  .formatted(String.join("/", place), table, e.problem().message())));
    }
  }

  private static long length(String[] values) {
    var length = 0L;
    for (var value : values) {
      length += value == null ? 0 : value.length();
    }
    return length;
  }

  /** Waits for what is being read: a cursor has one user at a time. */
  @Override
  public void close() throws SQLException {
    reader.shutdown();
    try (rows) {
      ahead.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      // It is not needed any more; who asked for it has heard of it.
    }
  }
}
