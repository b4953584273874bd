package dev.backstep.restore;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.database.swap.DatabaseDrop;
import dev.backstep.database.swap.Databases.One;
import dev.backstep.effect.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** What was made aside and never went live goes. */
@ApplicationScoped
public class Clearing implements RestoreStage<Situation> {
  @Override
  public RestorePhase phase() {
    return RestorePhase.Stopping;
  }

  @Override
  public CompletionStage<Step> left(Situation now) {
    var found = now.found();
    var left =
        Stream.concat(found.side().stream(), found.otherSides().stream())
            .filter(one -> one.isOf(now.names()) && !found.isLive(one.oid()))
            .map(one -> drop(one, now))
            .toList();
    return (left.isEmpty() ? Step.done("Nothing is left of the restore.") : Step.todo(left)).now();
  }

  static DatabaseDrop drop(One one, Situation now) {
    return new DatabaseDrop(
        now.restore().databaseRef(),
        now.found().identity(),
        now.found().live(),
        now.names(),
        one.name(),
        one.oid(),
        AsideStage.LIMIT);
  }
}
