package dev.backstep.resync;

import dev.backstep.problem.ProblemException;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What is copied from: all of it as it was at one moment. Nothing is written there. */
interface Source extends AutoCloseable {
  /**
   * Changes with everything that is written to the source: two copies of the same version are the
   * same. It may change without that, too.
   */
  String version();

  /** A table, or a view; empty: there is none of that name. */
  Optional<SourceTable> table(String name) throws SQLException;

  /** What is known of the rows of a table before they are copied. */
  Figures figures(SourceTable table, List<String> key) throws SQLException;

  /**
   * The rows that have a key, in its order.
   *
   * @param table of this source
   * @param columns what is read
   * @param after only those with a larger key, as the row that was read last says it; empty: all
   */
  Rows rows(TableCopy table, List<CopiedColumn> columns, List<String> after)
      throws SQLException, ProblemException;

  /** As {@link #rows}, in the way that is the fastest where values are only appended. */
  default Rows bulk(TableCopy table, List<CopiedColumn> columns, List<String> after)
      throws SQLException, ProblemException {
    return rows(table, columns, after);
  }

  @Override
  void close() throws SQLException;

  /**
   * A table of a source.
   *
   * @param name as SQL knows it
   * @param columns their names
   * @param order what says which of two rows with the same key is the later one, as SQL; empty:
   *     nothing does
   */
  record SourceTable(String name, List<String> columns, String order) {}

  /** Rows, one after the other. */
  interface Rows extends AutoCloseable {
    /** True: there is another one. */
    boolean next() throws SQLException;

    /** Its values, in the order of the columns, as PostgreSQL writes them; null is NULL. */
    String[] values() throws SQLException, ProblemException;

    /** Adds its values, in the same order. */
    default void append(ValueSink sink) throws SQLException, ProblemException {
      for (var value : values()) {
        sink.append(value);
      }
    }

    /** What says where this row is, in the source's own words. */
    List<String> place() throws SQLException;

    @Override
    void close() throws SQLException;
  }

  /**
   * Rows of a table.
   *
   * @param rows with a key
   * @param keyless without one, which cannot be copied
   * @param repeated keys that more than one row has
   * @param surplus rows with such a key, beyond the first
   * @param examples some of those keys
   */
  record Figures(long rows, long keyless, long repeated, long surplus, List<String> examples) {
    /** Keys, each once. */
    long keys() {
      return rows - surplus;
    }

    /** What of it is not copied, for people. */
    Stream<String> notes() {
      return Stream.of(
              keyless == 0
                  ? ""
                  : String.format(Locale.ROOT, "%,d rows without a key, not copied", keyless),
              repeated == 0
                  ? ""
                  : String.format(
                      Locale.ROOT,
                      "%,d keys on more than one row, such as %s: the last row of each counts",
                      repeated,
                      String.join(", ", examples)))
          .filter(note -> !note.isEmpty());
    }
  }
}
