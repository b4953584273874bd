package dev.backstep.bench;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.testing.OperatorProcess;
import dev.backstep.testing.Shop;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The start of an operator with the chart's options and an archive of its classes, beside a plan
 * that was changed while there was none: from the start of its process to the status that its first
 * reconcile wrote, with a lease that is free.
 */
final class LaunchBench {
  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web}
      spec:
        serviceAccountName: runner
        gates: [{name: ready, workload: {kind: Deployment, name: web}}]
        levels:
        - name: restart
          actions: [{name: web, restart: {workloads: [{kind: Deployment, name: web}]}}]
      """;

  private LaunchBench() {}

  /** The first start is not counted: it makes the archive of classes. */
  static void run(int starts) {
    try (var shop = Shop.open("bench-launch").idle("web", "v1");
        var operator =
            OperatorProcess.asInChart(
                Map.of(
                    "QUARKUS_OPERATOR_SDK_NAMESPACES", shop.namespace(),
                    "BACKSTEP_LEADER_LEASE", "backstep",
                    "BACKSTEP_LEADER_NAMESPACE", shop.namespace()))) {
      shop.apply(PLAN);
      launch(operator, shop);
      var took = new ArrayList<Double>();
      for (var i = 1; i <= starts; i++) {
        shop.patch("{\"spec\":{\"verification\":{\"soak\":\"%ds\"}}}".formatted(i));
        took.add(launch(operator, shop));
      }
      Figures.say("%d starts: median %.2f s", starts, Figures.median(took));
      operator.restart();
      shop.kubectl("delete", "rollbackplans", "--all").orThrow();
    }
  }

  /** In seconds. */
  private static double launch(OperatorProcess operator, Shop shop) {
    var processor = new CompletableFuture<Double>();
    var reconciled =
        CompletableFuture.supplyAsync(
            () -> {
              shop.client()
                  .resources(RollbackPlan.class)
                  .inNamespace(shop.namespace())
                  .withName("web")
                  .waitUntilCondition(LaunchBench::isSeen, 3, TimeUnit.MINUTES);
              var at = System.nanoTime();
              processor.complete(operator.processorSeconds());
              return at;
            });
    operator.restart();
    var took = (reconciled.join() - operator.startedNanos()) / 1e9;
    Figures.say(
        "%.2f s until the first reconcile is written down, with %.2f s of a processor; load %.1f",
        took,
        processor.join(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    operator.stop();
    return took;
  }

  private static boolean isSeen(RollbackPlan plan) {
    return plan.getStatus() != null
        && plan.getMetadata().getGeneration().equals(plan.getStatus().observedGeneration());
  }
}
