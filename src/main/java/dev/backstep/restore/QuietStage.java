package dev.backstep.restore;

import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.text.Sentences;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Provider;
import java.util.Iterator;
import java.util.concurrent.CompletionStage;

/** Who writes to the database is kept off it, one after the other. */
@ApplicationScoped
public class QuietStage implements RestoreStage<Seen> {
  /** A restore is one of them itself, so they are looked up when they are needed. */
  private final Provider<Actions> actions;

  private final SafetyStage copy;

  public QuietStage(Provider<Actions> actions, SafetyStage copy) {
    this.actions = actions;
    this.copy = copy;
  }

  @Override
  public RestorePhase phase() {
    return RestorePhase.Quiescing;
  }

  @Override
  public CompletionStage<Step> left(Seen now) {
    return now.replaced() ? Step.done("The restored data is live.").now() : keptOff(now);
  }

  /** What is left until nobody of them is there. */
  CompletionStage<Step> keptOff(Seen now) {
    return next(QuietTask.of(now.restore(), now.scope().action()).iterator(), now);
  }

  private CompletionStage<Step> next(Iterator<QuietTask> tasks, Seen now) {
    if (!tasks.hasNext()) {
      return Step.done("Nobody of those who write is left.").now();
    }
    return actions
        .get()
        .next(tasks.next().task(), now.scope())
        .thenCompose(step -> step.work().isSettled() ? next(tasks, now) : inTime(step, now).now());
  }

  /** Who does not end in time would keep everybody else off for as long. */
  private Step inTime(Step step, Seen now) {
    var until = now.quietUntil().filter(limit -> !now.scope().now().isBefore(limit));
    return until.isEmpty() || !(step.work() instanceof Work.Rolling) || copy.begun(now)
        ? step
        : Step.impossible(
            "NotQuiet",
            "Those who write to database %s were not off it within %s, so nothing was replaced: %s See why their pods do not end, or give them more time (quiesce.timeout)."
                .formatted(
                    now.live(),
                    now.restore().quiesce().timeout(),
                    Sentences.of(step.work().message())));
  }
}
