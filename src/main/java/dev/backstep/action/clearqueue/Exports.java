package dev.backstep.action.clearqueue;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.sync.ClearHttp;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Secrets;
import dev.backstep.dump.DumpJobs;
import dev.backstep.dump.DumpJobs.ExportWish;
import dev.backstep.http.FullCall;
import dev.backstep.http.HttpReadings;
import dev.backstep.job.JobTrials;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * The Job that keeps what is in a queue, and what would keep it and the clearing from their work.
 */
@ApplicationScoped
class Exports {
  /** For the Job. */
  static final List<Right> RIGHTS =
      List.of(
          new Right("create", "batch", "jobs", List.of()),
          new Right("patch", "batch", "jobs", List.of()));

  /** Name of a Job that is never created. */
  private static final String TRIAL = "bs-job-trial";

  private final DumpJobs jobs;
  private final JobTrials trials;
  private final HttpReadings readings;
  private final Secrets secrets;

  Exports(DumpJobs jobs, JobTrials trials, HttpReadings readings, Secrets secrets) {
    this.jobs = jobs;
    this.trials = trials;
    this.readings = readings;
    this.secrets = secrets;
  }

  /**
   * The Job as it is created.
   *
   * @throws ProblemException when there can be none
   */
  Job job(ClearHttp http, String name, String claim, ActionScope scope) throws ProblemException {
    var call = FullCall.reading(http, http.export());
    var from = readings.download(call, http.exportCount(), scope.author(), DumpJobs.folders(call));
    var wish = new ExportWish(from, http.backup(), scope.now(), scope.timeout());
    return jobs.export(wish, name, scope.namespace(), claim);
  }

  /** What would keep the queue from being kept, or cleared. */
  CompletionStage<List<Problem>> preflight(ClearHttp http, ActionScope scope) {
    var export = FullCall.reading(http, http.export());
    var clear = FullCall.of(http, http.clear());
    var written = written(http, List.of(export, clear), scope);
    if (!written.isEmpty()) {
      return CompletableFuture.completedStage(written);
    }
    var here = here(http, export, scope);
    return readings
        .problems(clear, scope.author())
        .thenApply(found -> Stream.concat(here.stream(), found.stream()).toList());
  }

  private List<Problem> written(ClearHttp http, List<FullCall> calls, ActionScope scope) {
    return Stream.concat(
            calls.stream().flatMap(call -> readings.invalid(call).stream()),
            readings.invalidFormula(http.exportCount()).map("exportCount "::concat).stream())
        .distinct()
        .map(
            wrong ->
                new Problem(
                    "CallInvalid",
                    "Action %s, queue.clear.http: %s.".formatted(scope.action(), wrong)))
        .toList();
  }

  private List<Problem> here(ClearHttp http, FullCall export, ActionScope scope) {
    try {
      var job = job(http, TRIAL, TRIAL, scope);
      return Stream.of(
              secrets.absent(scope.author(), DumpJobs.keys(http.backup().to())),
              secrets.absent(
                  scope.author(), export.headers() == null ? List.of() : export.headers()),
              trials.problems(job, scope.author()))
          .flatMap(List::stream)
          .toList();
    } catch (ProblemException e) {
      return List.of(e.problem());
    }
  }
}
