package dev.backstep.restore;

import dev.backstep.action.ProgramSteps;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.database.swap.Note.State;
import dev.backstep.dump.DumpLooks;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** All of the backup is read, and it is restored into the database beside the live one. */
@ApplicationScoped
public class LoadStage implements RestoreStage<Situation> {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private final Loads loads;
  private final DumpLooks looks;
  private final ProgramSteps said;

  public LoadStage(Loads loads, DumpLooks looks, ProgramSteps said) {
    this.loads = loads;
    this.looks = looks;
    this.said = said;
  }

  @Override
  public RestorePhase phase() {
    return RestorePhase.Restoring;
  }

  @Override
  public CompletionStage<Step> left(Situation now) {
    if (now.replaced() || now.side(State.Loaded) || now.side(State.Verified)) {
      return Step.done("The backup is restored beside the live database.").now();
    }
    if (!now.side(State.Created) && !now.side(State.Loading)) {
      return Step.impossible(
              "ForeignState",
              "Database %s was changed by somebody else. Look what it is, and drop it."
                  .formatted(now.names().side(now.found().live())))
          .now();
    }
    return told(loads.left(now), now);
  }

  private CompletionStage<Step> told(Step step, Situation now) {
    var scope = now.scope();
    var job = Loads.name(scope);
    if (ProgramSteps.failed(step)) {
      return said.failed(step, job, "LoadFailed", "Nothing live was touched.", scope).now();
    }
    if (step.work() instanceof Work.Rolling) {
      return looks
          .progress(now.restore().databaseRef(), scope.author(), now.names().tag())
          .thenApply(progress -> said.running(job, progress, "", scope));
    }
    // It ended after the databases were looked at.
    return step.work().isSettled()
        ? Step.of(new Work.Rolling("Job %s ended.".formatted(job), LOOK_AGAIN)).now()
        : step.now();
  }
}
