package dev.backstep.restore;

import dev.backstep.dump.DumpJobs;
import dev.backstep.dump.FileJobs;
import dev.backstep.dump.LoadTask;
import dev.backstep.problem.ProblemException;
import dev.backstep.sqlite.FileTask;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;

/** The Jobs of a restore of a SQLite file, as they are created. */
final class RestoreJobs {
  private final FileJobs jobs;

  RestoreJobs(FileJobs jobs) {
    this.jobs = jobs;
  }

  /** Copies the backup beside the live file. */
  Job load(FileSeen now, String name) throws ProblemException {
    var source = now.restore().source();
    var file = now.restore().target().sqlite();
    var wanted =
        new LoadTask.Source(
            DumpJobs.place(source.from()),
            source.path(),
            source.latest() == null ? null : source.latest().prefix(),
            source.latest() == null ? null : Sources.before(now),
            source.sha256(),
            source.database() == null ? fileName(file.path()) : source.database(),
            Sources.notOlderThan(now).orElse(null));
    return jobs.load(
        file, now.names(), wanted, source.from(), now.scope().timeout(), whose(now, name));
  }

  private static String fileName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static FileJobs.Whose whose(FileSeen now, String name) {
    return new FileJobs.Whose(name, now.scope().namespace(), now.scope().claim());
  }

  /** Does one step at the file. */
  Job work(FileTask.Step what, Duration limit, FileSeen now, String name) throws ProblemException {
    var file = now.restore().target().sqlite();
    var task =
        new FileTask(what, now.names(), FileJobs.folder(), file.path(), now.restore().verify());
    return jobs.work(file, task, limit, whose(now, name));
  }
}
