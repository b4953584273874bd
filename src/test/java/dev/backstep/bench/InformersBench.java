package dev.backstep.bench;

import dev.backstep.testing.OperatorProcess;
import dev.backstep.testing.Shop;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * Many Deployments that no plan names: how much memory an operator has that is started beside them
 * as the chart starts it. They are paused and without pods, so that they cost the cluster little.
 */
final class InformersBench {
  private static final int CONCURRENCY = 16;
  private static final int VARIABLES = 30;
  private static final Duration SETTLED = Duration.ofSeconds(60);

  private InformersBench() {}

  static void run(int deployments) {
    try (var shop = Shop.open("bench-informers")) {
      try (var operator = OperatorProcess.startAsInChart()) {
        Figures.say("without Deployments: %d MiB", settled(operator));
      }
      create(shop, deployments);
      var began = System.nanoTime();
      try (var operator = OperatorProcess.startAsInChart()) {
        Figures.say(
            "%d Deployments: ready after %.1f s", deployments, (System.nanoTime() - began) / 1e9);
        Figures.say("%d Deployments: %d MiB", deployments, settled(operator));
      }
    }
  }

  /** What it has a minute after it is ready. */
  private static long settled(OperatorProcess operator) {
    Awaitility.await().pollDelay(SETTLED).atMost(SETTLED.multipliedBy(2)).until(operator::isAlive);
    return operator.resident() / 1024;
  }

  private static void create(Shop shop, int number) {
    var pool = Executors.newFixedThreadPool(CONCURRENCY);
    try {
      CompletableFuture.allOf(
              IntStream.range(0, number)
                  .mapToObj(i -> deployment(shop.namespace(), "idle-" + i))
                  .map(
                      it ->
                          CompletableFuture.runAsync(
                              () -> shop.client().resource(it).create(), pool))
                  .toArray(CompletableFuture[]::new))
          .join();
    } finally {
      pool.shutdown();
    }
  }

  private static Deployment deployment(String namespace, String name) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withReplicas(0)
        .withPaused(true)
        .withNewSelector()
        .addToMatchLabels("app", name)
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app", name)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("app")
        .withImage("backstep.dev/app:v1")
        .withEnv(variables(name))
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static List<EnvVar> variables(String name) {
    return IntStream.range(0, VARIABLES)
        .mapToObj(
            i ->
                new EnvVarBuilder()
                    .withName("SETTING_" + i)
                    .withValue("%s-%d".formatted(name, i).repeat(3))
                    .build())
        .toList();
  }
}
