package dev.backstep.action;

import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.cluster.Hashes;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.job.JobState;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.time.Durations;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Where the Job of an action stands: to be created, to be woken, running, ended. It is created
 * suspended and woken by a second effect, so a request that comes late never runs it twice.
 */
@ApplicationScoped
public class JobSteps {
  /** What Jobs are for: part of their names. */
  public static final String RUN = "run";

  public static final String UNDO = "undo";

  /** Jobs are not watched. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private static final String REMAINS =
      ". What it did until then stays done. Look at that; Retry runs it once more.";

  private static final String STOPS =
      "Job %1$s ends: its pod was told to stop, and the node has not said yet that it did. If that node is gone for good: kubectl -n %2$s delete pod --force -l batch.kubernetes.io/job-name=%1$s.";

  /** So long before the action's time is over its Job ends, so that how it ended is seen. */
  private static final Duration SEEN_WITHIN = Duration.ofSeconds(5);

  private static final Set<Intent.Verb> APPLY = EnumSet.of(Intent.Verb.Apply);
  private static final Set<Intent.Verb> BACK = EnumSet.of(Intent.Verb.Release, Intent.Verb.Undo);

  private final KubernetesClient client;
  private final JobEffects effects;

  public JobSteps(KubernetesClient client) {
    this.client = client;
    this.effects = new JobEffects(client.getKubernetesSerialization());
  }

  /** Makes the Job where there is none. */
  @FunctionalInterface
  public interface Maker {
    /**
     * The Job as it is created.
     *
     * @throws ProblemException when there can be none
     */
    Job suspended(String name) throws ProblemException;
  }

  /** The Job's own limit has to tell of it before the action's does. */
  public static Stream<Problem> tooLong(String timeout, ActionScope scope) {
    return Durations.of(timeout).compareTo(scope.timeout()) < 0
        ? Stream.empty()
        : Stream.of(
            new Problem(
                "TimeoutTooLong",
                "The Job of action %s may take %s, which is not shorter than the action's timeout. Make the Job's shorter, or the action's longer."
                    .formatted(scope.action(), timeout)));
  }

  /**
   * What is left to do.
   *
   * @param purpose what the Job is for
   * @param claim of the run that the Job belongs to
   * @param hold what is kept off once the Job of this name is woken; empty: nothing
   */
  public Step left(
      String purpose,
      String claim,
      Function<String, Optional<Hold>> hold,
      Maker maker,
      ActionScope scope) {
    var name = name(purpose, claim, scope);
    var live = find(name, scope);
    if (live != null) {
      return left(live, shorter(purpose, live, scope), hold.apply(name));
    }
    if (woken(purpose, scope)) {
      return Step.of(
          new Work.Unknown(
              "Job %s was started, and somebody deleted it, so nobody knows whether it came to its end."
                  .formatted(name)));
    }
    return made(name, maker);
  }

  /** As {@link #left}, of a Job that holds nothing, and may be made anew where it is gone. */
  public Step leftAgain(String purpose, Maker maker, ActionScope scope) {
    var name = name(purpose, scope.claim(), scope);
    var live = find(name, scope);
    return live == null
        ? made(name, maker)
        : left(live, shorter(RUN, live, scope), Optional.empty());
  }

  /** As {@link #leftAgain}, of one that is not ended by the time that the action has. */
  public Step leftToEnd(String purpose, Maker maker, ActionScope scope) {
    var name = name(purpose, scope.claim(), scope);
    var live = find(name, scope);
    return live == null ? made(name, maker) : left(live, Optional.empty(), Optional.empty());
  }

  private Step made(String name, Maker maker) {
    try {
      return Step.todo(List.of(effects.creation(maker.suspended(name))));
    } catch (ProblemException e) {
      return Step.impossible(e.problem().reason(), e.problem().message());
    }
  }

  /**
   * What is left of beginning a Job, whatever becomes of it then.
   *
   * @param suspended the Job as it is created
   * @param started true: it was woken already, so whoever stopped or deleted it since meant that
   */
  public Step begun(Job suspended, boolean started, ActionScope scope) {
    var name = suspended.getMetadata().getName();
    var live = find(name, scope);
    if (!started && live == null) {
      return Step.todo(List.of(effects.creation(suspended)));
    }
    return !started && new JobState(live).suspended()
        ? Step.todo(List.of(effects.wake(live, Optional.empty(), Optional.empty())))
        : Step.done("Job %s was started.".formatted(name));
  }

  /** Its name, which is the same in every process. */
  public static String name(String purpose, String claim, ActionScope scope) {
    return "bs-job-" + Hashes.of(claim, scope.action(), purpose, String.valueOf(scope.attempt()));
  }

  private Job find(String name, ActionScope scope) {
    return client.batch().v1().jobs().inNamespace(scope.namespace()).withName(name).get();
  }

  /** True when the Job for this purpose came to a good end, and is still there. */
  public boolean complete(String purpose, ActionScope scope) {
    var live = find(name(purpose, scope.claim(), scope), scope);
    return live != null && new JobState(live).complete();
  }

  /** What is left of ending a Job that runs: one that is suspended, and has no pods any more. */
  public Step stopped(ActionScope scope) {
    return stopped(RUN, scope);
  }

  /** As {@link #stopped(ActionScope)}, of the Job for this purpose. */
  public Step stopped(String purpose, ActionScope scope) {
    var live = find(name(purpose, scope.claim(), scope), scope);
    var state = new JobState(live);
    if (live == null || state.ended()) {
      return Step.done("no Job runs.");
    }
    if (!state.suspended()) {
      return Step.todo(List.of(effects.suspension(live)));
    }
    return state.hasPods()
        ? Step.of(
            new Work.Rolling(
                "The pods of Job %s are still ending.".formatted(live.getMetadata().getName()),
                LOOK_AGAIN))
        : Step.done("no Job runs.");
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

  private Step left(Job live, Optional<Long> limit, Optional<Hold> hold) {
    var name = live.getMetadata().getName();
    var state = new JobState(live);
    if (state.complete()) {
      return Step.done("Job %s ended well.".formatted(name));
    }
    if (state.cutOff().isPresent()) {
      return Step.impossible("JobCutOff", state.cutOff().get() + REMAINS);
    }
    var failure = state.failure();
    if (failure.isPresent()) {
      return Step.impossible("JobFailed", failure.get());
    }
    return state.suspended()
        ? Step.todo(List.of(effects.wake(live, limit, hold)))
        : Step.of(new Work.Rolling(running(live, state), LOOK_AGAIN));
  }

  private static String running(Job live, JobState state) {
    var metadata = live.getMetadata();
    return state.stopping()
        ? STOPS.formatted(metadata.getName(), metadata.getNamespace())
        : "Job %s runs.".formatted(metadata.getName());
  }
}
