package dev.backstep.restore;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.effect.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The data from before goes, when it is not kept any longer. */
@ApplicationScoped
public class Expiry implements RestoreStage<Situation> {
  @Override
  public RestorePhase phase() {
    return RestorePhase.Succeeded;
  }

  @Override
  public CompletionStage<Step> left(Situation now) {
    return now.found()
        .old()
        .filter(old -> old.isOf(now.names()))
        .map(old -> Step.todo(List.of(Clearing.drop(old, now))))
        .orElseGet(
            () -> Step.done("The data from before was dropped; it cannot be undone any more."))
        .now();
  }
}
