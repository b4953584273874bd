package dev.backstep.restore;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.database.swap.Note.State;
import dev.backstep.database.swap.SideProven;
import dev.backstep.effect.Step;
import dev.backstep.restore.Verification.Checked;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What was restored is verified beside the live data, and gets its settings and rights. */
@ApplicationScoped
public class ProofStage implements RestoreStage<Situation> {
  private final Verification verification;

  public ProofStage(Verification verification) {
    this.verification = verification;
  }

  @Override
  public RestorePhase phase() {
    return RestorePhase.Verifying;
  }

  @Override
  public CompletionStage<Step> left(Situation now) {
    if (now.replaced() || now.side(State.Verified)) {
      return Step.done(new Facts(now.facts()).forecast(now)).now();
    }
    var live = now.found().liveOne().orElseThrow();
    return verification
        .of(now, now.found().side().orElseThrow(), check -> verification.value(check, now, live))
        .thenApply(checked -> judged(checked, now));
  }

  private static Step judged(List<Checked> checked, Situation now) {
    return Verification.failures(checked)
        .map(why -> Step.impossible("VerificationFailed", notGood(why, now)))
        .orElseGet(() -> Step.todo(List.of(proven(checked, now))));
  }

  private static String notGood(String why, Situation now) {
    return "The backup was restored beside database %s, and is not what is wanted, so nothing is replaced: %s"
        .formatted(now.found().live(), why);
  }

  private static SideProven proven(List<Checked> checked, Situation now) {
    return new SideProven(
        now.restore().databaseRef(),
        now.found().identity(),
        now.found().live(),
        now.names(),
        now.found().side().orElseThrow().oid(),
        Facts.of(checked),
        AsideStage.LIMIT);
  }
}
