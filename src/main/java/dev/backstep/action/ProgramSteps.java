package dev.backstep.action;

import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.job.JobPods;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/**
 * What is said of the Job of an action whose program is one of the operator's image, beyond what
 * the Job says itself.
 */
@ApplicationScoped
public class ProgramSteps {
  /** Each look is a session with a database. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final JobPods pods;

  public ProgramSteps(JobPods pods) {
    this.pods = pods;
  }

  /** True when the Job failed, and what its program said last is why. */
  public static boolean failed(Step step) {
    return step.work() instanceof Work.Impossible failed && failed.reason().equals("JobFailed");
  }

  /**
   * The same with what the program said was wrong.
   *
   * @param otherwise the reason where it named none
   * @param then what that means for what it had done, as a sentence
   */
  public Step failed(Step step, String job, String otherwise, String then, ActionScope scope) {
    return pods.problem(scope.namespace(), job, otherwise)
        .map(
            why ->
                Step.impossible(
                    why.reason(),
                    "%s %s More is in its log: kubectl -n %s logs job/%s."
                        .formatted(why.message(), then, scope.namespace(), job)))
        .orElse(step);
  }

  /**
   * It runs.
   *
   * @param said how far it is; empty: it does not say
   * @param more what else there is to say, with a space before; empty: nothing
   */
  public Step running(String job, Optional<String> said, String more, ActionScope scope) {
    var now = said.or(() -> pods.waitsFor(scope.namespace(), job).map("it waits: %s"::formatted));
    return Step.of(
        new Work.Rolling(
            "Job %s runs%s.%s".formatted(job, now.map(": %s"::formatted).orElse(""), more),
            LOOK_AGAIN,
            now));
  }

  /** It ended well, and did this; empty: it does not say any more. */
  public Step ended(String job, Optional<String> did, String otherwise) {
    return Step.done("Job %s ended well: %s.".formatted(job, did.orElse(otherwise)));
  }

  /** What its program said last; empty: its pod is gone. */
  public Optional<String> lastWords(String job, ActionScope scope) {
    return pods.lastWords(scope.namespace(), job);
  }
}
