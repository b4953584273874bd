package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.value.DatabaseTarget.Sqlite;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Step;
import dev.backstep.job.JobProgress;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** A file on a volume: a backup is copied beside it, and takes its name. */
@ApplicationScoped
public class SqliteFiles implements Medium<Sqlite, FileSeen> {
  private final FileSteps steps;
  private final FileQuiet quiet;

  public SqliteFiles(FileSteps steps, FileQuiet quiet) {
    this.steps = steps;
    this.quiet = quiet;
  }

  @Override
  public Class<Sqlite> type() {
    return Sqlite.class;
  }

  @Override
  public CompletionStage<Look<FileSeen>> look(DbRestoreAction restore, ActionScope scope) {
    return CompletableFuture.completedStage(Look.at(steps.seen(restore, scope)));
  }

  @Override
  public List<RestoreStage<? super FileSeen>> prove() {
    return List.of(
        new FileStage(RestorePhase.Restoring, steps::load),
        FileStage.now(RestorePhase.Verifying, steps::prove));
  }

  @Override
  public List<RestoreStage<? super FileSeen>> swap() {
    return List.of(
        FileStage.now(RestorePhase.CuttingOver, steps::swap),
        FileStage.now(RestorePhase.Finishing, steps::check));
  }

  @Override
  public List<RestoreStage<? super FileSeen>> clear() {
    return List.of(FileStage.now(RestorePhase.Stopping, steps::clear));
  }

  @Override
  public List<RestoreStage<? super FileSeen>> putBack() {
    return List.of(quiet, FileStage.now(RestorePhase.Undoing, steps::putBack));
  }

  @Override
  public List<RestoreStage<? super FileSeen>> expire() {
    return List.of(FileStage.now(RestorePhase.Succeeded, steps::drop));
  }

  @Override
  public List<Right> rights(DbRestoreAction restore, ActionScope scope) {
    return List.of(
        new Right("create", "batch", "jobs", List.of()),
        new Right("patch", "batch", "jobs", List.of()),
        JobProgress.RIGHT);
  }

  /** Only Jobs see the file: they say what is wrong with it, before anything is touched. */
  @Override
  public CompletionStage<List<Problem>> problems(DbRestoreAction restore, ActionScope scope) {
    var file = restore.target().sqlite();
    var volume = restore.source().from().volume();
    var itself =
        volume != null
            && volume.claimName().equals(file.claimName())
            && file.path().equals(restore.source().path());
    return CompletableFuture.completedStage(
        itself
            ? List.of(
                new Problem(
                    "SourceIsTarget",
                    "The backup is the live file itself, %s of volume %s. Name the backup in source.path."
                        .formatted(file.path(), file.claimName())))
            : List.of());
  }

  @Override
  public CompletionStage<List<String>> pins(DbRestoreAction restore, ActionScope scope) {
    var found = new Facts(steps.seen(restore, scope).facts()).pins(restore);
    return CompletableFuture.completedStage(
        Stream.concat(Stream.of(FileSeen.pin(restore)), found.stream()).toList());
  }

  @Override
  public Step stopped(DbRestoreAction restore, ActionScope scope) {
    return steps.stopped(scope);
  }
}
