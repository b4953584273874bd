package dev.backstep.resync;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A table of the target.
 *
 * @param name as it was asked for
 * @param quoted with its schema, as SQL knows it
 * @param columns in their order
 * @param unique what no two rows have in common: sets of columns
 * @param parents the OIDs of other tables that its rows refer to
 */
record TargetTable(
    long oid,
    String name,
    String quoted,
    List<TargetColumn> columns,
    List<Set<String>> unique,
    Set<Long> parents) {

  /**
   * Rows can be told apart by these columns.
   *
   * @throws ProblemException when they cannot
   */
  void checkKey(List<String> key) throws ProblemException {
    var names = columns.stream().map(TargetColumn::name).toList();
    var absent = key.stream().filter(column -> !names.contains(column)).toList();
    if (!absent.isEmpty()) {
      throw new ProblemException(
          new Problem(
              "KeyMissing",
              "Table %s of the target has no column %s, which its key names. Correct key."
                  .formatted(name, String.join(", ", absent))));
    }
    if (!unique.contains(new HashSet<>(key))) {
      throw new ProblemException(
          new Problem(
              "KeyNotUnique",
              "Table %s of the target has no primary key or unique index of exactly %s, so rows could not be told apart. Correct key, or make such an index."
                  .formatted(name, String.join(", ", key))));
    }
  }
}
