package dev.backstep.restore;

import dev.backstep.action.Actions;
import dev.backstep.action.PastEffects;
import dev.backstep.action.PastEffects.LostException;
import dev.backstep.action.Taken;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Images;
import dev.backstep.effect.Reversals;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.text.Sentences;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Provider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Who was kept off the database comes back, the last one first. */
@ApplicationScoped
public class LettingGo implements RestoreStage<Seen> {
  /** A restore is one of them itself, so they are looked up when they are needed. */
  private final Provider<Actions> actions;

  private final Images images;
  private final Reversals reversals;

  public LettingGo(Provider<Actions> actions, Images images, Reversals reversals) {
    this.actions = actions;
    this.images = images;
    this.reversals = reversals;
  }

  @Override
  public RestorePhase phase() {
    return RestorePhase.Finishing;
  }

  @Override
  public CompletionStage<Step> left(Seen now) {
    var tasks = new ArrayList<>(QuietTask.of(now.restore(), now.scope().action()));
    Collections.reverse(tasks);
    return next(tasks.iterator(), Step.done(said(now)), now);
  }

  /**
   * @param said what is said when all are back
   */
  private CompletionStage<Step> next(Iterator<QuietTask> tasks, Step said, Seen now) {
    if (!tasks.hasNext()) {
      return said.now();
    }
    return back(tasks.next(), now)
        .thenCompose(
            step ->
                step.work().isSettled() ? next(tasks, drifted(said, step, now), now) : step.now());
  }

  /** Who came back otherwise is said too; only an undo is less than done because of that. */
  private static Step drifted(Step said, Step back, Seen now) {
    if (!(back.work() instanceof Work.Drifted drifted)) {
      return said;
    }
    var both = "%s %s".formatted(said.work().message(), Sentences.of(drifted.message()));
    return now.replaced() ? Step.done(both) : Step.of(new Work.Drifted(both));
  }

  private static String said(Seen now) {
    return now.putBack().orElseGet(() -> now.replaced() ? now.outcome() : "Nobody is kept off.");
  }

  private CompletionStage<Step> back(QuietTask task, Seen now) {
    var scope = now.scope();
    var past =
        new PastEffects(images, scope.namespace(), scope.claim(), scope.action(), scope.sent());
    var taken = new Taken(held(task, now), past, scope.author(), reversals);
    try {
      return taken.held().isEmpty() && !everHeld(task, past)
          ? Step.done("It was not kept off.").now()
          : actions.get().back(task.task(), taken.only(effect -> keepsOff(task, effect)), scope);
    } catch (LostException e) {
      return Step.impossible("ImageLost", e.getMessage()).now();
    }
  }

  private static boolean everHeld(QuietTask task, PastEffects past) {
    return past.applied().stream().anyMatch(sent -> keepsOff(task, sent.effect()));
  }

  private static boolean keepsOff(QuietTask task, Effect effect) {
    return effect.takes() != null && task.targets().contains(effect.takes().target());
  }

  /** True once some of those who were kept off are let back. */
  static boolean begun(Seen now) {
    return QuietTask.of(now.restore(), now.scope().action()).stream()
        .anyMatch(task -> held(task, now).size() < task.targets().size());
  }

  static List<Hold> held(QuietTask task, Seen now) {
    return now.scope().holds().stream()
        .filter(hold -> hold.claim().equals(now.scope().claim()))
        .filter(hold -> hold.action().equals(now.scope().action()))
        .filter(hold -> task.targets().contains(hold.target()))
        .toList();
  }
}
