package dev.backstep.leader;

import dev.backstep.config.BackstepConfig;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * A process that stands by is ready. One that the API server does not answer is not, whether it
 * leads or not: it could neither take over nor go on.
 */
@Readiness
@ApplicationScoped
public class LeaderHealth implements HealthCheck {
  private final Election election;
  private final BackstepConfig config;

  public LeaderHealth(Election election, BackstepConfig config) {
    this.election = election;
    this.config = config;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("Leader");
    if (!election.isHeld()) {
      return response.up().withData("leader", "this process: no lease is configured").build();
    }
    var silence = election.silence();
    return response
        .status(silence.compareTo(config.leader().duration()) < 0)
        .withData("leader", election.leader())
        .withData("this process", election.standing().name())
        .withData("API server answered", "%d s ago".formatted(silence.toSeconds()))
        .build();
  }
}
