package dev.backstep.resync;

import java.util.List;
import java.util.Optional;
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

  Optional<TargetColumn> column(String column) {
    return columns.stream().filter(it -> it.name().equals(column)).findFirst();
  }
}
