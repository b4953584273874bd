package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.AuditLog.Entry;
import dev.backstep.testing.AuditLog.Mark;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The ladder on a real cluster with real pods. */
class RollbackPlanE2E {
  private static final String RESTART =
      """
      - name: restart
        actions:
        - {name: restart-web, restart: {workloads: [{kind: Deployment, name: web}]}}
      """;

  private static final String REVERT_IMAGE =
      """
      - name: revert-image
        actions:
        - name: image
          rollBack:
            workloads: [{kind: Deployment, name: web}]
            to: {images: [{container: app, image: "backstep.dev/app:v1"}]}
      """;

  private static final String REVERT =
      """
- name: revert
  actions:
  - {name: revert-web, rollBack: {workloads: [{kind: Deployment, name: web}], to: {lastStable: {}}}}
""";

  private static final String STABLE =
      "stable: {soak: 5s, workloads: [{kind: Deployment, name: web}]}\n";

  private static final Set<Phase> LEVEL = Set.of(Phase.Acting, Phase.Verifying);

  @RegisterExtension static final TestOperator operator = TestOperator.running(7);

  @Test
  void recoversAtTheFirstRung() {
    try (var shop = Shop.open("first-rung").serving("web", "v2").plan(REVERT_IMAGE + RESTART)) {
      shop.run("INC-1", "revert-image", "restart").awaitRest();

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Recovered);
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v1");
      assertThat(shop.plan().getStatus().level()).isEqualTo("1/2 revert-image");
      assertThat(shop.runStatus().levels().get(1).startedAt()).isNull();
      wasWokenByTheGate(shop);
      shop.kubectl("wait", "--for=condition=Healthy", "rollbackplan/web", "--timeout=60s")
          .orThrow();
    }
  }

  @Test
  void recoversAtTheSecondRungFromTheLastStableState() {
    try (var shop = Shop.open("second-rung").serving("web", "v1").plan(RESTART + REVERT, STABLE)) {
      shop.await("a stable revision", plan -> !plan.getStatus().stable().isEmpty());
      shop.release("web", "v2").run("INC-1", "restart", "revert").awaitRest();

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Recovered);
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v1");
      assertThat(shop.plan().getStatus().level()).isEqualTo("2/2 revert");
      assertThat(phases(shop))
          .containsSubsequence(
              Phase.Pending,
              Phase.Checking,
              Phase.Acting,
              Phase.Verifying,
              Phase.Acting,
              Phase.Verifying,
              Phase.Soaking,
              Phase.Recovered);
    }
  }

  /**
   * Two good answers are wanted. Who is not woken by them looks again when the gate's 60 s are
   * over, which is many answers later.
   */
  private static void wasWokenByTheGate(Shop shop) {
    var acted =
        shop.transitions().stream()
            .filter(step -> Reasons.LEVEL_ACTED.equals(step.reason()))
            .reduce((first, second) -> second)
            .orElseThrow()
            .at();
    var mitigated = shop.runStatus().mitigatedAt();
    var logs = shop.kubectl("logs", "deployment/web").orThrow().stdout();
    assertThat(logs.lines())
        .filteredOn(line -> line.contains("/api/health") && line.contains("200"))
        .map(line -> Instant.parse(line.split(" ")[0]))
        .filteredOn(at -> at.isAfter(acted) && at.isBefore(mitigated))
        .as("good answers before the run was mitigated")
        .hasSizeBetween(2, 20);
  }

  @Test
  void isExhaustedWhenNoLevelHelps() {
    try (var shop = Shop.open("exhausted").serving("web", "v2").plan(RESTART)) {
      shop.run("INC-1", "restart").awaitRest();

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Exhausted);
      assertThat(shop.condition(ConditionTypes.STALLED).getStatus()).isEqualTo("True");
      assertThat(shop.condition(ConditionTypes.HEALTHY).getStatus()).isEqualTo("False");
    }
  }

  @Test
  void asksWhenTheGateCannotBeMeasuredAndGoesOnWithTheAnswer() {
    try (var shop = Shop.open("inconclusive").serving("web", "v2").plan(RESTART)) {
      // While it is verified, a busy machine may see two bad answers before the Service is gone.
      shop.run("INC-1", "restart").awaitRun("its level", run -> LEVEL.contains(run.phase()));
      shop.kubectl("delete", "service", "web").orThrow();
      shop.awaitRest();

      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.INCONCLUSIVE);
      assertThat(shop.runStatus().question().choices())
          .containsExactly(Choice.Retry, Choice.Accept);
      assertThat(shop.condition(ConditionTypes.AWAITING_ANSWER).getMessage())
          .contains("Service web does not exist")
          .contains("kubectl -n " + shop.namespace() + " patch rollbackplan web");

      shop.serving("web", "v1").answer("Retry");
      shop.awaitRun("the run to end", run -> !run.active());
      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Recovered);
    }
  }

  @Test
  void isAbortedWhileVerifyingAndSaysWhatStaysChanged() {
    try (var shop = Shop.open("abort").serving("web", "v2").plan(RESTART + REVERT_IMAGE)) {
      shop.run("INC-1", "restart", "revert-image").awaitPhase(Phase.Verifying);
      shop.state("Aborted").awaitRest();

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Aborted);
      assertThat(shop.runStatus().message()).contains("What stays changed: restart-web (1 change)");
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v2");
    }
  }

  @Test
  void isMitigatedWhileSomethingIsHeldAndGivesItBackAfterTheFix() {
    var hold =
        REVERT_IMAGE
            + "  - {name: hold-worker, scale: {workloads: [{kind: Deployment, name: worker}]}}\n";
    try (var shop = Shop.open("release").serving("web", "v2").serving("worker", "v1")) {
      shop.kubectl("scale", "deployment/worker", "--replicas=2").orThrow();
      shop.rolledOut("worker").plan(hold).run("INC-1", "revert-image").awaitRest();

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Mitigated);
      assertThat(shop.plan().getStatus().holding()).isEqualTo(1);
      assertThat(shop.deployment("worker").getSpec().getReplicas()).isZero();
      assertThat(shop.condition(ConditionTypes.HOLDS_ACTIVE).getMessage())
          .contains("Deployment worker (2 -> 0, run INC-1, action hold-worker)");

      shop.state("Released").awaitPhase(Phase.Released);

      assertThat(shop.deployment("worker").getSpec().getReplicas()).isEqualTo(2);
      assertThat(shop.deployment("worker").getMetadata().getAnnotations().keySet())
          .noneMatch(key -> key.startsWith("backstep.dev/held"));
      assertThat(shop.plan().getStatus().holding()).isZero();
    }
  }

  @Test
  void writesEachTargetOnceAndReadsNone() {
    var audit = Cluster.get().auditLog();
    assumeTrue(audit.isPresent(), "skipped: this cluster gives no audit log");
    var level =
        """
        - name: revert
          actions:
          - name: all
            rollBack:
              workloads:
              - {kind: Deployment, name: web}
              - {kind: Deployment, name: one}
              - {kind: Deployment, name: two}
              - {kind: Deployment, name: already-there}
              to: {images: [{container: app, image: "backstep.dev/app:v1"}]}
        """;
    try (var shop =
        Shop.open("audit")
            .serving("web", "v2")
            .idle("one", "v2")
            .idle("two", "v2")
            .idle("already-there", "v1")
            .plan(level)) {
      shop.awaitCondition(ConditionTypes.HEALTHY, "False");
      var before = audit.get().mark();
      shop.run("INC-1", "revert").awaitRest();

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Recovered);
      var targets = asRunner(shop, before);
      assertThat(targets).extracting(Entry::verb).containsOnly("patch");
      assertThat(targets).extracting(Entry::name).containsExactlyInAnyOrder("web", "one", "two");

      shop.await("the gates' last words", RollbackPlanE2E::healthy);
      var applied = audit.get().mark();
      shop.kubectl("annotate", "rollbackplan", "web", "again=yes").orThrow();
      shop.plan(level);
      assertThat(writesByOperator(shop, applied)).isEmpty();
    }
  }

  private static boolean healthy(RollbackPlan plan) {
    return plan.getStatus().conditions().stream()
        .anyMatch(c -> c.getType().equals(ConditionTypes.HEALTHY) && c.getStatus().equals("True"));
  }

  /** What the plan's ServiceAccount did to workloads. */
  static List<Entry> asRunner(Shop shop, Mark since) {
    var runner = "system:serviceaccount:" + shop.namespace() + ":runner";
    return Cluster.get()
        .auditLog()
        .orElseThrow()
        .settledSince(
            since,
            entry ->
                runner.equals(entry.impersonatedUser())
                    && List.of("deployments", "configmaps", "pods").contains(entry.resource()));
  }

  private static List<Entry> writesByOperator(Shop shop, Mark since) {
    return Cluster.get()
        .auditLog()
        .orElseThrow()
        .settledSince(
            since,
            entry ->
                entry.namespace().equals(shop.namespace())
                    && List.of("create", "update", "patch", "delete").contains(entry.verb())
                    && (!entry.impersonatedUser().isEmpty()
                        || entry.subresource().equals("status")
                            && entry.resource().equals("rollbackplans")
                        || entry.resource().equals("controllerrevisions")));
  }

  private static List<Phase> phases(Shop shop) {
    return shop.transitions().stream().map(step -> step.phase()).toList();
  }
}
