package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.AdmissionHook;
import dev.backstep.testing.MarkedWrites;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * kill -9 right after the API server has stored the n-th write of a whole run, from its first
 * status to the end of its undo: every effect once, and everything as it was. The simulation kills
 * at every point, and {@link EveryWriteE2E} at every write of a longer run; here it is shown at ten
 * that the real API server behaves as the simulated one.
 */
@Order(1)
class KilledAnywhereE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.running(10);

  private static String witness(Shop shop) {
    return Stream.of("web", "api", "worker")
        .map(name -> name + shop.deployment(name).getSpec())
        .collect(Collectors.joining("\n"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 7, 9, 11, 13, 15, 18, 22})
  void everyEffectHappensOnceAndEverythingComesBack(int write) throws Exception {
    assumeTrue(AdmissionHook.isReachable(), AdmissionHook.SKIPPED);
    operator.ensureAlive();
    try (var shop =
        Shop.open("killed-" + write).idle("web", "v2").idle("api", "v2").idle("worker", "v2")) {
      shop.kubectl("scale", "deployment/worker", "--replicas=1").orThrow();
      shop.apply(PLAN);
      shop.awaitCondition("Healthy", "True");
      var before = witness(shop);
      try (var writes = MarkedWrites.in(shop);
          var hook = AdmissionHook.killAfter(shop.namespace(), "runner", write, operator)) {
        shop.patch(
            """
            {"spec":{"run":{"id":"INC-1","reason":"the shop answers 500 since noon",
             "requestedBy":"alice","entry":"Always","levels":["revert"]}}}
            """);
        reaches(shop, Phase.Mitigated);
        shop.state("Undone");
        reaches(shop, Phase.Undone);
        assertThat(hook.requests()).as("the fault fired").isGreaterThanOrEqualTo(write);
        assertThat(writes.names())
            .as("effective patches: there and back")
            .containsExactlyInAnyOrder("web", "web", "api", "api", "worker", "worker");
      }

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Undone);
      assertThat(witness(shop)).isEqualTo(before);
    }
  }

  /** Starts the operator again as soon as it was killed, until the run is there. */
  private void reaches(Shop shop, Phase phase) {
    Awaitility.await(phase + " in " + shop.namespace())
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              operator.ensureAlive();
              return shop.plan().getStatus().phase() == phase;
            });
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
        - {name: ready, interval: 1s, within: 20s, consecutiveSuccessLimit: 1,
           consecutiveFailureLimit: 1, workload: {kind: Deployment, name: web}}
        levels:
        - name: revert
          actions:
          - name: image
            rollBack:
              workloads: [{kind: Deployment, name: web}, {kind: Deployment, name: api}]
              to: {images: [{container: app, image: "backstep.dev/app:v1"}]}
          - name: hold
            scale: {workloads: [{kind: Deployment, name: worker}]}
      """;
}
