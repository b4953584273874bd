package dev.backstep.synccontrol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A sync that is switched off and on again, on a real API server. */
class SyncControlE2E {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final String SYNC =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: SyncControl
      metadata: {name: orders}
      spec:
        serviceAccountName: runner
        readBack: 5s
        means:
        - name: flag
          setConfig: {configMap: {name: flags, data: {sync: "off"}}, restart: None}
        - name: workers
          scale: {workloads: [{kind: Deployment, name: importer}, {kind: Deployment, name: exporter}]}
      """;

  @RegisterExtension static final TestOperator operator = TestOperator.running();

  private static Shop shop(String name) {
    var shop = Shop.open(name).idle("importer", "v1").idle("exporter", "v1");
    shop.kubectl("scale", "deployment/importer", "--replicas=2").orThrow();
    shop.rolledOut("importer");
    shop.apply(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: flags}
        data: {sync: "on", other: kept}
        """);
    shop.apply(SYNC);
    return shop;
  }

  private static SyncControl sync(Shop shop) {
    return shop.client()
        .resources(SyncControl.class)
        .inNamespace(shop.namespace())
        .withName("orders")
        .require();
  }

  private static void wish(Shop shop, String state) {
    shop.kubectl(
            "patch",
            "synccontrol",
            "orders",
            "--type=merge",
            "-p",
            "{\"spec\":{\"state\":\"%s\"}}".formatted(state))
        .orThrow();
  }

  private static SyncControlStatus await(
      Shop shop, String what, Predicate<SyncControlStatus> reached) {
    Awaitility.await()
        .alias(what)
        .atMost(PATIENCE)
        .pollInterval(100, TimeUnit.MILLISECONDS)
        .untilAsserted(
            () -> {
              var status = sync(shop).getStatus();
              assertThat(status).as(what).isNotNull().matches(reached);
            });
    return sync(shop).getStatus();
  }

  private static void awaitState(Shop shop, SwitchState state) {
    await(shop, state.name(), status -> status.state() == state);
  }

  private static String flag(Shop shop) {
    return shop.client()
        .configMaps()
        .inNamespace(shop.namespace())
        .withName("flags")
        .require()
        .getData()
        .get("sync");
  }

  private static int replicas(Shop shop, String name) {
    return shop.deployment(name).getSpec().getReplicas();
  }

  @Test
  void isOffWhileItIsWantedOffAndExactlyAsBeforeAfterwards() {
    try (var shop = shop("switch")) {
      awaitState(shop, SwitchState.Enabled);

      wish(shop, "Disabled");
      awaitState(shop, SwitchState.Disabled);
      assertThat(replicas(shop, "importer")).isZero();
      assertThat(flag(shop)).isEqualTo("off");
      assertThat(shop.kubectl("get", "synccontrols").orThrow().stdout())
          .containsPattern("orders +Disabled +Disabled +0");

      wish(shop, "Enabled");
      awaitState(shop, SwitchState.Enabled);
      assertThat(replicas(shop, "importer")).isEqualTo(2);
      assertThat(replicas(shop, "exporter")).as("stopped before, so it stays").isZero();
      assertThat(flag(shop)).isEqualTo("on");
      assertThat(shop.deployment("importer").getMetadata().getAnnotations().keySet())
          .noneMatch(key -> key.startsWith("backstep.dev/held"));
    }
  }

  @Test
  void isSwitchedOffAgainWhereSomebodySwitchesItOn() {
    try (var shop = shop("read-back")) {
      wish(shop, "Disabled");
      awaitState(shop, SwitchState.Disabled);

      shop.kubectl("scale", "deployment/importer", "--replicas=1").orThrow();
      Awaitility.await().atMost(PATIENCE).until(() -> replicas(shop, "importer") == 0);
      awaitState(shop, SwitchState.Disabled);

      shop.kubectl("delete", "synccontrol", "orders").orThrow();
      assertThat(replicas(shop, "importer")).as("given back before it goes").isEqualTo(2);
      assertThat(flag(shop)).isEqualTo("on");
    }
  }

  @Test
  void goesOnWhereAKilledProcessStopped() {
    try (var shop = shop("killed")) {
      wish(shop, "Disabled");
      await(shop, "the first intent", status -> status.episode() != null);
      operator.kill();
      operator.restart();
      awaitState(shop, SwitchState.Disabled);
      assertThat(replicas(shop, "importer")).isZero();

      wish(shop, "Enabled");
      await(shop, "on its way", status -> status.state() != SwitchState.Disabled);
      operator.kill();
      operator.restart();
      awaitState(shop, SwitchState.Enabled);
      assertThat(replicas(shop, "importer")).isEqualTo(2);
      assertThat(flag(shop)).isEqualTo("on");
    }
  }
}
