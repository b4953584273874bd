package dev.backstep.action.job;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.cluster.Hashes;
import dev.backstep.cluster.Secrets;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.effect.Work;
import dev.backstep.job.JobManifests;
import dev.backstep.job.JobState;
import dev.backstep.job.JobTrials;
import dev.backstep.object.Edit.Inverse;
import dev.backstep.object.ObjectCreation;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.object.Place;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Where a Job stands that an action runs: to be created, to be woken, running, ended. */
@ApplicationScoped
public class Jobs {
  /** Jobs are not watched. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private static final Place SUSPEND = Place.at("/spec/suspend");
  private static final Place LIMIT = Place.at("/spec/activeDeadlineSeconds");

  /** So long before the action's time is over its Job ends, so that how it ended is seen. */
  private static final Duration SEEN_WITHIN = Duration.ofSeconds(5);

  /** What Jobs are for: part of their names. */
  static final String RUN = "run";

  static final String UNDO = "undo";

  /** Name of a Job that is never created. */
  private static final String TRIAL = "bs-job-trial";

  private static final Set<Intent.Verb> APPLY = EnumSet.of(Intent.Verb.Apply);
  private static final Set<Intent.Verb> BACK = EnumSet.of(Intent.Verb.Release, Intent.Verb.Undo);

  private final KubernetesClient client;
  private final JobManifests manifests;
  private final JobTrials trials;
  private final Secrets secrets;
  private final WorkloadImages images;

  public Jobs(
      KubernetesClient client,
      JobManifests manifests,
      JobTrials trials,
      Secrets secrets,
      WorkloadImages images) {
    this.client = client;
    this.images = images;
    this.manifests = manifests;
    this.trials = trials;
    this.secrets = secrets;
  }

  /** What would keep the Job from being run, as far as the API server can tell. */
  Stream<Problem> problems(JobRun run, ActionScope scope) {
    try {
      var job = manifest(run, TRIAL, TRIAL, scope);
      var env = run.env() == null ? List.<NamedValue>of() : run.env();
      return Stream.concat(
          secrets.absent(scope.author(), env).stream(),
          trials.problems(job, scope.author()).stream());
    } catch (ProblemException e) {
      return Stream.of(e.problem());
    }
  }

  /**
   * What is left to do.
   *
   * @param purpose what the Job is for: part of its name, which is the same in every process
   * @param claim of the run that the Job belongs to
   * @param hold true: once it is woken, something is kept off
   */
  Step left(JobRun run, String purpose, String claim, boolean hold, ActionScope scope) {
    var name = name(purpose, claim, scope);
    var live = find(name, scope);
    if (live != null) {
      return left(live, shorter(purpose, live, scope), hold, scope);
    }
    if (woken(purpose, scope)) {
      return Step.of(
          new Work.Unknown(
              "Job %s was started, and somebody deleted it, so nobody knows whether it came to its end."
                  .formatted(name)));
    }
    try {
      return Step.todo(List.of(creation(run, name, scope)));
    } catch (ProblemException e) {
      return Step.impossible(e.problem().reason(), e.problem().message());
    }
  }

  private Job manifest(JobRun run, String name, String claim, ActionScope scope)
      throws ProblemException {
    var resolved = images.resolved(run, scope);
    var problem = manifests.problem(resolved, scope.namespace());
    if (problem.isPresent()) {
      throw new ProblemException(problem.get());
    }
    return manifests.suspended(resolved, name, scope.namespace(), claim);
  }

  /** The images that would be run, where the plan does not name them. */
  List<String> pins(JobRun run, ActionScope scope) {
    if (run.imageFrom() == null) {
      return List.of();
    }
    try {
      return List.of(images.resolved(run, scope).image());
    } catch (ProblemException e) {
      return List.of();
    }
  }

  private static String name(String purpose, String claim, ActionScope scope) {
    return "bs-job-" + Hashes.of(claim, scope.action(), purpose, String.valueOf(scope.attempt()));
  }

  private Job find(String name, ActionScope scope) {
    return client.batch().v1().jobs().inNamespace(scope.namespace()).withName(name).get();
  }

  /** What is left of ending a Job that runs: one that is suspended, and has no pods any more. */
  Step stopped(ActionScope scope) {
    var live = find(name(RUN, scope.claim(), scope), scope);
    var state = new JobState(live);
    if (live == null || state.ended()) {
      return Step.done("no Job runs.");
    }
    if (!state.suspended()) {
      return Step.todo(List.of(suspension(live)));
    }
    return state.hasPods()
        ? Step.of(
            new Work.Rolling(
                "The pods of Job %s are still ending.".formatted(live.getMetadata().getName()),
                LOOK_AGAIN))
        : Step.done("no Job runs.");
  }

  private ObjectPatch suspension(Job live) {
    var json = json(live);
    return PatchBuilder.of(live)
        .set(SUSPEND, json, BooleanNode.TRUE, Inverse.NONE)
        .build("Job %s: stopped".formatted(live.getMetadata().getName()), json, SUSPEND);
  }

  private ObjectCreation creation(JobRun run, String name, ActionScope scope)
      throws ProblemException {
    var job = manifest(run, name, scope.claim(), scope);
    return new ObjectCreation(json(job), "Job %s: created, suspended".formatted(name));
  }

  private ObjectNode json(Job job) {
    return client.getKubernetesSerialization().convertValue(job, ObjectNode.class);
  }

  /** The first effect of an attempt creates the Job, the second one wakes it. */
  private static boolean woken(String purpose, ActionScope scope) {
    var verbs = purpose.equals(RUN) ? APPLY : BACK;
    return scope.sent().stream()
            .filter(effect -> verbs.contains(effect.verb()))
            .filter(effect -> effect.attempt() == scope.attempt())
            .filter(effect -> effect.count(How.Applied) > 0)
            .count()
        > 1;
  }

  /**
   * For how many seconds the Job may run where that is less than it was created with: also one that
   * is woken late ends before the action's time is over. What takes an action back has no such end.
   */
  private static Optional<Long> shorter(String purpose, Job live, ActionScope scope) {
    var own = live.getSpec().getActiveDeadlineSeconds();
    var left = Math.max(1, scope.timeLeft().minus(SEEN_WITHIN).toSeconds());
    return purpose.equals(RUN) && (own == null || left < own)
        ? Optional.of(left)
        : Optional.empty();
  }

  private Step left(Job live, Optional<Long> limit, boolean hold, ActionScope scope) {
    var name = live.getMetadata().getName();
    var state = new JobState(live);
    if (state.complete()) {
      return Step.done("Job %s ended well.".formatted(name));
    }
    var failure = state.failure();
    if (failure.isPresent()) {
      return Step.impossible("JobFailed", failure.get());
    }
    return state.suspended()
        ? Step.todo(List.of(wake(live, limit, hold, scope)))
        : Step.of(new Work.Rolling("Job %s runs.".formatted(name), LOOK_AGAIN));
  }

  /** Controllers write a Job's status, so only what matters is tested. */
  private ObjectPatch wake(Job live, Optional<Long> limit, boolean hold, ActionScope scope) {
    var json = json(live);
    var name = live.getMetadata().getName();
    var patch = PatchBuilder.of(live).set(SUSPEND, json, BooleanNode.FALSE, Inverse.NONE);
    limit.ifPresent(it -> patch.set(LIMIT, json, LongNode.valueOf(it), Inverse.NONE));
    if (hold) {
      patch.taking(
          scope.holds(
              new Target("Job", name), "undo not run", "run %s".formatted(scope.attempt())));
    }
    return patch.build("Job %s: started".formatted(name), json, SUSPEND).withStarts(true);
  }
}
