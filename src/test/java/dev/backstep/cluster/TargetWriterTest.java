package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.cluster.TargetWriter.Result.Kind;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.LoopbackApi.Asked;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent to the API server, and what its answers, and the target itself, are taken for. */
class TargetWriterTest {
  private static final String MARK = "bs-run-1/back/1";

  private final LoopbackApi api = new LoopbackApi();
  private final TargetWriter writer =
      new TargetWriter(
          api.client(),
          new Impersonation(api.client()).as("shop", "runner"),
          "ServiceAccount shop/runner");

  @AfterEach
  void stop() {
    api.close();
  }

  private static Deployment deployment(long generation, String mark) {
    var builder =
        new DeploymentBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName("web")
            .withUid("uid-web")
            .withGeneration(generation)
            .withResourceVersion("4" + generation)
            .addToAnnotations("team", "shop")
            .endMetadata();
    return mark == null
        ? builder.build()
        : builder.editMetadata().addToAnnotations(Annotations.MARK, mark).endMetadata().build();
  }

  private static StatefulSet statefulSet() {
    return new StatefulSetBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("db")
        .withUid("uid-db")
        .withGeneration(7L)
        .withResourceVersion("42")
        .endMetadata()
        .build();
  }

  private static Pod pod(String version) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("db-0")
        .withUid("uid-pod")
        .withResourceVersion(version)
        .endMetadata()
        .build();
  }

  private static Change pause(HasMetadata target) {
    var json = JsonNodeFactory.instance;
    return ChangeBuilder.of(target)
        .set("/spec/paused", json.nullNode(), json.booleanNode(true))
        .build("web: paused");
  }

  private JsonNode patch(int index) throws Exception {
    var patches = api.asked().stream().filter(it -> it.method().equals("PATCH")).toList();
    return new ObjectMapper().readTree(patches.get(index).body());
  }

  private List<String> methods() {
    return api.asked().stream().map(Asked::method).toList();
  }

  @Test
  void oneRequestTestsWhoItIsAndWhichVersionAndLeavesTheMark() throws Exception {
    var change = pause(deployment(7, null));
    api.answers("PATCH", deployment(7, null), deployment(8, MARK));

    var result = writer.send(change, MARK);

    assertThat(result.kind()).isEqualTo(Kind.APPLIED);
    assertThat(result.version()).isEqualTo("48");
    assertThat(methods()).containsExactly("PATCH");
    assertThat(api.asked().get(0).user()).isEqualTo("system:serviceaccount:shop:runner");
    assertThat(patch(0))
        .extracting(JsonNode::toString)
        .containsExactly(
            "{\"op\":\"test\",\"path\":\"/metadata/uid\",\"value\":\"uid-web\"}",
            "{\"op\":\"test\",\"path\":\"/metadata/generation\",\"value\":7}",
            "{\"op\":\"add\",\"path\":\"/spec/paused\",\"value\":true}",
            "{\"op\":\"add\",\"path\":\"/metadata/annotations/backstep.dev~1mark\",\"value\":\""
                + MARK
                + "\"}");
  }

  @Test
  void whereTheGenerationDoesNotMoveWithAnnotationsTheVersionIsTested() throws Exception {
    api.answers("PATCH", statefulSet(), statefulSet());

    writer.send(pause(statefulSet()), MARK);

    assertThat(patch(0).get(1).toString())
        .isEqualTo("{\"op\":\"test\",\"path\":\"/metadata/resourceVersion\",\"value\":\"42\"}");
    // It has no annotations yet, so the place for the mark has to be made.
    assertThat(patch(0).get(2).toString())
        .isEqualTo("{\"op\":\"add\",\"path\":\"/metadata/annotations\",\"value\":{}}");
  }

  @Test
  void anAnswerThatWasLostIsFoundOnTheTarget() {
    api.refuses("PATCH", deployment(7, null), 503, "lost").has(deployment(8, MARK));

    assertThat(writer.send(pause(deployment(7, null)), MARK).kind()).isEqualTo(Kind.APPLIED);
    assertThat(methods()).containsExactly("PATCH", "GET");
  }

  @Test
  void whatDidNotArriveIsSentAgainThreeTimesAndNoMore() {
    var before = deployment(7, null);
    api.has(before);
    for (var i = 0; i < 3; i++) {
      api.refuses("PATCH", before, 503, "down");
    }

    assertThatThrownBy(() -> writer.send(pause(before), MARK))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(methods()).containsExactly("PATCH", "GET", "PATCH", "GET", "PATCH", "GET");
  }

  @Test
  void whatSomebodyElseChangedMeanwhileIsRefused() {
    api.refuses("PATCH", deployment(7, null), 422, "the test failed").has(deployment(8, "other"));

    var result = writer.send(pause(deployment(7, null)), MARK);

    assertThat(result.kind()).isEqualTo(Kind.REFUSED);
    assertThat(result.version()).isEqualTo("48");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 422})
  void whatTheApiServerDoesNotTakeFails(int code) {
    api.refuses("PATCH", deployment(7, null), code, "no such field").has(deployment(7, null));

    var failure = writer.send(pause(deployment(7, null)), MARK).failure();

    assertThat(failure.reason()).isEqualTo("Invalid");
    assertThat(failure.message())
        .isEqualTo("web: paused was refused by the API server: no such field.");
  }

  @Test
  void aRightThatIsMissingIsNamed() {
    api.refuses("PATCH", deployment(7, null), 403, "no");

    var result = writer.send(pause(deployment(7, null)), MARK);

    assertThat(result.kind()).isEqualTo(Kind.FAILED);
    assertThat(result.failure().reason()).isEqualTo("Forbidden");
    assertThat(result.failure().message())
        .startsWith("ServiceAccount shop/runner may not patch Deployment web: no.");
  }

  @Test
  void aTargetThatIsGoneOrNewIsGone() {
    assertThat(writer.send(pause(deployment(7, null)), MARK).kind()).isEqualTo(Kind.GONE);

    var again = deployment(1, null);
    again.getMetadata().setUid("another");
    api.refuses("PATCH", again, 422, "the test failed").has(again);
    assertThat(writer.send(pause(deployment(7, null)), MARK).kind()).isEqualTo(Kind.GONE);
  }

  @Test
  void anIntentThatWasCarriedOutIsClosedByLooking() {
    api.has(deployment(8, MARK));

    assertThat(writer.close(pause(deployment(7, null)), MARK, false).kind())
        .isEqualTo(Kind.APPLIED);
    assertThat(methods()).containsExactly("GET");
  }

  @Test
  void anIntentWhoseTargetMovedOnIsClosedByLooking() {
    api.has(deployment(8, "other"));

    assertThat(writer.close(pause(deployment(7, null)), MARK, true).kind()).isEqualTo(Kind.REFUSED);
    assertThat(methods()).containsExactly("GET");
  }

  @Test
  void anIntentThatIsStillWantedIsSentAgain() {
    api.has(deployment(7, null)).answers("PATCH", deployment(7, null), deployment(8, MARK));

    assertThat(writer.close(pause(deployment(7, null)), MARK, true).kind()).isEqualTo(Kind.APPLIED);
  }

  @Test
  void anIntentThatIsNotWantedAnyMoreIsFencedOff() throws Exception {
    api.has(deployment(7, null)).answers("PATCH", deployment(7, null), deployment(8, null));

    assertThat(writer.close(pause(deployment(7, null)), MARK, false).kind())
        .isEqualTo(Kind.REFUSED);
    assertThat(patch(0))
        .extracting(JsonNode::toString)
        .containsExactly(
            "{\"op\":\"test\",\"path\":\"/metadata/uid\",\"value\":\"uid-web\"}",
            "{\"op\":\"test\",\"path\":\"/metadata/generation\",\"value\":7}",
            "{\"op\":\"add\",\"path\":\"/metadata/annotations/backstep.dev~1fence\",\"value\":\""
                + MARK
                + "\"}");
  }

  @Test
  void aFenceThatCouldNotBeWrittenLeavesTheIntentOpen() {
    api.has(deployment(7, null)).refuses("PATCH", deployment(7, null), 503, "down");

    assertThatThrownBy(() -> writer.close(pause(deployment(7, null)), MARK, false))
        .isInstanceOf(KubernetesClientException.class);
  }

  @Test
  void aFenceThatTheLateEffectWasFasterThanFindsItApplied() {
    var before = deployment(7, null);
    api.refuses("PATCH", before, 422, "the test failed")
        .answers("GET", before, before)
        .has(deployment(8, MARK));

    assertThat(writer.close(pause(before), MARK, false).kind()).isEqualTo(Kind.APPLIED);
  }

  @Test
  void whoMayNotWriteTheFenceMayNotSendTheEffectEither() {
    api.has(deployment(7, null)).refuses("PATCH", deployment(7, null), 403, "no");

    assertThat(writer.close(pause(deployment(7, null)), MARK, false).failure().reason())
        .isEqualTo("Forbidden");
  }

  @Test
  void aPodIsDeletedAsItWasSeen() {
    api.has(pod("42"));

    assertThat(writer.send(ChangeBuilder.delete(pod("42"), "deleted"), MARK).kind())
        .isEqualTo(Kind.APPLIED);
    assertThat(api.asked().get(0).method()).isEqualTo("DELETE");
    assertThat(api.asked().get(0).body()).contains("\"resourceVersion\":\"42\"");
  }

  @Test
  void aPodThatIsGoneIsDeleted() {
    var delete = ChangeBuilder.delete(pod("42"), "deleted");

    assertThat(writer.send(delete, MARK).kind()).isEqualTo(Kind.APPLIED);
    assertThat(writer.close(delete, MARK, false).kind()).isEqualTo(Kind.APPLIED);
  }

  @Test
  void aPodIsNotFenced() {
    api.has(pod("42"));

    assertThat(writer.close(ChangeBuilder.delete(pod("42"), "deleted"), MARK, false).kind())
        .isEqualTo(Kind.REFUSED);
    assertThat(methods()).containsExactly("GET");
  }
}
