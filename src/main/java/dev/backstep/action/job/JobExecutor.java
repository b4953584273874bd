package dev.backstep.action.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.action.Taken;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.action.DeclaredEffect;
import dev.backstep.api.v1alpha1.action.JobAction;
import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Step;
import dev.backstep.job.WorkloadImages;
import dev.backstep.object.ObjectPatch;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * Runs a program once, as a Job. Two effects: the Job is created suspended, and then woken; so a
 * Job that somebody deletes is never run a second time by a request that comes late.
 */
@ApplicationScoped
public class JobExecutor implements ActionExecutor<JobAction> {
  private final Jobs jobs;
  private final JobSteps steps;
  private final WorkloadImages images;

  public JobExecutor(Jobs jobs, JobSteps steps, WorkloadImages images) {
    this.jobs = jobs;
    this.steps = steps;
    this.images = images;
  }

  @Override
  public Class<JobAction> type() {
    return JobAction.class;
  }

  @Override
  public Traits traits(JobAction action) {
    return Traits.declared(action.effect(), action.destructive());
  }

  @Override
  public List<Right> rights(JobAction action, ActionScope scope) {
    return List.of(
        new Right("create", "batch", "jobs", List.of()),
        new Right("patch", "batch", "jobs", List.of()));
  }

  @Override
  public Optional<JsonNode> atStart(JobAction action, ActionScope scope) {
    return images.atStart(runs(action), scope.namespace());
  }

  @Override
  public CompletionStage<List<String>> pins(JobAction action, ActionScope scope) {
    return CompletableFuture.completedStage(jobs.pins(action.run(), scope));
  }

  @Override
  public CompletionStage<List<Problem>> preflight(JobAction action, ActionScope scope) {
    return CompletableFuture.completedStage(
        runs(action)
            .flatMap(
                run ->
                    Stream.concat(
                        JobSteps.tooLong(run.timeout(), scope), jobs.problems(run, scope).stream()))
            .toList());
  }

  private static Stream<JobRun> runs(JobAction action) {
    return Stream.concat(Stream.of(action.run()), Stream.ofNullable(action.undo()));
  }

  @Override
  public CompletionStage<Step> next(JobAction action, ActionScope scope) {
    var hold = action.effect() == DeclaredEffect.Hold;
    return jobs.left(action.run(), JobSteps.RUN, scope.claim(), hold, scope).now();
  }

  @Override
  public Step stop(JobAction action, ActionScope scope) {
    return steps.stopped(scope);
  }

  @Override
  public CompletionStage<Step> back(JobAction action, Taken taken, ActionScope scope) {
    var woken =
        taken.past().applied().stream()
            .filter(sent -> sent.effect() instanceof ObjectPatch)
            .map(sent -> sent.mark().claim())
            .findFirst();
    if (woken.isEmpty()) {
      return taken.reversed();
    }
    return action.undo() == null
        ? Step.done("the Job ran, and nothing takes that back: the action has no undo.").now()
        : jobs.left(action.undo(), JobSteps.UNDO, woken.get(), false, scope).now();
  }
}
