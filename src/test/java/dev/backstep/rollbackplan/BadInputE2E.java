package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a plan or a human gets wrong ends in a condition with the remedy, and changes nothing. */
class BadInputE2E {
  private static final String TO_V1 =
      "{images: [{container: app, image: \"backstep.dev/app:v1\"}]}";

  @RegisterExtension static final TestOperator operator = TestOperator.running(20);

  static Stream<Arguments> impossible() {
    return Stream.of(
        Arguments.of(rollBack("absent", TO_V1), "Deployment absent does not exist in namespace"),
        Arguments.of(rollBack("paused", TO_V1), "rollout resume deployment/paused"),
        Arguments.of(
            rollBack("web", "{images: [{container: nope, image: x}]}"),
            "Deployment web has no container nope; it has app"),
        Arguments.of(rollBack("web", "{revision: \"7\"}"), "has no revision 7 any more"),
        Arguments.of(rollBack("forgetful", "{revision: \"2\"}"), "revisionHistoryLimit: 0"),
        Arguments.of(rollBack("forgetful", "{lastStable: {}}"), "was proven good yet"));
  }

  private static String rollBack(String workload, String to) {
    return rollBack("revert", workload, to);
  }

  private static String rollBack(String level, String workload, String to) {
    return """
    - name: %1$s
      actions:
      - {name: act-%1$s, rollBack: {workloads: [{kind: Deployment, name: %2$s}], to: %3$s}}
    """
        .formatted(level, workload, to);
  }

  @ParameterizedTest
  @MethodSource("impossible")
  void whatCannotBeDoneIsSaidBeforeARunAndAskedInIt(String level, String message) {
    try (var shop = Shop.open("preflight").idle("web", "v1").idle("paused", "v1")) {
      shop.kubectl("rollout", "pause", "deployment/paused").orThrow();
      shop.idle("forgetful", "v1");
      shop.kubectl(
              "patch", "deployment", "forgetful", "-p", "{\"spec\":{\"revisionHistoryLimit\":0}}")
          .orThrow();
      shop.plan(level, "stable: {soak: 1h, workloads: [{kind: Deployment, name: forgetful}]}\n");

      assertThat(shop.awaitCondition(ConditionTypes.EXECUTABLE, "False").getMessage())
          .contains(message);
      assertThat(shop.condition(ConditionTypes.READY).getStatus()).isEqualTo("False");
      var before = shop.deployment("web").getMetadata().getResourceVersion();

      shop.run("INC-1", "revert").awaitPhase(Phase.AwaitingAnswer);

      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.PREFLIGHT);
      assertThat(shop.runStatus().question().message()).contains(message);
      assertThat(shop.deployment("web").getMetadata().getResourceVersion()).isEqualTo(before);
    }
  }

  @Test
  void aMissingRightIsNamedWithItsRemedy() {
    try (var shop = Shop.open("rights").idle("web", "v2")) {
      shop.kubectl("delete", "role", "runner").orThrow();
      shop.plan(rollBack("web", TO_V1));

      assertThat(shop.awaitCondition(ConditionTypes.EXECUTABLE, "False").getMessage())
          .contains(
              "ServiceAccount " + shop.namespace() + "/runner may not patch deployments.apps: web")
          .contains("kubectl -n " + shop.namespace() + " create role");
    }
  }

  @Test
  void aServiceAccountThatDoesNotExistIsNamed() {
    try (var shop = Shop.open("account").idle("web", "v2")) {
      shop.kubectl("delete", "serviceaccount", "runner").orThrow();
      shop.plan(rollBack("web", TO_V1));

      assertThat(shop.awaitCondition(ConditionTypes.EXECUTABLE, "False").getMessage())
          .contains("ServiceAccount " + shop.namespace() + "/runner does not exist");
    }
  }

  @Test
  void anExpressionThatDoesNotCompileIsNamedWithItsPlace() {
    try (var shop = Shop.open("expression").idle("web", "v2")) {
      shop.apply(
          Shop.planYaml(rollBack("web", TO_V1), "")
              .replace("status == 200 && body.ok == true", "status == 200 && bdy.ok"));

      assertThat(shop.awaitCondition(ConditionTypes.READY, "False").getMessage())
          .contains("gate api: http.successCondition does not compile at 1:18")
          .contains("bdy");

      shop.run("INC-1", "revert");
      shop.plan(rollBack("web", TO_V1)).awaitPhase(Phase.AwaitingAnswer);
    }
  }

  @Test
  void whatRunsAlreadyIsNotWrittenAndAnImageThatCannotBePulledDoesNotStopTheLadder() {
    var levels =
        rollBack("same", "web", "{images: [{container: app, image: \"backstep.dev/app:v2\"}]}")
            + rollBack("nope", "web", "{images: [{container: app, image: \"backstep.dev/no:1\"}]}")
            + rollBack("good", "web", TO_V1);
    try (var shop = Shop.open("ladder").serving("web", "v2").plan(levels)) {
      shop.run("INC-1", "same", "nope", "good").awaitRest();

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Recovered);
      var actions =
          shop.runStatus().levels().stream().map(level -> level.actions().get(0)).toList();
      assertThat(actions).extracting(ActionStatus::changed).containsExactly(0, 1, 1);
      assertThat(actions).extracting(action -> action.applied().size()).containsExactly(0, 1, 1);
      assertThat(actions.get(1).outcome().name()).isEqualTo("NotObserved");
      assertThat(actions.get(1).message()).contains("progressDeadlineSeconds");
    }
  }

  @Test
  void aRunIdIsCarriedOutOnceWhateverHappensToThePlan() {
    try (var shop = Shop.open("ids").serving("web", "v2").plan(rollBack("web", TO_V1))) {
      shop.run("INC-1", "revert").awaitPhase(Phase.Recovered);
      var seq = shop.runStatus().seq();

      shop.run("INC-1", "revert");
      shop.run("INC-2", "revert").await("INC-2", plan -> ended(plan, "INC-2"));
      assertThat(shop.plan().getStatus().history().get(0).id()).isEqualTo("INC-1");
      assertThat(seq).isGreaterThan(5);

      shop.run("INC-1", "revert");
      assertThat(shop.awaitCondition(ConditionTypes.RUN_REFUSED, "True").getMessage())
          .contains("Run INC-1 is not carried out")
          .contains("Use a new id");
      assertThat(shop.runStatus().id()).isEqualTo("INC-2");

      shop.kubectl("delete", "rollbackplan", "web", "--timeout=90s").orThrow();
      shop.release("web", "v2");
      shop.apply(withRun(Shop.planYaml(rollBack("web", TO_V1), ""), "INC-2"));
      shop.awaitCondition(ConditionTypes.RUN_REFUSED, "True");
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v2");
    }
  }

  private static boolean ended(RollbackPlan plan, String run) {
    return plan.getStatus().run().id().equals(run) && !plan.getStatus().run().active();
  }

  private static String withRun(String plan, String id) {
    return plan
        + "  run: {id: "
        + id
        + ", reason: the shop answers 500, requestedBy: alice, levels: [revert]}\n";
  }

  @Test
  void aWipedStatusIsNotRunAgainByItself() {
    try (var shop = Shop.open("wiped").serving("web", "v2").plan(rollBack("web", TO_V1))) {
      shop.run("INC-1", "revert").awaitPhase(Phase.Recovered);
      shop.release("web", "v2");

      shop.kubectl(
              "patch",
              "rollbackplan",
              "web",
              "--subresource=status",
              "--type=merge",
              "-p",
              "{\"status\":null}")
          .orThrow();
      shop.awaitPhase(Phase.AwaitingAnswer);

      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.STATUS_LOST);
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v2");
      shop.answer("Accept").awaitPhase(Phase.Aborted);
    }
  }

  @Test
  void aSuspendedPlanStartsWhenItIsNotSuspendedAnyMore() {
    try (var shop =
        Shop.open("suspend").serving("web", "v2").plan(rollBack("web", TO_V1), "suspend: true")) {
      shop.run("INC-1", "revert")
          .await("Suspended", p -> "Suspended".equals(p.getStatus().reason()));
      assertThat(shop.plan().getStatus().run()).isNull();

      shop.patch("{\"spec\":{\"suspend\":false}}").awaitPhase(Phase.Recovered);
    }
  }

  @Test
  void aPlanThatIsDeletedInTheMiddleStopsAndGivesBackWhatItHolds() {
    var hold =
        """
        - name: hold
          actions:
          - {name: hold-worker, scale: {workloads: [{kind: Deployment, name: worker}]}}
        """;
    try (var shop = Shop.open("deleted").serving("web", "v2").serving("worker", "v1").plan(hold)) {
      shop.run("INC-1", "hold").awaitPhase(Phase.Verifying);
      assertThat(shop.deployment("worker").getSpec().getReplicas()).isZero();

      shop.kubectl("delete", "rollbackplan", "web", "--timeout=90s").orThrow();

      assertThat(shop.deployment("worker").getSpec().getReplicas()).isEqualTo(1);
    }
  }
}
