package dev.backstep.restore;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.database.swap.Disconnection;
import dev.backstep.database.swap.OtherSession;
import dev.backstep.database.swap.SwapLooks;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.resource.Together;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Nobody who could write is connected when the present data is copied away. Who stays, such as an
 * idle session of a pooler, is disconnected once; who connects again at once has to be found.
 */
@ApplicationScoped
public class SessionsStage implements RestoreStage<Situation> {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final SwapLooks looks;
  private final SafetyStage copy;

  public SessionsStage(SwapLooks looks, SafetyStage copy) {
    this.looks = looks;
    this.copy = copy;
  }

  @Override
  public RestorePhase phase() {
    return RestorePhase.Quiescing;
  }

  @Override
  public CompletionStage<Step> left(Situation now) {
    return now.replaced() || now.restore().quiesce().nobody() || copy.begun(now)
        ? Step.done("Nobody else is waited for.").now()
        : looks
            .writers(now.restore().databaseRef(), now.scope().author())
            .thenApply(writers -> step(writers, now))
            .exceptionally(
                error -> Step.of(new Work.Rolling(Together.cause(error).getMessage(), LOOK_AGAIN)));
  }

  private Step step(List<OtherSession> writers, Situation now) {
    if (writers.isEmpty()) {
      return Step.done("Nobody who may write to it is connected.");
    }
    var until = now.quietUntil();
    if (until.isPresent() && now.scope().now().isBefore(until.get())) {
      return Step.of(
          new Work.Rolling(
              "Until %s it is waited for sessions that may write to database %s: %s Then they are ended."
                  .formatted(until.get(), now.found().live(), OtherSession.all(writers)),
              LOOK_AGAIN));
    }
    return copy.sent(now).stream().anyMatch(sent -> sent.effect() instanceof Disconnection)
        ? Step.impossible("SessionsRemain", remain(writers, now))
        : now.found()
            .side()
            .map(side -> Step.todo(List.of(disconnection(side.oid(), now))))
            .orElseGet(() -> SwapStage.notProven(now));
  }

  private static Disconnection disconnection(long side, Situation now) {
    return new Disconnection(
        now.restore().databaseRef(),
        now.found().identity(),
        now.found().live(),
        now.names(),
        side,
        LIMIT);
  }

  private static String remain(List<OtherSession> writers, Situation now) {
    return "Database %1$s was not replaced, because sessions that may write to it were ended, and are there again, or are a superuser's: %2$s Stop who that is, or name it in quiesce; see who: SELECT pid, usename, application_name, client_addr FROM pg_stat_activity WHERE datname = '%1$s';"
        .formatted(now.found().live(), OtherSession.all(writers));
  }
}
