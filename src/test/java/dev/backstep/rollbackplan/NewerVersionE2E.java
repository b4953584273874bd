package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Plans of a later version of Backstep, in the same cluster. As nothing runs beside it, its
 * operator serves all namespaces, as an installed one does.
 */
@Isolated("it changes the CRD, which all share")
class NewerVersionE2E {
  private static final String REVERT =
      """
      - name: revert
        actions:
        - name: act-revert
          rollBack:
            workloads: [{kind: Deployment, name: web}]
            to: {images: [{container: app, image: "backstep.dev/app:v1"}]}
      """;

  @RegisterExtension static final TestOperator operator = TestOperator.runningEverywhere(2);

  @Test
  void anObjectOfANewerVersionDoesNotStopTheOthersNotEvenAfterARestart() {
    var crds = Cluster.get().client().apiextensions().v1().customResourceDefinitions();
    var crd = crds.withName("rollbackplans.backstep.dev");
    var original = crd.get();
    try (var newer = Shop.open("newer");
        var shop = Shop.open("known").serving("web", "v2").plan(REVERT)) {
      var pointer =
          "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/levels/items"
              + "/properties/actions/items/x-kubernetes-";
      Cluster.get()
          .client()
          .resource(original)
          .patch(
              PatchContext.of(PatchType.JSON),
              "[{\"op\":\"add\",\"path\":\""
                  + pointer
                  + "preserve-unknown-fields\",\"value\":true},{\"op\":\"remove\",\"path\":\""
                  + pointer
                  + "validations\"}]");
      var teleport = "- {name: far, actions: [{name: teleport-web, teleport: {to: mars}}]}";
      Awaitility.await("the newer CRD")
          .atMost(Duration.ofMinutes(2))
          .until(
              () -> newer.kubectlWith(Shop.planYaml(teleport, ""), "apply", "-f", "-").exit() == 0);

      assertThat(newer.awaitCondition(ConditionTypes.READY, "False").getMessage())
          .containsAnyOf(
              "spec.levels[0].actions[0].teleport (unknown field)",
              "action teleport-web (no known kind of action)")
          .contains("Upgrade the operator");
      operator.kill();
      operator.restart();
      shop.run("INC-1", "revert").awaitPhase(Phase.Recovered);
      assertThat(newer.plan().getStatus().reason()).isEqualTo(Reasons.NOT_UNDERSTOOD);
    } finally {
      original.getMetadata().setResourceVersion(null);
      original.getMetadata().setManagedFields(null);
      Cluster.get().client().resource(original).update();
    }
  }
}
