package dev.backstep.resync;

import dev.backstep.problem.ProblemException;
import dev.backstep.resync.Source.Rows;
import java.sql.SQLException;

/** What the rows of a batch are kept in until it is written. */
interface Gathered {
  /** Takes the row at which these are. */
  void add(Rows rows) throws SQLException, ProblemException;

  /** Forgets the row that was taken last. */
  void dropLast();

  /** How many rows. */
  int size();

  /** How much memory they take, about, in characters. */
  long length();
}
