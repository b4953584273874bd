package dev.backstep.synccontrol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.testing.Shop;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A shop with two workers, one of which is stopped, and a SyncControl that switches them. */
record SyncShop(Shop shop) implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final String SYNC =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: flags}
      data: {sync: "on", other: kept}
      ---
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

  static SyncShop open(String name) {
    var shop = Shop.open(name).idle("importer", "v1").idle("exporter", "v1");
    shop.kubectl("scale", "deployment/importer", "--replicas=2").orThrow();
    shop.rolledOut("importer");
    shop.apply(SYNC);
    return new SyncShop(shop);
  }

  SyncControl sync() {
    return shop.client()
        .resources(SyncControl.class)
        .inNamespace(shop.namespace())
        .withName("orders")
        .require();
  }

  SyncControlStatus status() {
    return sync().getStatus();
  }

  Condition condition(String type) {
    return status().conditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  boolean says(String type, String status) {
    return status().conditions().stream()
        .anyMatch(it -> it.getType().equals(type) && it.getStatus().equals(status));
  }

  /** What people want. */
  void wish(String state) {
    var patch = "{\"spec\":{\"state\":\"%s\"}}".formatted(state);
    shop.kubectl("patch", "synccontrol", "orders", "--type=merge", "-p", patch).orThrow();
  }

  void await(String what, Predicate<SyncControlStatus> reached) {
    Awaitility.await()
        .alias(what)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(status()).as(what).isNotNull().matches(reached));
  }

  void awaitState(SwitchState state) {
    await(state.name(), status -> status.state() == state);
  }

  String flag() {
    return shop.client()
        .configMaps()
        .inNamespace(shop.namespace())
        .withName("flags")
        .require()
        .getData()
        .get("sync");
  }

  int replicas(String name) {
    return shop.deployment(name).getSpec().getReplicas();
  }

  /** Nothing is left of having been switched off. */
  void isAsBefore() {
    assertThat(replicas("importer")).isEqualTo(2);
    assertThat(replicas("exporter")).as("stopped before, so it stays").isZero();
    assertThat(flag()).isEqualTo("on");
    assertThat(shop.deployment("importer").getMetadata().getAnnotations().keySet())
        .noneMatch(key -> key.startsWith("backstep.dev/held"));
  }

  @Override
  public void close() {
    shop.close();
  }
}
