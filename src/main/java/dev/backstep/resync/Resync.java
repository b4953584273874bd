package dev.backstep.resync;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.database.MountedSecrets;
import dev.backstep.database.NoSessionException;
import dev.backstep.database.Session;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.program.Ending;
import dev.backstep.sqlite.SqliteFile;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Copies the tables of one database into another: a program of its own beside the operator, in the
 * same image, that a Job runs. It asks no API server. When it is ended at any moment and started
 * again, it goes on.
 */
public final class Resync {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ResyncTask task;
  private final MountedSecrets secrets;
  private final Duration limit;

  private Resync(ResyncTask task) {
    this.task = task;
    this.secrets = new MountedSecrets(task.namespace());
    this.limit = Duration.ofSeconds(task.timeoutSeconds());
  }

  /** Copies what the environment says. */
  public static void main(String[] args) throws JsonProcessingException {
    var task = ResyncTask.of(System.getenv(ResyncTask.VARIABLE));
    System.exit(new Resync(task).end());
  }

  /** Copies, says how it ended, and returns the code to exit with. */
  private int end() {
    try {
      return Ending.done(copied().summary());
    } catch (NoSessionException e) {
      return Ending.later(e.problem());
    } catch (ProblemException e) {
      return Ending.refused(e.problem());
    } catch (SQLException e) {
      return Failures.ending(e)
          .map(problem -> Ending.refused(problem.problem()))
          .orElseGet(
              () ->
                  Ending.later(
                      new Problem(
                          "DatabaseFailed",
                          "A database failed, and it may go on later: %s".formatted(e))));
    }
  }

  private Progress copied() throws NoSessionException, ProblemException, SQLException {
    try (var target = open(task.target());
        var source = source()) {
      return new Copier(task, source, target, Ending::said).copy();
    }
  }

  private Session open(ResyncTask.Database database) throws NoSessionException {
    return secrets.open(database.secret(), Path.of(database.folder()), limit);
  }

  private Source source() throws NoSessionException, ProblemException, SQLException {
    if (task.sqlite() != null) {
      var scratch = Path.of(System.getProperty("java.io.tmpdir"));
      var copy = scratch.resolve("source.sqlite");
      var copied = new SqliteFile(Path.of(task.sqlite()), copy, PATIENCE).copied();
      return new SqliteSource(copied.connection(), copied.version());
    }
    var database = task.source();
    return new PostgresSource(
        secrets.openReading(database.secret(), Path.of(database.folder()), limit), limit);
  }
}
