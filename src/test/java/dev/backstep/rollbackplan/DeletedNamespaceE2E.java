package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A namespace is deleted while a run holds something in it: the finalizer must not keep it. */
class DeletedNamespaceE2E {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final String OFF =
      """
      - name: stop
        actions:
        - {name: stop, scale: {workloads: [{kind: Deployment, name: web}], replicas: 0}}
      """;

  @RegisterExtension static final TestOperator operator = TestOperator.running(3);

  private static Shop holding(String name) {
    var shop = Shop.open(name).serving("web", "v2").plan(OFF).run("INC-1", "stop");
    return shop.await("the hold", plan -> !plan.getStatus().holds().isEmpty());
  }

  private static void delete(Shop shop) {
    Cluster.get().kubectl().run("delete", "namespace", shop.namespace(), "--wait=false").orThrow();
  }

  /** Nobody but the operator takes the finalizer off. */
  private static void awaitGone(Shop shop) {
    Awaitility.await("the namespace to be gone")
        .atMost(LIMIT)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> Cluster.get().client().namespaces().withName(shop.namespace()).get() == null);
  }

  @Test
  void isGoneThoughSomethingIsHeld() {
    // given
    var shop = holding("gone");

    // when
    delete(shop);

    // then
    awaitGone(shop);
    assertThat(operator.log()).contains("deleted with its namespace", "Deployment web (");
    assertThat(warnings(shop))
        .contains("RollbackPlan web: The plan was deleted with its namespace");
  }

  private static String warnings(Shop shop) {
    return Cluster.get()
        .kubectl()
        .run(
            "-n",
            "default",
            "get",
            "events",
            "--field-selector=involvedObject.kind=Namespace,involvedObject.name="
                + shop.namespace(),
            "-o",
            "jsonpath={.items[*].message}")
        .orThrow()
        .stdout();
  }

  @Test
  void isGoneThoughTheRunIsInItsMiddle() {
    // given
    var shop = Shop.open("gone").serving("web", "v2").plan(OFF).run("INC-1", "stop");
    shop.await("the run", plan -> plan.getStatus().phase() != Phase.Idle);

    // when
    delete(shop);

    // then
    awaitGone(shop);
  }

  /** A process that begins in the middle of it knows nothing, not even the claim. */
  @Test
  void isGoneThoughTheOperatorWasAwayMeanwhile() {
    // given
    var shop = holding("gone");

    // when
    operator.kill();
    delete(shop);
    Awaitility.await("everything but the plan to be gone")
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                Cluster.get()
                    .client()
                    .apps()
                    .controllerRevisions()
                    .inNamespace(shop.namespace())
                    .list()
                    .getItems()
                    .isEmpty());
    operator.restart();

    // then
    awaitGone(shop);
  }
}
