package dev.backstep.gate.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.GateScope;
import dev.backstep.measure.Reading;
import dev.backstep.problem.Problem;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Runs a program once: green when it ends well, red when it fails. Whoever asks again, also another
 * process, finds the same Job.
 */
@ApplicationScoped
public class JobProbe implements GateProbe<JobRun> {
  private static final int THREADS = 2;

  private final AskedJobs jobs;

  /** The API server is asked by those who wait for it. */
  private final ExecutorService askers;

  @Inject
  public JobProbe(AskedJobs jobs) {
    this(jobs, Executors.newFixedThreadPool(THREADS));
  }

  /** With threads of the caller's choice. */
  public JobProbe(AskedJobs jobs, ExecutorService askers) {
    this.jobs = jobs;
    this.askers = askers;
  }

  @Override
  public Class<JobRun> type() {
    return JobRun.class;
  }

  @Override
  public List<Right> rights(JobRun gate) {
    return List.of(
        new Right("create", "batch", "jobs", List.of()),
        new Right("patch", "batch", "jobs", List.of()),
        new Right("list", "", "pods", List.of()));
  }

  @Override
  public CompletionStage<List<Problem>> preflight(JobRun gate, GateScope scope) {
    return CompletableFuture.supplyAsync(() -> jobs.problems(gate, scope), askers);
  }

  @Override
  public List<WorkloadRef> workloads(JobRun gate) {
    return gate.imageFrom() == null ? List.of() : List.of(gate.imageFrom().workload());
  }

  @Override
  public Optional<JsonNode> atStart(JobRun gate, GateScope scope) {
    return jobs.atStart(gate, scope);
  }

  @Override
  public CompletionStage<Reading> measure(JobRun gate, GateScope scope) {
    return CompletableFuture.supplyAsync(() -> jobs.reading(gate, scope), askers);
  }

  @PreDestroy
  void stop() {
    askers.shutdownNow();
  }
}
