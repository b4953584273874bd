package dev.backstep.resync;

import dev.backstep.resync.Source.Figures;
import dev.backstep.resync.Source.SourceTable;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A table of both sides, and the SQL that writes its rows into the target. The bind variables are
 * one array of texts for each column.
 *
 * @param key the columns that say which row it is
 * @param values the other columns that both sides have
 * @param notes what of the table is not copied, for people
 */
record TableCopy(
    SourceTable source,
    TargetTable target,
    List<CopiedColumn> key,
    List<CopiedColumn> values,
    List<String> notes) {

  /** The same, with what is known of its rows. */
  TableCopy with(Figures figures) {
    // Sorting by more than the key costs time, and says something only where keys are repeated.
    var order = figures.repeated() == 0 ? "" : source.order();
    return new TableCopy(
        new SourceTable(source.name(), source.columns(), order),
        target,
        key,
        values,
        Stream.concat(notes.stream(), figures.notes()).toList());
  }

  /** For people. */
  String name() {
    return target.name();
  }

  /** Everything that is copied: the key first. */
  List<CopiedColumn> columns() {
    return Stream.concat(key.stream(), values.stream()).toList();
  }

  /**
   * Writes rows that are not there, or not like this. Of two with the same key the last one counts;
   * a row that is there already, to the last byte, is left alone.
   */
  String upsert() {
    var columns = columns();
    return """
        INSERT INTO %s AS t (%s) OVERRIDING SYSTEM VALUE
        SELECT DISTINCT ON (%s) %s FROM (%s) AS s ORDER BY %s, n DESC
        ON CONFLICT (%s) DO %s
        """
        .formatted(
            target.quoted(),
            names(columns, ""),
            numbers(key.size()),
            numbers(columns.size()),
            given(columns),
            numbers(key.size()),
            names(key, ""),
            update());
  }

  private String update() {
    var set = values.stream().filter(it -> !it.target().fixed()).toList();
    return set.isEmpty()
        ? "NOTHING"
        : "UPDATE SET (%s) = ROW (%s) WHERE pg_catalog.record_image_ne(ROW (%s), ROW (%s))"
            .formatted(
                names(set, ""), names(set, "excluded."), names(set, "t."), names(set, "excluded."));
  }

  /** How many different keys these are, and how many of them the target has. */
  String found() {
    return "SELECT count(*), count(t.ctid) FROM (SELECT DISTINCT %s FROM (%s) AS g) AS s LEFT JOIN %s t ON %s"
        .formatted(numbers(key.size()), given(key), target.quoted(), sameKey());
  }

  /** The first keys of these that the target does not have. */
  String missing() {
    return "SELECT pg_catalog.concat_ws('/', %s) FROM (%s) AS s LEFT JOIN %s t ON %s WHERE t.ctid IS NULL ORDER BY n LIMIT 3"
        .formatted(numbers(key.size()), given(key), target.quoted(), sameKey());
  }

  private String sameKey() {
    return IntStream.range(0, key.size())
        .mapToObj(at -> "t.%s = s.c%d".formatted(key.get(at).target().quoted(), at))
        .collect(Collectors.joining(" AND "));
  }

  /** The rows that are given, with their number. */
  private static String given(List<CopiedColumn> columns) {
    return "SELECT %s, n FROM unnest(%s) WITH ORDINALITY AS g (%s, n)"
        .formatted(
            IntStream.range(0, columns.size())
                .mapToObj(at -> columns.get(at).target().cast("c" + at) + " AS c" + at)
                .collect(Collectors.joining(", ")),
            columns.stream().map(it -> "?::text[]").collect(Collectors.joining(", ")),
            numbers(columns.size()));
  }

  private static String names(List<CopiedColumn> columns, String prefix) {
    return columns.stream()
        .map(it -> prefix + it.target().quoted())
        .collect(Collectors.joining(", "));
  }

  private static String numbers(int count) {
    return IntStream.range(0, count).mapToObj(at -> "c" + at).collect(Collectors.joining(", "));
  }
}
