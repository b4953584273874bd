package dev.backstep.resync;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * In which order tables are copied: as they are listed, but for those that others refer to by a
 * foreign key, which come before these.
 */
final class TableOrder {
  private final Map<Long, TargetTable> tables = new LinkedHashMap<>();
  private final Set<TargetTable> ordered = new LinkedHashSet<>();
  private final Set<TargetTable> path = new LinkedHashSet<>();

  private TableOrder(List<TargetTable> listed) {
    listed.forEach(table -> tables.put(table.oid(), table));
  }

  /**
   * The tables in their order.
   *
   * @throws ProblemException when there is none, because they refer to each other
   */
  static List<TargetTable> of(List<TargetTable> listed) throws ProblemException {
    var order = new TableOrder(listed);
    for (var table : listed) {
      order.add(table);
    }
    return List.copyOf(order.ordered);
  }

  private void add(TargetTable table) throws ProblemException {
    if (ordered.contains(table)) {
      return;
    }
    if (!path.add(table)) {
      throw cyclic(table);
    }
    for (var other : tables.values()) {
      if (table.parents().contains(other.oid())) {
        add(other);
      }
    }
    path.remove(table);
    ordered.add(table);
  }

  private ProblemException cyclic(TargetTable table) {
    var names = new ArrayList<>(path.stream().map(TargetTable::name).toList());
    var cycle = names.subList(names.indexOf(table.name()), names.size());
    return new ProblemException(
        new Problem(
            "TablesCyclic",
            "Tables %s, %s refer to each other by foreign keys, so none of them can be copied first. List fewer of them, or drop one of the foreign keys while they are copied."
                .formatted(String.join(", ", cycle), table.name())));
  }
}
