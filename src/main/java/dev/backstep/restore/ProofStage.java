package dev.backstep.restore;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.database.Judging;
import dev.backstep.database.Judging.Checked;
import dev.backstep.database.swap.Note.State;
import dev.backstep.database.swap.SideProven;
import dev.backstep.database.swap.SwapLooks;
import dev.backstep.effect.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** What was restored is verified beside the live data, and gets its settings and rights. */
@ApplicationScoped
public class ProofStage implements RestoreStage<Situation> {
  private final Verification verification;
  private final SwapLooks looks;
  private final OtherOwners owners;

  public ProofStage(Verification verification, SwapLooks looks) {
    this.verification = verification;
    this.looks = looks;
    this.owners = new OtherOwners(looks);
  }

  @Override
  public RestorePhase phase() {
    return RestorePhase.Verifying;
  }

  @Override
  public CompletionStage<Step> left(Situation now) {
    if (now.replaced() || now.side(State.Verified)) {
      return Step.done(new Facts(now.facts()).forecast(now) + now.following()).now();
    }
    var live = now.found().liveOne().orElseThrow();
    return verification
        .of(now, now.found().side().orElseThrow(), check -> verification.value(check, now, live))
        .thenCompose(checked -> judged(checked, now))
        .exceptionally(Verification::again);
  }

  private CompletionStage<Step> judged(List<Checked> checked, Situation now) {
    return Judging.failures(checked)
        .map(why -> Step.impossible("VerificationFailed", notGood(why, now)).now())
        .orElseGet(() -> good(checked, now));
  }

  /** Who reads the data elsewhere, and who owns a part of it, is a part of what people agree to. */
  private CompletionStage<Step> good(List<Checked> checked, Situation now) {
    return looks
        .followers(now.restore().databaseRef(), now.scope().author())
        .thenCombine(
            owners.of(now.found().liveOne().orElseThrow(), now),
            (followers, others) ->
                Step.todo(List.of(proven(Facts.of(checked, followers, others), now))));
  }

  private static String notGood(String why, Situation now) {
    return "The backup was restored beside database %s, and is not what is wanted, so nothing is replaced: %s"
        .formatted(now.found().live(), why);
  }

  private static SideProven proven(Map<String, String> facts, Situation now) {
    return new SideProven(
        now.restore().databaseRef(),
        now.found().identity(),
        now.found().live(),
        now.names(),
        now.found().side().orElseThrow().oid(),
        facts,
        AsideStage.LIMIT);
  }
}
