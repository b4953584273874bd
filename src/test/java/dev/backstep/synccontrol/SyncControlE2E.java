package dev.backstep.synccontrol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.sync.MeansStatus.Standing;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A sync that is switched off and on again, on a real API server. */
class SyncControlE2E {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @RegisterExtension static final TestOperator operator = TestOperator.running(9);

  @Test
  void isOffWhileItIsWantedOffAndExactlyAsBeforeAfterwards() {
    try (var sync = SyncShop.open("switch")) {
      sync.awaitState(SwitchState.Enabled);

      sync.wish("Disabled");
      sync.awaitState(SwitchState.Disabled);
      assertThat(sync.replicas("importer")).isZero();
      assertThat(sync.flag()).isEqualTo("off");
      assertThat(sync.shop().kubectl("get", "synccontrols").orThrow().stdout())
          .containsPattern("orders +Disabled +Disabled +0");

      sync.wish("Enabled");
      sync.awaitState(SwitchState.Enabled);
      sync.isAsBefore();
    }
  }

  @Test
  void isSwitchedOffAgainWhereSomebodySwitchesItOn() {
    try (var sync = SyncShop.open("read-back")) {
      sync.wish("Disabled");
      sync.awaitState(SwitchState.Disabled);

      sync.shop().kubectl("scale", "deployment/importer", "--replicas=1").orThrow();
      Awaitility.await().atMost(PATIENCE).until(() -> sync.replicas("importer") == 0);
      sync.awaitState(SwitchState.Disabled);

      sync.shop().kubectl("delete", "synccontrol", "orders").orThrow();
      sync.isAsBefore();
    }
  }

  /** Long before it would be read back. */
  @Test
  void noticesAtOnceThatSomebodyScalesAWorkload() {
    try (var sync = SyncShop.open("noticed")) {
      sync.shop()
          .kubectl(
              "patch",
              "synccontrol",
              "orders",
              "--type=merge",
              "-p",
              "{\"spec\":{\"readBack\":\"1h\"}}")
          .orThrow();
      sync.wish("Disabled");
      sync.awaitState(SwitchState.Disabled);

      scaledAndSwitchedOffAgain(sync);

      sync.wish("Enabled");
      sync.awaitState(SwitchState.Enabled);
      sync.isAsBefore();

      staysAsSomebodyInsistsOnIt(sync);
    }
  }

  private static void scaledAndSwitchedOffAgain(SyncShop sync) {
    sync.shop().kubectl("scale", "deployment/importer", "--replicas=3").orThrow();
    Awaitility.await().atMost(PATIENCE).until(() -> sync.replicas("importer") == 0);
    sync.awaitState(SwitchState.Disabled);
  }

  /** Three times it is switched off again; then the number is left, and named. */
  private static void staysAsSomebodyInsistsOnIt(SyncShop sync) {
    sync.wish("Disabled");
    sync.awaitState(SwitchState.Disabled);
    for (var time = 1; time <= 3; time++) {
      scaledAndSwitchedOffAgain(sync);
    }
    sync.shop().kubectl("scale", "deployment/importer", "--replicas=3").orThrow();
    sync.awaitState(SwitchState.DisableFailed);
    assertThat(sync.status().episode().means().get(1).standing()).isEqualTo(Standing.Contested);

    sync.wish("Enabled");
    sync.awaitState(SwitchState.Enabled);
    assertThat(sync.replicas("importer")).isEqualTo(3);
    assertThat(sync.flag()).isEqualTo("on");
    assertThat(sync.status().episode().means().get(1).message())
        .contains("Deployment importer has 3 replicas, which somebody else set since");
  }

  /** The targets say themselves who scaled them; what was set is not guessed. */
  @Test
  void findsAgainWhatItHeldWhenItsStatusIsLost() {
    try (var sync = SyncShop.open("lost")) {
      sync.wish("Disabled");
      sync.awaitState(SwitchState.Disabled);
      operator.kill();
      sync.shop()
          .kubectl(
              "patch",
              "synccontrol",
              "orders",
              "--subresource=status",
              "--type=merge",
              "-p",
              "{\"status\":null}")
          .orThrow();
      sync.wish("Enabled");
      operator.restart();

      sync.awaitState(SwitchState.EnableFailed);
      assertThat(sync.replicas("importer")).isEqualTo(2);
      assertThat(sync.condition("Stalled").getMessage()).contains("flag").contains("by hand");
    }
  }

  /** What would be found at night is said when it is written. */
  @Test
  void saysBeforeItIsNeededWhatWouldKeepItFromBeingSwitchedOff() {
    try (var sync = SyncShop.open("ready")) {
      sync.await("Ready", status -> sync.says("Ready", "True"));

      sync.shop().kubectl("delete", "deployment", "exporter").orThrow();
      sync.shop()
          .kubectl(
              "patch",
              "synccontrol",
              "orders",
              "--type=merge",
              "-p",
              "{\"spec\":{\"serviceAccountName\":\"default\"}}")
          .orThrow();
      sync.await("not Ready", status -> sync.says("Ready", "False"));
      assertThat(sync.condition("Ready").getMessage())
          .contains("may not patch deployments.apps")
          .contains("Deployment exporter does not exist");
    }
  }

  @Test
  void goesOnWhereAKilledProcessStopped() {
    try (var sync = SyncShop.open("killed")) {
      sync.wish("Disabled");
      sync.await("the first intent", status -> status.episode() != null);
      operator.kill();
      operator.restart();
      sync.awaitState(SwitchState.Disabled);
      assertThat(sync.replicas("importer")).isZero();

      sync.wish("Enabled");
      sync.await("on its way", status -> status.state() != SwitchState.Disabled);
      operator.kill();
      operator.restart();
      sync.awaitState(SwitchState.Enabled);
      sync.isAsBefore();
    }
  }

  /** With no replicas it does nothing; then its limits count. */
  @Test
  void anAutoscalerThatCameMeanwhileHasItsWay() {
    try (var sync = SyncShop.open("autoscaler")) {
      sync.wish("Disabled");
      sync.awaitState(SwitchState.Disabled);

      sync.shop()
          .apply(
              """
              apiVersion: autoscaling/v2
              kind: HorizontalPodAutoscaler
              metadata: {name: importer}
              spec:
                scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: importer}
                minReplicas: 3
                maxReplicas: 5
                metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
              """);
      Awaitility.await()
          .during(Duration.ofSeconds(7))
          .atMost(PATIENCE)
          .until(() -> sync.replicas("importer") == 0 && sync.says("Disabled", "True"));

      sync.wish("Enabled");
      sync.awaitState(SwitchState.Enabled);
      assertThat(sync.replicas("importer")).as("2 before, and 3 to 5 now").isEqualTo(3);
      assertThat(sync.replicas("exporter")).isZero();
    }
  }

  @Test
  void aWorkloadThatIsDeletedMeanwhileIsOffAndOneThatComesAgainIsSwitchedOff() {
    try (var sync = SyncShop.open("deleted")) {
      sync.wish("Disabled");
      sync.awaitState(SwitchState.Disabled);

      sync.shop().kubectl("delete", "deployment", "importer").orThrow();
      Awaitility.await()
          .during(Duration.ofSeconds(7))
          .atMost(PATIENCE)
          .until(() -> sync.says("Disabled", "True"));

      sync.shop().idle("importer", "v1");
      sync.shop().kubectl("scale", "deployment/importer", "--replicas=2").orThrow();
      Awaitility.await().atMost(PATIENCE).until(() -> sync.replicas("importer") == 0);
      sync.awaitState(SwitchState.Disabled);

      sync.shop().kubectl("delete", "deployment", "importer").orThrow();
      sync.wish("Enabled");
      sync.awaitState(SwitchState.Enabled);
      assertThat(sync.flag()).isEqualTo("on");
    }
  }

  /** A number has many holders; a value has one. */
  @Test
  void anotherOneThatKeepsTheSameOffIsHeardWhereThatCanBe() {
    try (var sync = SyncShop.open("both")) {
      sync.shop()
          .apply(
              """
              apiVersion: backstep.dev/v1alpha1
              kind: SyncControl
              metadata: {name: other}
              spec:
                serviceAccountName: runner
                readBack: 5s
                state: Disabled
                means:
                - {name: workers, scale: {workloads: [{kind: Deployment, name: importer}]}}
              """);
      Awaitility.await().atMost(PATIENCE).until(() -> sync.replicas("importer") == 0);
      sync.wish("Disabled");
      sync.awaitState(SwitchState.Disabled);

      other(sync, "{\"spec\":{\"state\":\"Enabled\"}}");
      sync.shop()
          .kubectl(
              "wait",
              "synccontrol/other",
              "--for=jsonpath={.status.state}=Enabled",
              "--timeout=60s")
          .orThrow();
      assertThat(sync.replicas("importer")).as("the other one holds it still").isZero();
      other(
          sync,
          """
          {"spec":{"state":"Disabled","means":[{"name":"flag","setConfig":{
            "configMap":{"name":"flags","data":{"sync":"no"}},"restart":"None"}}]}}
          """);
      sync.shop()
          .kubectl(
              "wait",
              "synccontrol/other",
              "--for=jsonpath={.status.state}=DisableFailed",
              "--timeout=90s")
          .orThrow();
      assertThat(sync.shop().kubectl("describe", "synccontrol", "other").orThrow().stdout())
          .contains("ConfigMap flags")
          .contains("SyncControl orders");
      assertThat(sync.flag()).isEqualTo("off");

      sync.wish("Enabled");
      sync.shop()
          .kubectl(
              "wait",
              "synccontrol/other",
              "--for=jsonpath={.status.state}=Disabled",
              "--timeout=90s")
          .orThrow();
      assertThat(sync.replicas("importer")).isEqualTo(2);
      assertThat(sync.flag()).isEqualTo("no");
    }
  }

  private static void other(SyncShop sync, String patch) {
    sync.shop().kubectl("patch", "synccontrol", "other", "--type=merge", "-p", patch).orThrow();
  }
}
