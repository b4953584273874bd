package dev.backstep.dump;

import dev.backstep.api.v1alpha1.action.Backup;
import dev.backstep.api.v1alpha1.value.DatabaseTarget.Sqlite;
import dev.backstep.api.v1alpha1.value.Location;
import dev.backstep.database.swap.Names;
import dev.backstep.job.ClaimNodes;
import dev.backstep.job.ProgramJobs;
import dev.backstep.job.ProgramJobs.Mounted;
import dev.backstep.job.ProgramJobs.Placement;
import dev.backstep.job.ProgramJobs.Program;
import dev.backstep.problem.ProblemException;
import dev.backstep.sqlite.FileTask;
import dev.backstep.sqlite.FileWork;
import dev.backstep.time.Durations;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The Jobs of the programs that work at SQLite files: on the node that has the volume, while one
 * has it, and as the user that the application runs as.
 */
@ApplicationScoped
public class FileJobs {
  private static final String FILE = "file";

  private final ProgramJobs jobs;
  private final ClaimNodes nodes;

  public FileJobs(ProgramJobs jobs, ClaimNodes nodes) {
    this.jobs = jobs;
    this.nodes = nodes;
  }

  /** Whose Job it is. */
  public record Whose(String name, String namespace, String claim) {}

  /**
   * The Job that makes a backup, as it is created.
   *
   * @throws ProblemException when the operator does not know its own image
   */
  public Job backup(Backup backup, Backups.Wanted wanted) throws ProblemException {
    var file = backup.target().sqlite();
    var kept = backup.retention();
    var task =
        new FileBackupTask(
            ProgramJobs.folder(FILE),
            file.path(),
            DumpJobs.place(backup.to()),
            backup.prefix(),
            wanted.at(),
            kept == null ? null : Durations.of(kept).toSeconds());
    var whose = new Whose(wanted.name(), wanted.namespace(), wanted.claim());
    var program =
        new Program(
            FileBackup.class,
            FileBackupTask.VARIABLE,
            task.json(),
            List.of(mounted(file, true), DumpJobs.mounted(backup.to(), false)),
            Durations.of(backup.timeout()),
            placement(file, backup.to(), true, whose));
    return made(program, whose);
  }

  /** As {@link #backup}: the Job that copies a backup beside the live file. */
  public Job load(
      Sqlite file, Names names, LoadTask.Source source, Location from, Duration limit, Whose whose)
      throws ProblemException {
    var task = new FileLoadTask(names, ProgramJobs.folder(FILE), file.path(), source);
    var program =
        new Program(
            FileLoad.class,
            FileLoadTask.VARIABLE,
            task.json(),
            List.of(mounted(file, false), DumpJobs.mounted(from, true)),
            limit,
            placement(file, from, false, whose));
    return made(program, whose);
  }

  /** As {@link #backup}: the Job that does one step at the file. */
  public Job work(Sqlite file, FileTask task, Duration limit, Whose whose) throws ProblemException {
    var program =
        new Program(
            FileWork.class,
            FileTask.VARIABLE,
            task.json(),
            List.of(mounted(file, false)),
            limit,
            placement(file, null, false, whose));
    return made(program, whose);
  }

  /** Where its volume is in the pod. */
  public static String folder() {
    return ProgramJobs.folder(FILE);
  }

  private Job made(Program program, Whose whose) throws ProblemException {
    return jobs.suspended(program, whose.name(), whose.namespace(), whose.claim());
  }

  private static Mounted mounted(Sqlite file, boolean readOnly) {
    return Mounted.claim(FILE, file.claimName(), readOnly);
  }

  private Placement placement(Sqlite file, Location other, boolean shared, Whose whose) {
    var claims =
        Stream.concat(
                Stream.of(file.claimName()),
                Stream.ofNullable(other == null ? null : other.volume())
                    .map(Location.Volume::claimName))
            .toList();
    return new Placement(file.user(), nodes.node(whose.namespace(), claims).orElse(null), shared);
  }
}
