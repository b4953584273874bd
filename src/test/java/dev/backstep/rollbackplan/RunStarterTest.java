package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.RunBuilder;
import dev.backstep.testing.PlanYaml;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Why a wish for a new run is refused. */
class RunStarterTest {
  private static final String PLAN =
      """
      args: [{name: revision}]
      gates: [{name: ready, workload: {kind: Deployment, name: web}}]
      levels:
      - name: revert
        actions:
        - name: a
          rollBack: {workloads: [{kind: Deployment, name: web}], to: {revision: $(args.revision)}}
      """;
  private static final String SYMPTOM =
      "symptoms: [{name: Errors, severity: High, levels: [revert]}]\n";

  private static final Run RUN =
      RunBuilder.builder()
          .id("INC-1")
          .levels(List.of("revert"))
          .args(List.of(new Run.Value("revision", "3")))
          .state(Run.State.Running)
          .build();

  private static String refusal(String plan, Run run) {
    return RunStarter.refusal(PlanYaml.spec(plan), run);
  }

  private static Run bySymptom(String name) {
    return RUN.with().levels(null).symptom(name).build();
  }

  @ParameterizedTest
  @EnumSource(names = {"Running", "Paused"})
  void aNewRunMayBegin(Run.State state) {
    assertThat(refusal(PLAN, RUN.withState(state))).isNull();
    assertThat(refusal(PLAN + SYMPTOM, bySymptom("Errors").withState(state))).isNull();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"Running", "Paused"})
  void aNewRunHasNothingToStop(Run.State state) {
    assertThat(refusal(PLAN, RUN.withState(state)))
        .isEqualTo("a new run must have state Running, this one has " + state + ".");
  }

  @Test
  void argsHaveToFit() {
    assertThat(refusal(PLAN, RUN.withArgs(null)))
        .isEqualTo("arg revision is needed by the run's levels or their gates.");
  }

  /** Also when the plan was edited after the run had been refused. */
  @Test
  void aSymptomHasToBeThere() {
    assertThat(refusal(PLAN, bySymptom("Gone"))).isEqualTo("the plan has no symptom Gone.");
    assertThat(refusal(PLAN + SYMPTOM, bySymptom("Gone"))).isNotNull();
  }
}
