package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.TestOperator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Four processes work on the same plan at once, as none of them should: it is done once. */
class FourOperatorsE2E {
  private static final int RUNS = 6;

  @RegisterExtension static final TestOperator operator = TestOperator.running(1);

  @Test
  void aTransactionIsDoneOnceForEachRun() throws Exception {
    try (var sorts = EverySort.open(operator, "four");
        var second = operator.another();
        var third = operator.another();
        var fourth = operator.another()) {
      sorts.shop().apply(PLAN);

      for (var run = 1; run <= RUNS; run++) {
        sorts.run("INC-" + run);
        sorts.reaches("INC-" + run, Phase.Recovered);
        assertThat(sorts.caps())
            .as("after %d runs", run)
            .containsExactly("mails=" + (10 + run), "none=null", "posts=" + (20 + run));
      }

      assertThat(List.of(operator.log(), second.log(), third.log(), fourth.log()))
          .as("how many of the processes wrote steps of the runs")
          .filteredOn(log -> log.contains("run=INC-"))
          .hasSizeGreaterThan(1);
    }
  }

  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web}
      spec:
        serviceAccountName: runner
        verification: {soak: 0s}
        gates:
        - {name: ready, interval: 1s, within: 5s, consecutiveSuccessLimit: 1,
           consecutiveFailureLimit: 1, workload: {kind: Deployment, name: web}}
        levels:
        - name: quiet
          actions:
          - name: raise
            sql:
              effect: Repair
              destructive: false
              databaseRef: {name: db}
              statements: UPDATE limits SET cap = cap + 1 WHERE cap IS NOT NULL
              maxRows: 2
      """;
}
