package dev.backstep.dump;

import dev.backstep.database.NoSessionException;
import dev.backstep.http.Download;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.program.Ending;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;

/** How what the programs of this package do ends. */
final class Endings {
  /** These may be over when it is tried again. */
  private static final Set<String> PASSING = Set.of("DatabaseLost", Download.UNANSWERED);

  private Endings() {}

  /** What a program does. */
  @FunctionalInterface
  interface Doing {
    /** Does it, and returns what was done. */
    String done() throws NoSessionException, ProblemException, SQLException, IOException;
  }

  /** What a program finds out. */
  @FunctionalInterface
  interface Finding {
    /** Finds it out. */
    Map<String, String> facts() throws ProblemException, IOException;
  }

  @FunctionalInterface
  private interface Ended {
    int code() throws NoSessionException, ProblemException, SQLException, IOException;
  }

  /** Does it, says how it ended, and returns the code to exit with. */
  static int of(Doing doing) {
    return ended(() -> Ending.done(doing.done()));
  }

  /** As {@link #of}, of a program that finds something out. */
  static int finding(Finding finding) {
    return ended(() -> Ending.found(finding.facts()));
  }

  private static int ended(Ended ended) {
    try {
      return ended.code();
    } catch (NoSessionException e) {
      return Ending.later(e.problem());
    } catch (ProblemException e) {
      return PASSING.contains(e.problem().reason())
          ? Ending.later(e.problem())
          : Ending.refused(e.problem());
    } catch (SQLException e) {
      return Ending.later(
          new Problem("DatabaseFailed", "The database failed: %s".formatted(e.getMessage())));
    } catch (IOException e) {
      return full(e);
    }
  }

  private static int full(IOException e) {
    return Refusals.full(String.valueOf(e.getMessage()), "The scratch space of the pod")
        .map(Ending::refused)
        .orElseGet(() -> Ending.later(new Problem("FileFailed", "A file failed: %s".formatted(e))));
  }
}
