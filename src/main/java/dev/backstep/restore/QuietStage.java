package dev.backstep.restore;

import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.effect.Step;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Provider;
import java.util.Iterator;
import java.util.concurrent.CompletionStage;

/** Who writes to the database is kept off it, one after the other. */
@ApplicationScoped
public class QuietStage implements RestoreStage<Seen> {
  /** A restore is one of them itself, so they are looked up when they are needed. */
  private final Provider<Actions> actions;

  public QuietStage(Provider<Actions> actions) {
    this.actions = actions;
  }

  @Override
  public RestorePhase phase() {
    return RestorePhase.Quiescing;
  }

  @Override
  public CompletionStage<Step> left(Seen now) {
    return now.replaced()
        ? Step.done("The restored data is live.").now()
        : next(QuietTask.of(now.restore(), now.scope().action()).iterator(), now);
  }

  private CompletionStage<Step> next(Iterator<QuietTask> tasks, Seen now) {
    if (!tasks.hasNext()) {
      return Step.done("Nobody of those who write is left.").now();
    }
    return actions
        .get()
        .next(tasks.next().task(), now.scope())
        .thenCompose(step -> step.work().isSettled() ? next(tasks, now) : step.now());
  }
}
