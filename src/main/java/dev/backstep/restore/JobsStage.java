package dev.backstep.restore;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.effect.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletionStage;

/** The programs that work for a restore come to their end. */
@ApplicationScoped
public class JobsStage implements RestoreStage<Seen> {
  private final RestoreChecks checks;

  public JobsStage(RestoreChecks checks) {
    this.checks = checks;
  }

  @Override
  public RestorePhase phase() {
    return RestorePhase.Stopping;
  }

  @Override
  public CompletionStage<Step> left(Seen now) {
    return checks.stopped(now.restore(), now.scope()).now();
  }
}
