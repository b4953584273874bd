package dev.backstep.dump;

import dev.backstep.api.v1alpha1.action.Backup;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.cluster.Access.Right;
import dev.backstep.database.Identity;
import dev.backstep.dump.DumpJobs.BackupWish;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.time.Durations;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** A PostgreSQL is dumped. */
@ApplicationScoped
public class DumpBackups implements Backups<Ref> {
  private final DumpJobs jobs;
  private final DumpLooks looks;

  public DumpBackups(DumpJobs jobs, DumpLooks looks) {
    this.jobs = jobs;
    this.looks = looks;
  }

  @Override
  public Class<Ref> type() {
    return Ref.class;
  }

  private static String databaseRef(Backup backup) {
    return backup.target().databaseRef().name();
  }

  @Override
  public Job job(Backup backup, Wanted wanted) throws ProblemException {
    var wish =
        new BackupWish(
            wanted.tag(),
            databaseRef(backup),
            backup.backupTo(),
            wanted.at(),
            Durations.of(backup.timeout()));
    return jobs.backup(wish, wanted.name(), wanted.namespace(), wanted.claim());
  }

  @Override
  public List<Right> rights(Backup backup) {
    return Right.ofSecrets(Stream.of(databaseRef(backup)));
  }

  @Override
  public CompletionStage<List<Problem>> problems(Backup backup, Author author) {
    return looks.ofSource(databaseRef(backup), author);
  }

  @Override
  public CompletionStage<Optional<String>> database(Backup backup, Author author) {
    return looks.identity(databaseRef(backup), author).thenApply(Identity::said);
  }

  @Override
  public CompletionStage<Optional<String>> progress(Backup backup, Author author, Wanted job) {
    return looks.progress(databaseRef(backup), author, job.tag());
  }
}
