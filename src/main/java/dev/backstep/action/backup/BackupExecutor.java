package dev.backstep.action.backup;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.action.ProgramSteps;
import dev.backstep.action.Taken;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.action.Backup;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Hashes;
import dev.backstep.cluster.Secrets;
import dev.backstep.dump.Backups;
import dev.backstep.dump.DumpJobs;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.job.JobTrials;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.union.Union;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * Backs a database up, and reads the backup back, by a Job. One that is gone is made anew: a backup
 * may be made twice.
 */
@ApplicationScoped
public class BackupExecutor implements ActionExecutor<Backup> {
  /** Name of a Job that is never created. */
  private static final String TRIAL = "bs-job-trial";

  private final Union<Backups<?>> backups;
  private final JobSteps steps;
  private final JobTrials trials;
  private final ProgramSteps said;
  private final Secrets secrets;

  public BackupExecutor(
      @All List<Backups<?>> backups,
      JobSteps steps,
      JobTrials trials,
      ProgramSteps said,
      Secrets secrets) {
    this.backups = new Union<>(backups, Backups::type);
    this.steps = steps;
    this.trials = trials;
    this.said = said;
    this.secrets = secrets;
  }

  @Override
  public Class<Backup> type() {
    return Backup.class;
  }

  @Override
  public Traits traits(Backup action) {
    return Traits.BACKUP;
  }

  @Override
  public List<Right> rights(Backup action, ActionScope scope) {
    var forJob =
        Stream.of(
            new Right("create", "batch", "jobs", List.of()),
            new Right("patch", "batch", "jobs", List.of()));
    return Stream.concat(forJob, of(action).rights(action).stream()).toList();
  }

  @Override
  public Optional<String> says(Backup action) {
    return Optional.of(
        "the database is backed up into %s as %s..., and the backup is read back"
            .formatted(action.to().place(), action.prefix()));
  }

  private Backups<?> of(Backup action) {
    return backups.ask(action.target(), (known, target) -> known);
  }

  @Override
  public CompletionStage<List<Problem>> preflight(Backup action, ActionScope scope) {
    try {
      var job = job(action, TRIAL, TRIAL, scope);
      var here =
          Stream.of(
                  JobSteps.tooLong(action.timeout(), scope),
                  secrets.absent(scope.author(), DumpJobs.keys(action.to())).stream(),
                  trials.problems(job, scope.author()).stream())
              .flatMap(it -> it)
              .toList();
      return of(action)
          .problems(action, scope.author())
          .thenApply(there -> Stream.concat(here.stream(), there.stream()).toList());
    } catch (ProblemException e) {
      return CompletableFuture.completedStage(List.of(e.problem()));
    }
  }

  private Job job(Backup action, String name, String claim, ActionScope scope)
      throws ProblemException {
    return of(action).job(action, wanted(name, claim, scope));
  }

  private static Backups.Wanted wanted(String name, String claim, ActionScope scope) {
    return new Backups.Wanted(name, scope.namespace(), claim, tag(claim, scope), scope.now());
  }

  private static String tag(String claim, ActionScope scope) {
    return Hashes.of(claim, scope.action());
  }

  @Override
  public CompletionStage<Optional<String>> database(Backup action, ActionScope scope) {
    return of(action).database(action, scope.author());
  }

  @Override
  public CompletionStage<Step> next(Backup action, ActionScope scope) {
    var step =
        steps.leftAgain(JobSteps.RUN, name -> job(action, name, scope.claim(), scope), scope);
    var job = JobSteps.name(JobSteps.RUN, scope.claim(), scope);
    if (ProgramSteps.failed(step)) {
      return said.failed(step, job, "BackupFailed", "What was made before stays.", scope).now();
    }
    if (step.work() instanceof Work.Rolling) {
      return of(action)
          .progress(action, scope.author(), wanted(job, scope.claim(), scope))
          .thenApply(now -> said.running(job, now, "", scope));
    }
    return step.work() instanceof Work.Observed
        ? said.ended(
                job,
                said.lastWords(job, scope),
                "the backup is in %s".formatted(action.to().place()))
            .now()
        : step.now();
  }

  @Override
  public Step stop(Backup action, ActionScope scope) {
    return steps.stopped(scope);
  }

  @Override
  public CompletionStage<Step> back(Backup action, Taken taken, ActionScope scope) {
    return Step.done("the backup stays: it takes nothing away.").now();
  }
}
