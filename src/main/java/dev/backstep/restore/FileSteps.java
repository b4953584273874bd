package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.action.PastEffects;
import dev.backstep.action.PastEffects.LostException;
import dev.backstep.action.ProgramSteps;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.dump.FileJobs;
import dev.backstep.effect.Images;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.job.JobProgress;
import dev.backstep.program.Ending;
import dev.backstep.sqlite.FileTask;
import dev.backstep.sqlite.FileWork;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/** The Jobs of a restore of a SQLite file, one after the other, and what they say. */
@ApplicationScoped
public class FileSteps {
  private static final String LOAD = "load";
  private static final String PROVE = "prove";
  private static final String SWAP = "swap";
  private static final String CHECK = "check";
  private static final String BACK = "back";
  private static final String CLEAR = "clear";
  private static final String DROP = "drop";

  /** Some names are changed and some files deleted; the pod may have to wait for its volume. */
  private static final Duration SHORT = Duration.ofMinutes(15);

  /** Queries may look at all of the file. */
  private static final Duration LONG = Duration.ofHours(1);

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  /** With these a Job did not come to say what it had done. */
  private static final Set<String> UNSURE = Set.of(FileWork.NOT_FINISHED, "JobFailed");

  private final RestoreJobs made;
  private final JobSteps steps;
  private final ProgramSteps said;
  private final JobProgress progress;
  private final Images images;

  public FileSteps(
      FileJobs jobs, JobSteps steps, ProgramSteps said, JobProgress progress, Images images) {
    this.made = new RestoreJobs(jobs);
    this.steps = steps;
    this.said = said;
    this.progress = progress;
    this.images = images;
  }

  /** What the Jobs of a restore say of it. */
  FileSeen seen(DbRestoreAction restore, ActionScope scope) {
    var proof = words(PROVE, scope);
    var facts = proof.isEmpty() ? words(LOAD, scope) : proof;
    var live = "Kept".equals(facts.get(FileWork.STATE)) || steps.complete(SWAP, scope);
    return new FileSeen(
        restore,
        scope,
        facts,
        live,
        begun(SWAP, scope),
        begun(LOAD, scope),
        steps.complete(BACK, scope));
  }

  private Map<String, String> words(String purpose, ActionScope scope) {
    return steps.complete(purpose, scope)
        ? said.lastWords(name(purpose, scope), scope).map(Ending::facts).orElse(Map.of())
        : Map.of();
  }

  private static String name(String purpose, ActionScope scope) {
    return JobSteps.name(purpose, scope.claim(), scope);
  }

  /** True when such a Job was made, in any attempt, whatever became of it. */
  private boolean begun(String purpose, ActionScope scope) {
    var names =
        IntStream.rangeClosed(1, scope.attempt())
            .mapToObj(attempt -> name(purpose, scope.of(attempt, scope.sent())))
            .toList();
    try {
      return new PastEffects(images, scope.namespace(), scope.claim(), scope.action(), scope.sent())
          .applied().stream().anyMatch(sent -> names.contains(sent.effect().target().name()));
    } catch (LostException e) {
      return true;
    }
  }

  /** The backup is copied beside the live file, and is found to be whole. */
  CompletionStage<Step> load(FileSeen now) {
    if (now.replaced()) {
      return Step.done("The restored data is live.").now();
    }
    var scope = now.scope();
    var step = steps.leftAgain(LOAD, name -> made.load(now, name), scope);
    if (!(step.work() instanceof Work.Rolling)) {
      return told(LOAD, step, scope).now();
    }
    var job = name(LOAD, scope);
    return progress
        .of(job, scope.author())
        .thenApply(howFar -> said.running(job, howFar, "", scope));
  }

  /** What was copied is verified there. */
  Step prove(FileSeen now) {
    var scope = now.scope();
    var step =
        told(
            PROVE,
            steps.leftAgain(
                PROVE, name -> made.work(FileTask.Step.Prove, scope.timeout(), now, name), scope),
            scope);
    if (!step.work().isSettled()) {
      return step;
    }
    return now.facts().isEmpty()
        ? Step.of(new Work.Rolling(forgotten(now), LOOK_AGAIN))
        : Step.done(new Facts(now.facts()).forecast(now));
  }

  private static String forgotten(FileSeen now) {
    return "What Job %1$s found is not known any more, because its pod is gone. To have it found out again: kubectl -n %2$s delete job %1$s"
        .formatted(name(PROVE, now.scope()), now.scope().namespace());
  }

  /** It takes the place of the live file. */
  Step swap(FileSeen now) {
    if (now.replaced()) {
      return Step.done("The restored data is live.");
    }
    return renamed(SWAP, FileTask.Step.Swap, now);
  }

  /** Whoever renames files and does not come to say so may have done it: that is no failure. */
  private Step renamed(String purpose, FileTask.Step what, FileSeen now) {
    var step = toEnd(purpose, what, SHORT, now);
    return step.work() instanceof Work.Impossible failed && UNSURE.contains(failed.reason())
        ? unsure(purpose, failed, now)
        : step;
  }

  private static Step unsure(String purpose, Work.Impossible failed, FileSeen now) {
    return Step.of(
        new Work.Rolling(
            "Job %1$s did not come to say whether file %2$s was replaced: %3$s Once that is mended, have it finished: kubectl -n %4$s delete job %1$s"
                .formatted(
                    name(purpose, now.scope()),
                    now.live(),
                    failed.message(),
                    now.scope().namespace()),
            LOOK_AGAIN));
  }

  /** What is live now is verified, until those who write to it come back. */
  Step check(FileSeen now) {
    if (LettingGo.begun(now)) {
      return Step.done("Those who write to it come back.");
    }
    var step = toEnd(CHECK, FileTask.Step.Check, LONG, now);
    return step.work() instanceof Work.Impossible failed
        ? Step.impossible(failed.reason(), notGood(failed, now))
        : step.work().isSettled() ? Step.done(now.outcome()) : step;
  }

  private static String notGood(Work.Impossible failed, FileSeen now) {
    return "%s Those who write to it are kept off. The data from before is kept as %s: put it back (state: Undone), or look what is missing."
        .formatted(failed.message(), now.old());
  }

  /** The data from before is live again. */
  Step putBack(FileSeen now) {
    var step = renamed(BACK, FileTask.Step.PutBack, now);
    return step.work().isSettled() ? Step.done(now.back()) : step;
  }

  /** What was made beside and never went live goes. */
  Step clear(FileSeen now) {
    return now.loadBegun()
        ? toEnd(CLEAR, FileTask.Step.Clear, SHORT, now)
        : Step.done("Nothing was made beside the live file.");
  }

  /** The data from before goes. */
  Step drop(FileSeen now) {
    var step = toEnd(DROP, FileTask.Step.Drop, SHORT, now);
    return step.work().isSettled()
        ? Step.done("The data from before was dropped; it cannot be undone any more.")
        : step;
  }

  private Step toEnd(String purpose, FileTask.Step what, Duration limit, FileSeen now) {
    var scope = now.scope();
    return told(
        purpose, steps.leftToEnd(purpose, name -> made.work(what, limit, now, name), scope), scope);
  }

  /** With what the program said when it failed, or what it waits for. */
  private Step told(String purpose, Step step, ActionScope scope) {
    var job = name(purpose, scope);
    if (ProgramSteps.failed(step)) {
      return said.failed(step, job, FileWork.NOT_FINISHED, "", scope);
    }
    return step.work() instanceof Work.Rolling
        ? said.running(job, Optional.empty(), "", scope)
        : step;
  }

  /** What is left of ending those of them that may run. */
  Step stopped(ActionScope scope) {
    for (var purpose : List.of(LOAD, PROVE, SWAP, CHECK)) {
      var step = steps.stopped(purpose, scope);
      if (!step.work().isSettled()) {
        return step;
      }
    }
    return Step.done("no Job runs.");
  }
}
