package dev.backstep.resync;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.resync.Source.Rows;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The rows of a table in batches, read ahead: while one is written, the next one is read. Rows with
 * the same key are in one batch, and only the last of them.
 */
final class Batches<R extends Gathered> implements AutoCloseable {
  /** In characters, or bytes: a batch of long values has fewer rows. */
  private static final int LARGEST = 4 * 1024 * 1024;

  private final TableCopy table;
  private final Rows rows;
  private final int size;
  private final Supplier<R> empty;
  private final ExecutorService reader = Executors.newSingleThreadExecutor();

  /** Rows that were not read yet. */
  private long left;

  /** There is a row that no batch has yet. */
  private boolean waiting;

  private Ahead<Batch<R>> ahead;

  /**
   * Takes the rows as its own.
   *
   * @param left how many keys there are
   * @param empty what a batch is gathered in
   */
  Batches(TableCopy table, Rows rows, long left, int size, Supplier<R> empty) {
    this.table = table;
    this.rows = rows;
    this.left = left;
    this.size = size;
    this.empty = empty;
    this.ahead = new Ahead<>(reader, this::first);
  }

  /** The next batch; an empty one: there is none. */
  Batch<R> next() throws SQLException, ProblemException {
    var batch = ahead.get();
    if (!batch.isEmpty()) {
      ahead = new Ahead<>(reader, this::read);
    }
    return batch;
  }

  private Batch<R> first() throws SQLException, ProblemException {
    waiting = rows.next();
    return read();
  }

  private Batch<R> read() throws SQLException, ProblemException {
    var batch = empty.get();
    var place = List.<String>of();
    while (waiting) {
      add(batch);
      var full = batch.size() >= size || batch.length() >= LARGEST;
      // To ask where a row is takes time, so it is only asked where that matters.
      place = full || left <= 1 || table.repeats() ? rows.place() : List.of();
      waiting = rows.next();
      if (waiting && table.repeats() && place.equals(rows.place())) {
        batch.dropLast();
      } else {
        left--;
        if (full) {
          break;
        }
      }
    }
    return new Batch<>(batch, place);
  }

  private void add(R batch) throws SQLException, ProblemException {
    try {
      batch.add(rows);
    } catch (ProblemException e) {
      throw new ProblemException(
          new Problem(
              e.problem().reason(),
              "Row %s of table %s: %s. Correct it at the source."
                  .formatted(String.join("/", rows.place()), table.name(), e.problem().message())));
    }
  }

  /** Waits for what is being read: a cursor has one user at a time. */
  @Override
  public void close() throws SQLException {
    reader.shutdown();
    try (rows) {
      ahead.await();
    }
  }
}
