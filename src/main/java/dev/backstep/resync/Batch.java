package dev.backstep.resync;

import java.util.List;

/**
 * Rows that are written in one transaction.
 *
 * @param rows none: there are no more
 * @param place where the last one is at the source
 */
record Batch<R extends Gathered>(R rows, List<String> place) {
  boolean isEmpty() {
    return rows.size() == 0;
  }

  int size() {
    return rows.size();
  }
}
