package dev.backstep.restore;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.database.Judging;
import dev.backstep.database.Judging.Checked;
import dev.backstep.effect.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The live data is verified once more, through sessions of its own, before anybody is let loose on
 * it. Afterwards it is the writers' data again, and need not stay what it was.
 */
@ApplicationScoped
public class CheckStage implements RestoreStage<Situation> {
  private final Verification verification;

  public CheckStage(Verification verification) {
    this.verification = verification;
  }

  @Override
  public RestorePhase phase() {
    return RestorePhase.Finishing;
  }

  @Override
  public CompletionStage<Step> left(Situation now) {
    if (LettingGo.begun(now)) {
      return Step.done("Those who write to it come back.").now();
    }
    var facts = new Facts(now.facts());
    return verification
        .of(
            now,
            now.found().liveOne().orElseThrow(),
            check -> CompletableFuture.completedStage(facts.before(check.name())))
        .thenApply(checked -> judged(checked, now))
        .exceptionally(Verification::again);
  }

  private static Step judged(List<Checked> checked, Situation now) {
    return Judging.failures(checked)
        .map(why -> Step.impossible("VerificationFailed", notGood(why, now)))
        .orElseGet(() -> Step.done(now.outcome()));
  }

  private static String notGood(String why, Situation now) {
    return "Database %s was replaced, and is not what is wanted: %s Those who write to it are kept off. The data from before is kept as %s: put it back (state: Undone), or look what is missing."
        .formatted(now.found().live(), why, now.names().old(now.found().live()));
  }
}
