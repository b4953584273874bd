package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several holds of one workload, given back in every order, on a real API server. */
class HoldsE2E {
  private static final int REPLICAS = 3;
  private static final Pattern DROP = Pattern.compile("kubectl -n \\S+ (annotate \\S+ \\S+-),");

  @RegisterExtension static final TestOperator operator = TestOperator.running();

  private static String scale(String name, int replicas, String more) {
    return """
      - name: %s
        %s
        scale: {replicas: %d, workloads: [{kind: Deployment, name: worker}]}
    """
        .formatted(name, more, replicas);
  }

  private static String level(String name, String actions) {
    return "- name: %s\n  actions:\n%s".formatted(name, actions);
  }

  /** A plan whose gate is always green, and a worker with three pods. */
  private static Shop shop(String name, String levels) {
    var shop = Shop.open(name).idle("web", "v1").idle("worker", "v1");
    scaledByHand(shop, REPLICAS);
    shop.rolledOut("worker");
    shop.apply(
        """
        apiVersion: backstep.dev/v1alpha1
        kind: RollbackPlan
        metadata: {name: web}
        spec:
          serviceAccountName: runner
          verification: {soak: 1s}
          gates:
          - {name: ready, interval: 1s, consecutiveSuccessLimit: 1,
             workload: {kind: Deployment, name: web}}
          levels:
        """
            + levels.indent(2));
    return shop;
  }

  private static Shop run(Shop shop, String id, String level) {
    shop.patch("{\"spec\":{\"run\":null}}");
    return shop.patch(
            """
            {"spec":{"run":{"id":"%s","reason":"the shop answers 500 since noon",
             "requestedBy":"alice","entry":"Always","levels":["%s"]}}}
            """
                .formatted(id, level))
        .await(
            "the end of " + id,
            plan -> {
              var run = plan.getStatus().run();
              return run != null
                  && run.id().equals(id)
                  && (!run.active() || run.phase() == Phase.AwaitingAnswer);
            });
  }

  private static void scaledByHand(Shop shop, int replicas) {
    shop.kubectl("scale", "deployment/worker", "--replicas=" + replicas).orThrow();
  }

  private static int replicas(Shop shop) {
    return shop.deployment("worker").getSpec().getReplicas();
  }

  private static void nothingIsLeftOnTheWorker(Shop shop) {
    var annotations = shop.deployment("worker").getMetadata().getAnnotations();
    assertThat(annotations.keySet()).noneMatch(key -> key.startsWith("backstep.dev/held"));
    assertThat(shop.plan().getStatus().holds()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, Released, one-zero-released",
    "0, 1, Released, zero-one-released",
    "1, 0, Undone, one-zero-undone",
    "0, 1, Undone, zero-one-undone",
    "5, 2, Released, five-two-released"
  })
  void twoNumbersOfOneRunComeBack(int first, int second, String state, String name) {
    var both = level("hold", scale("first", first, "") + scale("second", second, ""));
    try (var shop = shop("holds-" + name, both)) {
      run(shop, "INC-1", "hold");
      assertThat(replicas(shop)).isEqualTo(second);
      assertThat(shop.plan().getStatus().holds()).hasSize(2);
      assertThat(shop.condition(ConditionTypes.HOLDS_ACTIVE).getMessage())
          .contains(
              "Deployment worker (3 -> %d, run INC-1, action first)".formatted(first),
              "Deployment worker (3 -> %d, run INC-1, action second)".formatted(second));

      shop.state(state).awaitPhase(Phase.valueOf(state));

      assertThat(replicas(shop)).isEqualTo(REPLICAS);
      assertThat(shop.deployment("worker").getStatus().getReadyReplicas()).isEqualTo(REPLICAS);
      nothingIsLeftOnTheWorker(shop);
    }
  }

  @ParameterizedTest
  @CsvSource({"Released, 3", "Undone, 1"})
  void twoNumbersOfTwoRunsComeBack(String state, int left) {
    var levels = level("drain", scale("drain", 1, "")) + level("stop", scale("stop", 0, ""));
    try (var shop = shop("holds-runs-" + state.toLowerCase(Locale.ROOT), levels)) {
      run(shop, "INC-1", "drain");
      run(shop, "INC-2", "stop");
      assertThat(replicas(shop)).isZero();

      shop.state(state).awaitPhase(Phase.valueOf(state));

      assertThat(replicas(shop)).isEqualTo(left);
    }
  }

  @Test
  void whatIsHeldForTheLevelOnlyLeavesTheOtherHold() {
    var both = level("hold", scale("drain", 1, "") + scale("stop", 0, "holdUntil: LevelActed"));
    try (var shop = shop("holds-level", both)) {
      run(shop, "INC-1", "hold");

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Mitigated);
      assertThat(replicas(shop)).isEqualTo(1);
      shop.state("Released").awaitPhase(Phase.Released);
      assertThat(replicas(shop)).isEqualTo(REPLICAS);
      nothingIsLeftOnTheWorker(shop);
    }
  }

  @Test
  void aRunThatWouldRaiseWhatAnotherKeepsLowerAsks() {
    var levels = level("drain", scale("drain", 1, "")) + level("stop", scale("stop", 0, ""));
    try (var shop = shop("holds-lower", levels)) {
      run(shop, "INC-1", "stop");
      run(shop, "INC-2", "drain");

      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.TARGET_HELD);
      assertThat(shop.runStatus().question().message())
          .startsWith(
              "Deployment worker is kept at 0 replicas by run INC-1 of RollbackPlan web (action"
                  + " stop) since");
      assertThat(replicas(shop)).isZero();

      shop.answer("Skip").awaitRun("the end", run -> !run.active());
      shop.state("Released").awaitPhase(Phase.Released);
      assertThat(replicas(shop)).isEqualTo(REPLICAS);
      nothingIsLeftOnTheWorker(shop);
    }
  }

  @Test
  void whatAPlanThatIsGoneHoldsIsAskedAboutAndNotCalledNothing() {
    try (var shop = shop("holds-orphan", level("stop", scale("stop", 0, "")))) {
      var orphan = "backstep.dev/held-by.bs-run-0123456789abcdef.01234567";
      shop.kubectl(
              "annotate",
              "deployment/worker",
              orphan + "=old/INC-0/stop/0/2026-01-01T00:00:00Z",
              "backstep.dev/held-replicas=3")
          .orThrow();
      var said = shop.awaitCondition(ConditionTypes.HOLD_ORPHANED, "True").getMessage();
      assertThat(said).contains("run INC-0 of RollbackPlan old", orphan + "-");
      run(shop, "INC-1", "stop");

      shop.state("Released").awaitPhase(Phase.AwaitingAnswer);

      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.RELEASE_FAILED);
      assertThat(replicas(shop)).isZero();
      var command = DROP.matcher(shop.runStatus().question().message());
      assertThat(command.find()).isTrue();
      shop.kubectl(command.group(1).split(" ")).orThrow();
      shop.answer("Retry").awaitPhase(Phase.Released);
      assertThat(replicas(shop)).isEqualTo(REPLICAS);
      nothingIsLeftOnTheWorker(shop);
      assertThat(shop.plan().getStatus().conditions())
          .noneMatch(condition -> condition.getType().equals(ConditionTypes.HOLD_ORPHANED));
    }
  }

  /** The controller of autoscalers runs, too: what comes back has to be what it leaves. */
  @Test
  void whatComesBackIsWhatAnAutoscalerAllows() {
    var levels = level("stop", scale("stop", 0, "")) + level("some", scale("some", 1, ""));
    try (var shop = shop("holds-autoscaled", levels)) {
      run(shop, "INC-1", "stop");
      shop.apply(
          """
          apiVersion: autoscaling/v2
          kind: HorizontalPodAutoscaler
          metadata: {name: worker}
          spec:
            scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: worker}
            minReplicas: 4
            maxReplicas: 6
          """);

      shop.state("Released").awaitPhase(Phase.Released);

      assertThat(replicas(shop)).isEqualTo(4);
      nothingIsLeftOnTheWorker(shop);
      assertThat(shop.runStatus().message()).doesNotContain("somebody else");

      run(shop, "INC-2", "some");

      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.PREFLIGHT);
      assertThat(shop.runStatus().question().message())
          .contains("Deployment worker is scaled by HorizontalPodAutoscaler worker (4 to 6");
      assertThat(replicas(shop)).isEqualTo(4);
    }
  }
}
