package dev.backstep.rollbackplan.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.measure.Reading;
import org.junit.jupiter.api.Test;

/** What the gates say of the system, all together and each by itself. */
class HealthTest {
  private static final Says HEALTH = new Health();

  private static String healthy(Said plan) {
    return Said.text(plan.by(HEALTH), "Healthy");
  }

  private static String gate(Said plan, String name) {
    return Said.text(plan.by(HEALTH), "gates.backstep.dev/" + name);
  }

  @Test
  void allGreenIsHealthy() {
    var plan =
        Said.plan().measured("api", Reading.green("200")).measured("web", Reading.green("2 pods"));

    assertThat(healthy(plan)).isEqualTo("True Healthy: All 2 gates are healthy.");
    assertThat(gate(plan, "web")).isEqualTo("True Healthy: 2 pods.");
  }

  @Test
  void oneRedGateIsEnoughWhateverTheOthersSay() {
    var plan = Said.plan().measured("api", Reading.red("503")).measuring("web");

    assertThat(healthy(plan)).isEqualTo("False Unhealthy: Unhealthy: api.");
    assertThat(gate(plan, "api")).isEqualTo("False Unhealthy: 503. The shop must answer.");
    assertThat(gate(plan, "web")).isEqualTo("Unknown Measuring: Being measured.");
  }

  @Test
  void whatCannotBeMeasuredIsNeitherGoodNorBad() {
    var plan =
        Said.plan().measured("api", Reading.error("no answer")).measured("web", Reading.green("2"));

    assertThat(healthy(plan)).startsWith("Unknown Inconclusive:").endsWith(": api.");
    assertThat(gate(plan, "api")).isEqualTo("Unknown Inconclusive: no answer.");
  }

  @Test
  void aGateThatIsNotMeasuredNowIsSaidToBeSo() {
    var plan = Said.plan().measured("api", Reading.green("200"));

    assertThat(healthy(plan)).isEqualTo("True Healthy: All 1 gates are healthy.");
    assertThat(gate(plan, "web")).isEqualTo("Unknown NotMeasured: Not measured now.");
  }

  @Test
  void whileMeasuringBeginsTheLastVerdictIsKept() {
    var red = Said.plan().measured("api", Reading.red("503")).measuring("web");
    var then = Said.plan().status(red.view().status().withConditions(red.by(HEALTH).list()));
    then.measuring("api").measuring("web");

    assertThat(healthy(then)).isEqualTo("False Unhealthy: Unhealthy: api.");
  }

  @Test
  void aPlanThatIsBeingDeletedIsNotSaidToBeSuspended() {
    assertThat(healthy(Said.plan().deleted()))
        .isEqualTo("Unknown PlanDeleted: No gate is measured while the plan is being deleted.");
  }

  @Test
  void nothingIsMeasuredWhileThePlanIsSuspended() {
    assertThat(healthy(Said.plan().with("suspend: true"))).startsWith("Unknown Suspended:");
  }

  @Test
  void aPlanWithoutAStandingGateIsNotSaidToBeSuspended() {
    assertThat(healthy(Said.plan()))
        .isEqualTo("Unknown NotMeasured: No gate of this plan is measured at this moment.");
  }
}
