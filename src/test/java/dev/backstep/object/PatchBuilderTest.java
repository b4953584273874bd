package dev.backstep.object;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.api.Json;
import dev.backstep.cluster.Annotations;
import dev.backstep.object.Edit.Inverse;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PatchBuilderTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static DeploymentBuilder web() {
    return Workloads.deployment("web", "app:v1");
  }

  private static ObjectPatch unchanged(HasMetadata target) {
    return PatchBuilder.of(target).build("nothing");
  }

  @Test
  void everyOperationKeepsWhatItReplaces() {
    var annotated = web().editMetadata().addToAnnotations("team", "shop").endMetadata().build();

    var change =
        PatchBuilder.of(annotated)
            .set("/spec/replicas", JSON.numberNode(3), JSON.numberNode(0))
            .remove("/spec/paused", JSON.booleanNode(true))
            .annotate("backstep.dev/held-replicas", "3")
            .unannotate("team")
            .build("Deployment web: 3 -> 0");

    assertThat(change.edits())
        .extracting(edit -> edit.place() + " was " + edit.before())
        .containsExactly("/spec/replicas was 3", "/spec/paused was true");
    assertThat(change.edits())
        .extracting(edit -> change.after(edit).toString())
        .containsExactly("0", "null");
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
                .addToAnnotations(Annotations.MARK, "bs-run-1/back/apply/2/0")
                .addToAnnotations(Annotations.OWNER, "bs-run-1")
                .endMetadata()
                .build());

    assertThat(change.object()).isEqualTo(new ObjectRef("apps/v1", "Deployment", "shop", "web"));
    assertThat(change.uid()).isEqualTo("uid-web");
    assertThat(change.precondition()).isEqualTo(new Precondition(7L, null, null));
    assertThat(change.owner()).isEqualTo("bs-run-1");
    assertThat(change.mark()).isEqualTo("bs-run-1/back/apply/2/0");
  }

  @Test
  void onlyADeploymentsGenerationMovesWithItsAnnotations() {
    var database = unchanged(Workloads.statefulSet("db", "db:v1").build());
    var agent = unchanged(Workloads.daemonSet("agent", "agent:v1").build());

    assertThat(database.precondition()).isEqualTo(new Precondition(null, "42", null));
    assertThat(agent.precondition()).isEqualTo(new Precondition(null, "42", null));
  }

  /** An index says nothing once somebody has inserted another element. */
  @Test
  void anElementOfAListIsFoundByItsName() {
    var object = json("{'spec':{'env':[{'name':'A','value':'1'},{'name':'B','value':'2'}]}}");
    var place = Place.at("/spec/env").element("name", "B");

    var change =
        PatchBuilder.of(annotated())
            .set(place, object, json("{'name':'B','value':'3'}"), Inverse.BACK)
            .build("B: 2 -> 3");

    assertThat(change.patch().toString())
        .isEqualTo(
            "[{\"op\":\"replace\",\"path\":\"/spec/env/1\",\"value\":{\"name\":\"B\",\"value\":\"3\"}}]");
    assertThat(change.edits().get(0).before()).isEqualTo(json("{'name':'B','value':'2'}"));
    assertThat(place.in(json("{'spec':{'env':[{'name':'B'}]}}"))).isEqualTo(json("{'name':'B'}"));
  }

  @Test
  void whatAPlaceIsInIsMadeFirst() {
    var change =
        PatchBuilder.of(annotated())
            .set(Place.at("/data/a"), json("{}"), JSON.textNode("1"), Inverse.BACK)
            .set(Place.at("/data/b"), json("{}"), JSON.textNode("2"), Inverse.BACK)
            .set(
                Place.at("/spec/env").element("name", "A"),
                json("{}"),
                json("{'name':'A'}"),
                Inverse.BACK)
            .build("filled");

    assertThat(change.patch())
        .extracting(it -> it.path("path").asText() + " " + it.path("value"))
        .containsExactly(
            "/data {}",
            "/data/a \"1\"",
            "/data/b \"2\"",
            "/spec {}",
            "/spec/env []",
            "/spec/env/0 {\"name\":\"A\"}");
    assertThat(change.edits()).allMatch(edit -> edit.before().isNull());
  }

  /** Each removal moves the elements behind it. */
  @Test
  void elementsOfAListAreTakenOutLastFirst() {
    var object = json("{'spec':{'env':[{'name':'A'},{'name':'B'},{'name':'C'}]}}");
    var env = Place.at("/spec/env");

    var change =
        PatchBuilder.of(annotated())
            .set(env.element("name", "A"), object, JSON.nullNode(), Inverse.BACK)
            .set(env.element("name", "C"), object, JSON.nullNode(), Inverse.BACK)
            .set(env.element("name", "D"), object, json("{'name':'D'}"), Inverse.BACK)
            .set(env.element("name", "E"), object, json("{'name':'E'}"), Inverse.BACK)
            .build("D and E for A and C");

    assertThat(change.patch())
        .extracting(it -> it.path("op").asText() + " " + it.path("path").asText())
        .containsExactly(
            "add /spec/env/3", "add /spec/env/4", "remove /spec/env/2", "remove /spec/env/0");
    assertThat(change.edits())
        .extracting(edit -> change.after(edit).path("name").asText())
        .containsExactly("", "", "D", "E");
  }

  private static HasMetadata annotated() {
    return web().editMetadata().addToAnnotations("team", "shop").endMetadata().build();
  }

  private static JsonNode json(String text) {
    try {
      return Json.MAPPER.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
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

    assertThat(new Editors().last(target)).contains("argocd");
    assertThat(new Editors().last(edited(Map.of()))).isEmpty();
    assertThat(new Editors().last(web().build())).isEmpty();
  }

  @Test
  void whoWroteASubresourceDidNotEditIt() {
    var target = edited(Map.of("kubectl", "2026-11-21T12:00:00Z"));
    target.getMetadata().getManagedFields().get(0).setSubresource("status");

    assertThat(new Editors().last(target)).isEmpty();
  }
}
