package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.cluster.Annotations;
import dev.backstep.testing.AdmissionHook;
import dev.backstep.testing.AuditLog.Entry;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.OperatorProcess;
import dev.backstep.testing.Shop;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

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

  private static final int OK = 200;

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
    var audit = Cluster.get().auditLog();
    assumeTrue(audit.isPresent(), "skipped: this cluster gives no audit log");
    try (var operator = OperatorProcess.start();
        var shop = Shop.open("killed").serving("web", "v2").idle("one", "v2").idle("two", "v2")) {
      shop.plan(LEVEL).awaitCondition("Healthy", "False");
      var before = audit.get().mark();
      try (var hook =
          AdmissionHook.during(shop.namespace(), group, resource, condition, operator::kill)) {
        shop.run("INC-1", "revert");
        Awaitility.await("the kill").until(() -> !operator.isAlive());
        operator.restart();
        shop.awaitRest();
        assertThat(hook.requests()).as("the fault fired").isPositive();
      }

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Recovered);
      assertThat(RollbackPlanE2E.asRunner(shop, before))
          .filteredOn(entry -> entry.verb().equals("patch") && entry.responseCode() == OK)
          .filteredOn(KilledE2E::marks)
          .extracting(Entry::name)
          .as("effective patches")
          .containsExactlyInAnyOrder("web", "one", "two");
      assertThat(shop.image("one")).isEqualTo("backstep.dev/app:v1");
    }
  }

  private static boolean marks(Entry entry) {
    return String.valueOf(entry.requestObject()).contains(Annotations.MARK.replace("/", "~1"));
  }
}
