package dev.backstep.resync;

import dev.backstep.cluster.Hashes;
import dev.backstep.database.Session;
import dev.backstep.database.Session.Limits;
import dev.backstep.problem.ProblemException;
import dev.backstep.resync.Progress.State;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Copies the tables of a source into a target, goes on where an earlier one ended, and compares
 * both at the end. Nothing is written before all that can be known beforehand was looked at.
 */
final class Copier {
  /** One re-sync of a database at a time: two would wait for each other's rows. */
  private static final String ALONE = "SELECT pg_advisory_lock(hashtext('dev.backstep.resync'))";

  private static final Duration LOCK = Duration.ofSeconds(30);

  private final ResyncTask task;
  private final Source source;
  private final Session target;
  private final Connection connection;
  private final ProgressRows progress;
  private final Consumer<String> said;

  private final List<TableCopy> tables = new ArrayList<>();
  private final List<Long> totals = new ArrayList<>();

  /**
   * For one copy.
   *
   * @param said hears what happens, for the log
   */
  Copier(ResyncTask task, Source source, Session target, Consumer<String> said) {
    this.task = task;
    this.source = source;
    this.target = target;
    this.connection = target.connection();
    this.progress = new ProgressRows(connection, task.id());
    this.said = said;
  }

  /**
   * Copies all that is not copied yet.
   *
   * @return what was copied
   * @throws ProblemException when it cannot be done, and trying again would not help
   * @throws SQLException when a database failed; another time it may go on
   */
  Progress copy() throws SQLException, ProblemException {
    look();
    begin();
    for (var at = 0; at < tables.size(); at++) {
      if (progress.progress().tables().get(at).state() == State.waiting) {
        copy(at);
      }
    }
    var comparison = new Comparison(connection, source);
    for (var at = 0; at < tables.size(); at++) {
      if (progress.progress().tables().get(at).state() == State.copied) {
        compare(at, comparison);
      }
    }
    return progress.progress();
  }

  /** Looks at both sides, and decides what is copied in which order. */
  private void look() throws SQLException, ProblemException {
    for (var table : new TargetCatalog(connection).ordered(task.tables())) {
      look(table.table(), table.key());
    }
  }

  private void look(TargetTable table, List<String> key) throws SQLException, ProblemException {
    var found =
        source.table(table.name()).orElseThrow(() -> TargetCatalog.absent(table.name(), "source"));
    var copy = Matching.of(found, table, key);
    var figures = source.figures(found, copy.key().stream().map(CopiedColumn::source).toList());
    tables.add(copy.with(figures));
    totals.add(figures.keys());
    said.accept("table %s has %d rows to copy".formatted(table.name(), figures.keys()));
  }

  private void begin() throws SQLException, ProblemException {
    target.limit(new Limits(LOCK, Duration.ofSeconds(task.timeoutSeconds())));
    execute(ALONE);
    // Loops over the rows that are given beat any other way, and are not to be guessed.
    execute("SET enable_hashjoin = off; SET enable_mergejoin = off");
    // What a crash of the server takes away, it takes away together with the progress.
    execute("SET synchronous_commit = off");
    connection.setAutoCommit(false);
    ProgressRows.make(target);
    progress.begin(begun(), task.job(), tables, totals);
    connection.commit();
  }

  /** What is the same only if the same rows would be copied in the same way. */
  private String begun() {
    return Hashes.of(
        Stream.concat(Stream.of(source.version()), tables.stream().map(TableCopy::upsert))
            .toArray(String[]::new));
  }

  private void copy(int at) throws SQLException, ProblemException {
    var table = tables.get(at);
    if (!copiedInBulk(at)) {
      var rows = source.rows(table, table.columns(), progress.place(at));
      try (var upserts = new Upserts(connection, table);
          var batches = new Batches<>(table, rows, left(at), task.batchSize(), RowValues::new)) {
        write(at, batches, upserts::write);
      }
    }
    new Sequences(connection).moveOn(table);
    progress.reached(at, State.copied, 0);
    connection.commit();
    said.accept(progress.progress().tables().get(at).counted());
  }

  /** False: something is in the way, and what was not copied by then is left to upserts. */
  private boolean copiedInBulk(int at) throws SQLException, ProblemException {
    var table = tables.get(at);
    var bulk = new BulkRows(connection, table);
    if (!bulk.fit(progress.progress().tables().get(at).copied())) {
      return false;
    }
    var rows = source.bulk(table, table.columns(), progress.place(at));
    try (var batches = new Batches<>(table, rows, left(at), BulkRows.AT_ONCE, CopyText::new)) {
      write(at, batches, bulk::write);
      return true;
    } catch (SQLException e) {
      if (Failures.ending(e).isEmpty()) {
        throw e;
      }
      connection.rollback();
      return false;
    }
  }

  private long left(int at) throws SQLException {
    return totals.get(at) - progress.progress().tables().get(at).copied();
  }

  @FunctionalInterface
  private interface Writing<R extends Gathered> {
    int written(Batch<R> batch) throws SQLException, ProblemException;
  }

  private <R extends Gathered> void write(int at, Batches<R> batches, Writing<R> writing)
      throws SQLException, ProblemException {
    for (var batch = batches.next(); !batch.isEmpty(); batch = batches.next()) {
      progress.advance(at, batch, writing.written(batch));
      connection.commit();
    }
  }

  private void compare(int at, Comparison comparison) throws SQLException, ProblemException {
    var others = 0L;
    try {
      others = comparison.others(tables.get(at), totals.get(at));
    } catch (ProblemException e) {
      // Whoever tries again has to copy again.
      progress.forget();
      connection.commit();
      throw e;
    }
    execute("RESET synchronous_commit");
    progress.reached(at, State.compared, others);
    connection.commit();
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
