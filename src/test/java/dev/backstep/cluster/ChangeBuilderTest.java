package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChangeBuilderTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static DeploymentBuilder web() {
    return Workloads.deployment("web", "app:v1");
  }

  private static Change unchanged(HasMetadata target) {
    return ChangeBuilder.of(target).build("nothing");
  }

  @Test
  void everyOperationKeepsWhatItReplaces() {
    var annotated = web().editMetadata().addToAnnotations("team", "shop").endMetadata().build();

    var change =
        ChangeBuilder.of(annotated)
            .set("/spec/replicas", JSON.numberNode(3), JSON.numberNode(0))
            .remove("/spec/paused", JSON.booleanNode(true))
            .annotate("backstep.dev/held-replicas", "3")
            .unannotate("team")
            .build("Deployment web: 3 -> 0");

    assertThat(change.before().toString())
        .isEqualTo("{\"/spec/replicas\":3,\"/spec/paused\":true}");
    assertThat(change.patch())
        .extracting(Object::toString)
        .containsExactly(
            "{\"op\":\"add\",\"path\":\"/spec/replicas\",\"value\":0}",
            "{\"op\":\"remove\",\"path\":\"/spec/paused\"}",
            "{\"op\":\"add\",\"path\":\"/metadata/annotations/backstep.dev~1held-replicas\",\"value\":\"3\"}",
            "{\"op\":\"remove\",\"path\":\"/metadata/annotations/team\"}");
  }

  @Test
  void itKnowsTheObjectAsItWas() {
    var change =
        unchanged(
            web()
                .editMetadata()
                .addToAnnotations(Annotations.MARK, "bs-run-1/back/2")
                .addToAnnotations(Annotations.OWNER, "bs-run-1")
                .endMetadata()
                .build());

    assertThat(change.kind() + " " + change.namespace() + "/" + change.name())
        .isEqualTo("Deployment shop/web");
    assertThat(change.uid()).isEqualTo("uid-web");
    assertThat(change.generation()).isEqualTo(7L);
    assertThat(change.resourceVersion()).isEqualTo("42");
    assertThat(change.owner()).isEqualTo("bs-run-1");
    assertThat(change.changedBefore("bs-run-1", "back")).isTrue();
    assertThat(change.changedBefore("bs-run-1", "bac")).isFalse();
    assertThat(change.changedBefore("bs-run-2", "back")).isFalse();
    assertThat(unchanged(web().build()).changedBefore("bs-run-1", "back")).isFalse();
  }

  @Test
  void onlyADeploymentsGenerationMovesWithItsAnnotations() {
    assertThat(unchanged(Workloads.statefulSet("db", "db:v1").build()).generation()).isNull();
    assertThat(unchanged(Workloads.daemonSet("agent", "agent:v1").build()).generation()).isNull();
  }

  @Test
  void whoOwnsTheTargetIsWrittenInTheSamePatch() {
    var change = unchanged(web().build()).ownedBy("bs-run-2");

    assertThat(change.patch().get(change.patch().size() - 1).toString())
        .isEqualTo(
            "{\"op\":\"add\",\"path\":\"/metadata/annotations/backstep.dev~1owner\",\"value\":\"bs-run-2\"}");
  }

  @Test
  void whatIsDeletedHasNoOwnerAndNoPatch() {
    var delete = ChangeBuilder.delete(web().build(), "gone");

    assertThat(delete.deletes()).isTrue();
    assertThat(delete.ownedBy("bs-run-2")).isSameAs(delete);
    assertThat(delete.resourceVersion()).isEqualTo("42");
    assertThat(unchanged(web().build()).deletes()).isFalse();
  }

  private static HasMetadata edited(Map<String, String> times) {
    var target = web().build();
    target
        .getMetadata()
        .setManagedFields(
            times.entrySet().stream()
                .map(
                    it ->
                        new ManagedFieldsEntryBuilder()
                            .withManager(it.getKey())
                            .withTime(it.getValue())
                            .build())
                .toList());
    return target;
  }

  @Test
  void whoWroteItLastIsSomebodyElseThanWeAndTheControllers() {
    var target =
        edited(
            Map.of(
                "kubectl-edit", "2026-11-21T11:00:00Z",
                "argocd", "2026-11-21T12:00:00Z",
                "fabric8-kubernetes-client", "2026-11-21T13:00:00Z",
                "backstep", "2026-11-21T13:00:00Z",
                "kube-controller-manager", "2026-11-21T13:00:00Z"));

    assertThat(unchanged(target).editor()).isEqualTo("argocd");
    assertThat(unchanged(edited(Map.of())).editor()).isNull();
    assertThat(unchanged(web().build()).editor()).isNull();
  }

  @Test
  void whoWroteASubresourceDidNotEditIt() {
    var target = edited(Map.of("kubectl", "2026-11-21T12:00:00Z"));
    target.getMetadata().getManagedFields().get(0).setSubresource("status");

    assertThat(unchanged(target).editor()).isNull();
  }
}
