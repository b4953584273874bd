package dev.backstep.resync;

import dev.backstep.database.SqlErrors;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which failures of a database another try may overcome. */
final class Failures {
  /** Wrong data, constraints, and what functions of triggers raise. */
  private static final Pattern OF_ROWS = Pattern.compile("(21|22|23|44|P0)...");

  /** What does not exist, is no SQL, or is not allowed. */
  private static final Pattern FINAL = Pattern.compile("(0A|28|2F|3D|3F|42)...");

  private Failures() {}

  /** True when a row is to blame. */
  static boolean isOfRows(SQLException e) {
    return OF_ROWS.matcher(String.valueOf(e.getSQLState())).matches();
  }

  /** What no other try would overcome; empty: one may. */
  static Optional<ProblemException> ending(SQLException e) {
    return isOfRows(e) || FINAL.matcher(String.valueOf(e.getSQLState())).matches()
        ? Optional.of(
            new ProblemException(
                new Problem(
                    "SqlFailed",
                    "A database refuses what the re-sync does, with SQLSTATE %s: %s"
                        .formatted(e.getSQLState(), SqlErrors.said(e, Map.of())))))
        : Optional.empty();
  }
}
