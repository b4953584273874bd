package dev.backstep.action.resync;

import dev.backstep.api.v1alpha1.sync.ResyncSpec;
import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import dev.backstep.job.ProgramJobs;
import dev.backstep.job.ProgramJobs.Mounted;
import dev.backstep.job.ProgramJobs.Program;
import dev.backstep.problem.ProblemException;
import dev.backstep.resync.Resync;
import dev.backstep.resync.ResyncTask;
import dev.backstep.time.Durations;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The Job that copies: a pod that is killed is replaced, since the program goes on. */
@ApplicationScoped
public class ResyncJobs {
  private static final String SOURCE = "source";
  private static final String TARGET = "target";

  private final ProgramJobs jobs;

  public ResyncJobs(ProgramJobs jobs) {
    this.jobs = jobs;
  }

  /**
   * The Job as it is created.
   *
   * @throws ProblemException when the operator does not know its own image
   */
  Job suspended(ResyncSpec spec, ResyncTask task, String claim) throws ProblemException {
    var program =
        new Program(
            Resync.class,
            ResyncTask.VARIABLE,
            task.json(),
            List.of(
                Mounted.secret(TARGET, spec.target().databaseRef().name()), source(spec.source())),
            Durations.of(spec.timeout()));
    return jobs.suspended(program, task.job(), task.namespace(), claim);
  }

  private static Mounted source(DatabaseTarget source) {
    return source.sqlite() == null
        ? Mounted.secret(SOURCE, source.databaseRef().name())
        : Mounted.claim(SOURCE, source.sqlite().claimName(), true);
  }

  /** What the program is told. */
  static ResyncTask task(
      ResyncSpec spec, List<ResyncTask.Table> tables, String id, String job, String namespace) {
    return new ResyncTask(
        id,
        job,
        namespace,
        file(spec.source()),
        spec.source().databaseRef() == null
            ? null
            : new ResyncTask.Database(
                spec.source().databaseRef().name(), ProgramJobs.folder(SOURCE)),
        new ResyncTask.Database(spec.target().databaseRef().name(), ProgramJobs.folder(TARGET)),
        tables,
        spec.batchSize(),
        Durations.of(spec.timeout()).toSeconds());
  }

  private static String file(DatabaseTarget source) {
    return source.sqlite() == null
        ? null
        : "%s/%s".formatted(ProgramJobs.folder(SOURCE), source.sqlite().path());
  }
}
