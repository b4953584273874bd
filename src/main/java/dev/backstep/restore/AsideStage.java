package dev.backstep.restore;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.database.swap.SideCreation;
import dev.backstep.effect.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** An empty database beside the live one; those of earlier attempts go first. */
@ApplicationScoped
public class AsideStage implements RestoreStage<Situation> {
  /** Making and dropping a database copies or deletes files. */
  static final Duration LIMIT = Duration.ofMinutes(2);

  @Override
  public RestorePhase phase() {
    return RestorePhase.Restoring;
  }

  @Override
  public CompletionStage<Step> left(Situation now) {
    return step(now).now();
  }

  private static Step step(Situation now) {
    if (now.replaced()) {
      return Step.done("The restored data is live.");
    }
    var found = now.found();
    if (found.liveOne().isEmpty()) {
      return Step.impossible(
          "DatabaseMissing",
          "There is no database %s on the server, so nothing is replaced. Correct dbname in Secret %s."
              .formatted(found.live(), now.restore().databaseRef()));
    }
    var earlier = found.otherSides().stream().filter(one -> one.isOf(now.names())).toList();
    if (!earlier.isEmpty()) {
      return Step.todo(earlier.stream().map(one -> Clearing.drop(one, now)).toList());
    }
    // One that does not say yet whose it is, is made to its end.
    return found.side().filter(side -> side.comment() != null).isPresent()
        ? Step.done("Database %s is there.".formatted(now.names().side(found.live())))
        : Step.todo(
            List.of(
                new SideCreation(
                    now.restore().databaseRef(),
                    found.identity(),
                    found.live(),
                    now.names(),
                    LIMIT)));
  }
}
