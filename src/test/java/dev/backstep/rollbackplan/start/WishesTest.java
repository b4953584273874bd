package dev.backstep.rollbackplan.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.RunBuilder;
import dev.backstep.testing.PlanYaml;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Why a wish for a new run cannot be carried out. */
class WishesTest {
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

  private static Optional<String> mistake(String plan, Run run) {
    return Wishes.mistake(PlanYaml.spec(plan), run);
  }

  private static Run bySymptom(String name) {
    return RUN.with().levels(null).symptom(name).build();
  }

  @ParameterizedTest
  @EnumSource(names = {"Running", "Paused"})
  void aNewRunMayBegin(Run.State state) {
    assertThat(mistake(PLAN, RUN.withState(state))).isEmpty();
    assertThat(mistake(PLAN + SYMPTOM, bySymptom("Errors").withState(state))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"Running", "Paused"})
  void aNewRunHasNothingToStop(Run.State state) {
    assertThat(mistake(PLAN, RUN.withState(state)))
        .contains("a new run must have state Running, this one has " + state + ".");
  }

  @Test
  void argsHaveToFit() {
    assertThat(mistake(PLAN, RUN.withArgs(null)))
        .contains("arg revision is needed by the run's levels or their gates.");
  }

  /** Also when the plan was edited after the run had been refused. */
  @Test
  void aSymptomHasToBeThere() {
    assertThat(mistake(PLAN, bySymptom("Gone"))).contains("the plan has no symptom Gone.");
    assertThat(mistake(PLAN + SYMPTOM, bySymptom("Gone"))).isPresent();
  }
}
