package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.AdmissionHook;
import dev.backstep.testing.MarkedWrites;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The operator is killed (-9) in the middle of an effect, and started again. */
class KilledE2E {
  private static final String LEVEL =
      """
      - name: revert
        actions:
        - name: all
          rollBack:
            workloads:
            - {kind: Deployment, name: web}
            - {kind: Deployment, name: one}
            - {kind: Deployment, name: two}
            to: {images: [{container: app, image: "backstep.dev/app:v1"}]}
      """;

  @RegisterExtension static final TestOperator operator = TestOperator.running(4);

  @Test
  void afterTheIntentWasRecordedAndBeforeAnythingWasSent() throws Exception {
    killedDuring(
        "backstep.dev",
        "rollbackplans/status",
        "has(object.status.run) && has(object.status.run.intent)");
  }

  @Test
  void afterTheEffectWasSentAndBeforeItsAnswer() throws Exception {
    killedDuring(
        "apps",
        "deployments",
        "request.userInfo.username.startsWith('system:serviceaccount:')"
            + " && request.userInfo.username.endsWith(':runner')");
  }

  @Test
  void afterTheEffectWasAppliedAndBeforeItsOutcomeWasRecorded() throws Exception {
    killedDuring(
        "backstep.dev",
        "rollbackplans/status",
        "has(object.status.run) && object.status.run.reason == 'EffectApplied'");
  }

  @Test
  void afterTheRunWasWrittenAndBeforeItsClaim() throws Exception {
    killedDuring(
        "backstep.dev",
        "rollbackplans/status",
        "has(object.status.run) && object.status.run.reason == 'RunStarted'");
  }

  private static void killedDuring(String group, String resource, String condition)
      throws Exception {
    assumeTrue(AdmissionHook.isReachable(), AdmissionHook.SKIPPED);
    operator.ensureAlive();
    try (var shop = Shop.open("killed").serving("web", "v2").idle("one", "v2").idle("two", "v2")) {
      shop.plan(LEVEL).awaitCondition("Healthy", "False");
      try (var writes = MarkedWrites.in(shop);
          var hook =
              AdmissionHook.during(shop.namespace(), group, resource, condition, operator::kill)) {
        shop.run("INC-1", "revert");
        Awaitility.await("the kill").until(() -> !operator.isAlive());
        operator.restart();
        shop.awaitRest();
        assertThat(hook.requests()).as("the fault fired").isPositive();
        assertThat(writes.names())
            .as("effective patches")
            .containsExactlyInAnyOrder("web", "one", "two");
      }

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Recovered);
      assertThat(shop.image("one")).isEqualTo("backstep.dev/app:v1");
    }
  }
}
