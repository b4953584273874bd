package dev.backstep.rollbackplan.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.ladder.RunBuilder;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.testing.PlanYaml;
import org.junit.jupiter.api.Test;

/** Which plans have threads kept for them. */
class PlanViewTest {
  private static RollbackPlan atRest() {
    var plan = new RollbackPlan();
    plan.setSpec(PlanYaml.spec("gates: []\nlevels: []"));
    return plan;
  }

  private static RollbackPlan run(Phase phase, boolean active) {
    var plan = atRest();
    var run = RunStatusBuilder.builder().id("INC-1").phase(phase).active(active).build();
    plan.setStatus(RollbackPlanStatusBuilder.builder().run(run).build());
    return plan;
  }

  private static RollbackPlan wished(RollbackPlan plan) {
    plan.setSpec(plan.getSpec().withRun(RunBuilder.builder().id("INC-1").build()));
    return plan;
  }

  @Test
  void oneWithAnOpenRunGoesFirst() {
    assertThat(PlanView.goesFirst(run(Phase.Acting, true))).isTrue();
  }

  @Test
  void soDoesOneWhoseRunIsAboutToBegin() {
    assertThat(PlanView.goesFirst(wished(atRest()))).isTrue();
  }

  @Test
  void oneAtRestDoesNot() {
    assertThat(PlanView.goesFirst(atRest())).isFalse();
    assertThat(PlanView.goesFirst(wished(run(Phase.Recovered, false)))).isFalse();
  }
}
