package dev.backstep.database;

import java.time.Duration;

/**
 * How many rows go into one transaction, so that nobody waits for its locks for longer than half a
 * second: it begins with few, and what earlier ones took says how many the next one has.
 */
final class Pace {
  static final int LARGEST = 5000;

  private static final int FIRST = 250;
  private static final int SMALLEST = 10;
  private static final Duration LONGEST = Duration.ofMillis(500);
  private static final Duration AIM = Duration.ofMillis(120);

  private int rows = FIRST;

  /** How many rows the next transaction has. */
  int rows() {
    return rows;
  }

  /**
   * After how long its statement is ended by the server.
   *
   * @param otherwise where it could not have fewer rows
   */
  Duration limit(Duration otherwise) {
    return rows > SMALLEST ? LONGEST : otherwise;
  }

  /** A transaction with as many rows took so long. */
  void took(Duration time) {
    var fitting = rows * AIM.toNanos() / Math.max(1, time.toNanos());
    rows = (int) Math.max(SMALLEST, Math.min(LARGEST, Math.min(fitting, rows * 2L)));
  }

  /**
   * A transaction was ended by the server.
   *
   * @return true: the next one has fewer rows; false: it could not
   */
  boolean tooLong() {
    var fewer = rows > SMALLEST;
    rows = Math.max(SMALLEST, rows / 4);
    return fewer;
  }
}
