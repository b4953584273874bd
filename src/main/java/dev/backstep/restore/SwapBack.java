package dev.backstep.restore;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.database.swap.DatabaseSwap;
import dev.backstep.effect.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The data from before is live again; what was written since is put aside, and stays there. */
@ApplicationScoped
public class SwapBack implements RestoreStage<Situation> {
  @Override
  public RestorePhase phase() {
    return RestorePhase.Undoing;
  }

  @Override
  public CompletionStage<Step> left(Situation now) {
    return step(now).now();
  }

  private static Step step(Situation now) {
    var found = now.found();
    if (now.replaced()) {
      return Step.todo(
          List.of(
              new DatabaseSwap(
                  now.restore().databaseRef(),
                  found.identity(),
                  found.live(),
                  now.names(),
                  found.old().orElseThrow().oid(),
                  true,
                  SwapStage.LIMIT,
                  null)));
    }
    return now.putBack()
        .map(Step::done)
        .orElseGet(
            () ->
                Step.impossible(
                    "OldDropped",
                    "The data from before is not kept any more, so database %s stays as it is."
                        .formatted(found.live())));
  }
}
