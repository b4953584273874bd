package dev.backstep.resync;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.resync.Source.SourceTable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which columns a table has on both sides, and what keeps it from being copied. */
final class Matching {
  private final SourceTable source;
  private final TargetTable target;
  private final List<String> key;

  private Matching(SourceTable source, TargetTable target, List<String> key) {
    this.source = source;
    this.target = target;
    this.key = key;
  }

  /**
   * The table as it is copied.
   *
   * @throws ProblemException when the two differ in what matters
   */
  static TableCopy of(SourceTable source, TargetTable target, List<String> key)
      throws ProblemException {
    return new Matching(source, target, key).copy();
  }

  private TableCopy copy() throws ProblemException {
    var both = both(false);
    var values = both.stream().filter(it -> !key.contains(it.target().name())).toList();
    var keys =
        key.stream()
            .flatMap(name -> both.stream().filter(it -> it.target().name().equals(name)))
            .toList();
    checkKey(keys);
    checkColumns(both, values);
    return new TableCopy(source, target, keys, values, true, notes(both));
  }

  /** The same name; where there is none, one that differs in large and small letters only. */
  private Optional<CopiedColumn> match(TargetColumn column) {
    return source.columns().stream()
        .filter(it -> it.equals(column.name()))
        .findFirst()
        .or(() -> source.columns().stream().filter(column.name()::equalsIgnoreCase).findFirst())
        .map(name -> new CopiedColumn(name, column));
  }

  /** What PostgreSQL computes itself is neither copied nor missed. */
  private List<CopiedColumn> both(boolean computed) {
    return target.columns().stream()
        .filter(column -> column.computed() == computed)
        .flatMap(column -> match(column).stream())
        .toList();
  }

  private void checkKey(List<CopiedColumn> keys) throws ProblemException {
    if (keys.size() < key.size()) {
      throw problem(
          "KeyMissing",
          "Table %s of the source has only %s, and not all columns of the key: %s. Correct key, or bring both sides to the same schema."
              .formatted(
                  target.name(), String.join(", ", source.columns()), String.join(", ", key)));
    }
  }

  private void checkColumns(List<CopiedColumn> both, List<CopiedColumn> values)
      throws ProblemException {
    var matched = both.stream().map(CopiedColumn::target).toList();
    var required =
        target.columns().stream().filter(it -> it.required() && !matched.contains(it)).toList();
    if (!required.isEmpty()) {
      throw problem(
          "SchemaDiffers",
          "Table %s of the target needs values in %s, and the source has no such columns, only %s. Bring both to the same schema."
              .formatted(
                  target.name(),
                  String.join(", ", required.stream().map(TargetColumn::name).toList()),
                  String.join(", ", source.columns())));
    }
    if (values.isEmpty() && target.columns().size() > key.size()) {
      throw problem(
          "SchemaDiffers",
          "Table %s has nothing but its key on both sides: the source has %s. Bring both to the same schema."
              .formatted(target.name(), String.join(", ", source.columns())));
    }
  }

  private List<String> notes(List<CopiedColumn> both) {
    var known =
        Stream.concat(both.stream(), both(true).stream()).map(CopiedColumn::source).toList();
    var written = both.stream().map(CopiedColumn::target).toList();
    var onlyThere = source.columns().stream().filter(it -> !known.contains(it)).toList();
    var onlyHere =
        target.columns().stream()
            .filter(it -> !it.computed() && !written.contains(it))
            .map(TargetColumn::name)
            .toList();
    return Stream.of(
            note("not in the target, so not copied", onlyThere),
            note("not in the source, so left alone", onlyHere))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<String> note(String what, List<String> columns) {
    return columns.isEmpty()
        ? Optional.empty()
        : Optional.of("%s: columns %s".formatted(what, String.join(", ", columns)));
  }

  private static ProblemException problem(String reason, String message) {
    return new ProblemException(new Problem(reason, message));
  }
}
