package dev.backstep.dump;

import dev.backstep.api.v1alpha1.action.Backup;
import dev.backstep.api.v1alpha1.value.DatabaseTarget.Sqlite;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Author;
import dev.backstep.job.JobProgress;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A SQLite file is copied. Only its Job sees it, so nothing is known of it before. */
@ApplicationScoped
public class FileBackups implements Backups<Sqlite> {
  private final FileJobs jobs;
  private final JobProgress progress;

  public FileBackups(FileJobs jobs, JobProgress progress) {
    this.jobs = jobs;
    this.progress = progress;
  }

  @Override
  public Class<Sqlite> type() {
    return Sqlite.class;
  }

  @Override
  public Job job(Backup backup, Wanted wanted) throws ProblemException {
    return jobs.backup(backup, wanted);
  }

  @Override
  public List<Right> rights(Backup backup) {
    return List.of(JobProgress.RIGHT);
  }

  @Override
  public CompletionStage<List<Problem>> problems(Backup backup, Author author) {
    return CompletableFuture.completedStage(List.of());
  }

  @Override
  public CompletionStage<Optional<String>> database(Backup backup, Author author) {
    var file = backup.target().sqlite();
    return CompletableFuture.completedStage(
        Optional.of("file %s of volume %s".formatted(file.path(), file.claimName())));
  }

  @Override
  public CompletionStage<Optional<String>> progress(Backup backup, Author author, Wanted job) {
    return progress.of(job.name(), author);
  }
}
