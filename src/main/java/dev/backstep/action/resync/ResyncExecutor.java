package dev.backstep.action.resync;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.action.ProgramSteps;
import dev.backstep.action.Taken;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.action.DeclaredEffect;
import dev.backstep.api.v1alpha1.action.Resync;
import dev.backstep.api.v1alpha1.sync.ResyncSpec;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Hashes;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.job.JobTrials;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.resync.ResyncLooks;
import dev.backstep.resync.ResyncLooks.Seen;
import dev.backstep.resync.ResyncTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Copies tables from the one side of a sync to the other, by a Job that keeps its progress. */
@ApplicationScoped
public class ResyncExecutor implements ActionExecutor<Resync> {
  private static final String STAYS =
      "What was copied before stays, and a Retry goes on from there.";

  /** Name of a Job that is never created. */
  private static final String TRIAL = "bs-job-trial";

  private final ResyncSpecs specs;
  private final ResyncJobs jobs;
  private final JobSteps steps;
  private final JobTrials trials;
  private final ResyncLooks looks;
  private final ProgramSteps said;

  public ResyncExecutor(
      ResyncSpecs specs,
      ResyncJobs jobs,
      JobSteps steps,
      JobTrials trials,
      ResyncLooks looks,
      ProgramSteps said) {
    this.specs = specs;
    this.jobs = jobs;
    this.steps = steps;
    this.trials = trials;
    this.looks = looks;
    this.said = said;
  }

  @Override
  public Class<Resync> type() {
    return Resync.class;
  }

  /** Only the run's own record says whether it was done: the source may have changed since. */
  @Override
  public Traits traits(Resync action) {
    return Traits.declared(DeclaredEffect.Repair, false);
  }

  @Override
  public Optional<String> says(Resync action) {
    return Optional.of(
        "what is missing, or is otherwise, in the target of SyncControl %s is copied"
            .formatted(action.syncControlRef().name()));
  }

  @Override
  public List<Right> rights(Resync action, ActionScope scope) {
    var forJob =
        Stream.of(
            new Right("create", "batch", "jobs", List.of()),
            new Right("patch", "batch", "jobs", List.of()));
    return Stream.concat(forJob, specs.known(action, scope).stream().map(ResyncExecutor::secrets))
        .toList();
  }

  private static Right secrets(ResyncSpec spec) {
    var names =
        Stream.of(spec.target().databaseRef(), spec.source().databaseRef())
            .filter(ref -> ref != null)
            .map(ref -> ref.name())
            .toList();
    return new Right("get", "", "secrets", names);
  }

  @Override
  public CompletionStage<List<Problem>> preflight(Resync action, ActionScope scope) {
    try {
      var spec = specs.spec(action, scope);
      var tables = ResyncSpecs.tables(spec, action, scope);
      var job = jobs.suspended(spec, task(spec, tables, TRIAL, scope), TRIAL);
      var here =
          Stream.concat(
                  JobSteps.tooLong(spec.timeout(), scope),
                  trials.problems(job, scope.author()).stream())
              .toList();
      var target = looks.ofTarget(spec.target().databaseRef().name(), scope.author(), tables);
      return target
          .thenCombine(ofSource(spec, scope), ResyncExecutor::both)
          .thenApply(there -> both(here, there));
    } catch (ProblemException e) {
      return CompletableFuture.completedStage(List.of(e.problem()));
    }
  }

  private CompletionStage<List<Problem>> ofSource(ResyncSpec spec, ActionScope scope) {
    var database = spec.source().databaseRef();
    return database == null
        ? CompletableFuture.completedStage(List.of())
        : looks.ofSource(database.name(), scope.author());
  }

  private static List<Problem> both(List<Problem> some, List<Problem> others) {
    return Stream.concat(some.stream(), others.stream()).toList();
  }

  /** What the SyncControl says is part of what is approved: it is read when the Job is made. */
  @Override
  public CompletionStage<List<String>> pins(Resync action, ActionScope scope) {
    return CompletableFuture.completedStage(
        specs
            .known(action, scope)
            .map(spec -> "resync %s".formatted(Hashes.of(spec.toString())))
            .stream()
            .toList());
  }

  @Override
  public CompletionStage<Step> next(Resync action, ActionScope scope) {
    var step =
        steps.left(
            JobSteps.RUN,
            scope.claim(),
            name -> Optional.empty(),
            name -> {
              var spec = specs.spec(action, scope);
              var tables = ResyncSpecs.tables(spec, action, scope);
              return jobs.suspended(spec, task(spec, tables, name, scope), scope.claim());
            },
            scope);
    return told(step, action, scope);
  }

  /** With what the target or the program says of it. */
  private CompletionStage<Step> told(Step step, Resync action, ActionScope scope) {
    var job = JobSteps.name(JobSteps.RUN, scope.claim(), scope);
    if (ProgramSteps.failed(step)) {
      return said.failed(step, job, "ResyncFailed", STAYS, scope).now();
    }
    var under = step.work() instanceof Work.Rolling;
    if (!under && !(step.work() instanceof Work.Observed)) {
      return step.now();
    }
    return specs
        .known(action, scope)
        .map(spec -> looks.progress(spec.target().databaseRef().name(), scope.author(), id(scope)))
        .map(seen -> seen.thenApply(it -> under ? running(job, it, scope) : ended(job, it)))
        .orElse(step.now());
  }

  private Step running(String job, Seen seen, ActionScope scope) {
    var unknown =
        seen.problem().map(it -> " How far it is, is not known: %s".formatted(it.message()));
    return said.running(
        job, seen.progress().map(progress -> progress.now()), unknown.orElse(""), scope);
  }

  private Step ended(String job, Seen seen) {
    return said.ended(job, seen.progress().map(progress -> progress.summary()), "all was copied");
  }

  @Override
  public Step stop(Resync action, ActionScope scope) {
    return steps.stopped(scope);
  }

  @Override
  public CompletionStage<Step> back(Resync action, Taken taken, ActionScope scope) {
    return Step.done("what was copied stays: the source is what counts.").now();
  }

  /** The same for all Jobs of the action in this run: a Retry goes on. */
  private static String id(ActionScope scope) {
    return "%s/%s".formatted(scope.claim(), scope.action());
  }

  private static ResyncTask task(
      ResyncSpec spec, List<ResyncTask.Table> tables, String job, ActionScope scope) {
    return ResyncJobs.task(spec, tables, id(scope), job, scope.namespace());
  }
}
