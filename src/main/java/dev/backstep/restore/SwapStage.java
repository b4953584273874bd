package dev.backstep.restore;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.database.swap.DatabaseSwap;
import dev.backstep.database.swap.Note.State;
import dev.backstep.effect.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The proven data and the live one change their names. */
@ApplicationScoped
public class SwapStage implements RestoreStage<Situation> {
  static final Duration LIMIT = Duration.ofSeconds(30);

  @Override
  public RestorePhase phase() {
    return RestorePhase.CuttingOver;
  }

  @Override
  public CompletionStage<Step> left(Situation now) {
    return step(now).now();
  }

  private static Step step(Situation now) {
    var found = now.found();
    if (now.replaced()) {
      return Step.done("The restored data is live.");
    }
    return now.side(State.Verified)
        ? Step.todo(
            List.of(
                new DatabaseSwap(
                    now.restore().databaseRef(),
                    found.identity(),
                    found.live(),
                    now.names(),
                    found.side().orElseThrow().oid(),
                    false,
                    LIMIT,
                    null)))
        : notProven(now);
  }

  static Step notProven(Situation now) {
    return Step.impossible(
        "NotProven",
        "Database %s is not there any more, or is not proven any more, so nothing is replaced. Begin again."
            .formatted(now.names().side(now.found().live())));
  }
}
