package dev.backstep.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.ConfigMaps;
import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.LeapingClock;
import dev.backstep.cluster.LedgerEntry;
import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LooksHere;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.LoopbackApi.Asked;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent to the API server, and what its answers, and the target itself, are taken for. */
class ObjectPatchesTest {
  private static final Mark SENT = new Mark("bs-run-1", "back", Intent.Verb.Apply, 1, 0);
  private static final String MARK = SENT.text();
  private static final Author RUNNER = new Author("shop", "runner");

  private final LoopbackApi api = new LoopbackApi();
  private final Impersonation impersonation = new Impersonation(api.client());
  private final ObjectPatches patches =
      new ObjectPatches(
          api.client(),
          impersonation,
          Workloads.of(),
          new PatchReversals(api.client(), Clock.systemUTC(), new LooksHere()),
          new Differences(api.client()),
          new Editors(),
          new ConfigMaps(api.client(), new LeapingClock()));
  private final ObjectDeletions deletions = new ObjectDeletions(api.client(), impersonation);

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

  private static ObjectPatch pause(HasMetadata target) {
    var json = JsonNodeFactory.instance;
    return PatchBuilder.of(target)
        .set("/spec/paused", json.nullNode(), json.booleanNode(true))
        .build("web: paused");
  }

  private Outcome send(ObjectPatch patch) {
    return patches.send(patch, SENT, RUNNER, Instant.MAX);
  }

  private Outcome close(ObjectPatch patch, boolean wanted) {
    return patches.close(patch, SENT, wanted, RUNNER, Instant.MAX);
  }

  private Outcome send(ObjectDeletion deletion) {
    return deletions.send(deletion, SENT, RUNNER, Instant.MAX);
  }

  private Outcome close(ObjectDeletion deletion) {
    return deletions.close(deletion, SENT, false, RUNNER, Instant.MAX);
  }

  private static Problem problem(Outcome outcome) {
    return ((Outcome.Failed) outcome).problem();
  }

  private JsonNode patch(int index) throws Exception {
    var patches = api.asked().stream().filter(it -> it.method().equals("PATCH")).toList();
    return new ObjectMapper().readTree(patches.get(index).body());
  }

  private List<String> methods() {
    return api.asked().stream().map(Asked::method).toList();
  }

  @Test
  void anEntryOnTheTargetSaysThatItsHoldWasTakenWhoeverLeftTheLastMark() {
    // given
    var entry =
        LedgerEntry.taken("bs-run-1", "RollbackPlan", "web", "INC-1", "back", 0, Instant.EPOCH);
    var hold =
        new Hold(
            "INC-1", "bs-run-1", "back", "scale", "Deployment", "web", "3", "0", Instant.EPOCH);
    var change =
        PatchBuilder.of(deployment(7, null))
            .annotate(entry.key(), entry.value())
            .taking(hold)
            .build("web: 3 -> 0 replicas");
    var another = deployment(9, "bs-run-2/stop/apply/1/0");
    another.getMetadata().getAnnotations().put(entry.key(), entry.value());

    // when
    api.answers("GET", another, another);

    // then
    assertThat(close(change, true)).isInstanceOf(Outcome.Applied.class);
    assertThat(methods()).as("nothing is sent again").containsExactly("GET");
  }

  @Test
  void oneRequestTestsWhoItIsAndWhichVersionAndLeavesTheMark() throws Exception {
    var change = pause(deployment(7, null));
    api.answers("PATCH", deployment(7, null), deployment(8, MARK));

    var result = send(change);

    assertThat(result).isInstanceOf(Outcome.Applied.class);
    assertThat(result).isEqualTo(new Outcome.Applied("48"));
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

    send(pause(statefulSet()));

    assertThat(patch(0).get(1).toString())
        .isEqualTo("{\"op\":\"test\",\"path\":\"/metadata/resourceVersion\",\"value\":\"42\"}");
    // It has no annotations yet, so the place for the mark has to be made.
    assertThat(patch(0).get(2).toString())
        .isEqualTo("{\"op\":\"add\",\"path\":\"/metadata/annotations\",\"value\":{}}");
  }

  @Test
  void anAnswerThatWasLostIsFoundOnTheTarget() {
    api.refuses("PATCH", deployment(7, null), 503, "lost").has(deployment(8, MARK));

    assertThat(send(pause(deployment(7, null)))).isInstanceOf(Outcome.Applied.class);
    assertThat(methods()).containsExactly("PATCH", "GET");
  }

  @Test
  void whatDidNotArriveIsSentAgainThreeTimesAndNoMore() {
    var before = deployment(7, null);
    api.has(before);
    for (var i = 0; i < 3; i++) {
      api.refuses("PATCH", before, 503, "down");
    }

    assertThatThrownBy(() -> send(pause(before))).isInstanceOf(KubernetesClientException.class);
    assertThat(methods()).containsExactly("PATCH", "GET", "PATCH", "GET", "PATCH", "GET");
  }

  @Test
  void whatSomebodyElseChangedMeanwhileIsRefused() {
    api.refuses("PATCH", deployment(7, null), 422, "the test failed").has(deployment(8, "other"));

    var result = send(pause(deployment(7, null)));

    assertThat(result).isInstanceOf(Outcome.Refused.class);
    assertThat(result).isEqualTo(new Outcome.Refused("48"));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 422})
  void whatTheApiServerDoesNotTakeFails(int code) {
    api.refuses("PATCH", deployment(7, null), code, "no such field").has(deployment(7, null));

    var failure = problem(send(pause(deployment(7, null))));

    assertThat(failure.reason()).isEqualTo("Invalid");
    assertThat(failure.message())
        .isEqualTo("web: paused was refused by the API server: no such field.");
  }

  @Test
  void aRightThatIsMissingIsNamed() {
    api.refuses("PATCH", deployment(7, null), 403, "no");

    var result = send(pause(deployment(7, null)));

    assertThat(result).isInstanceOf(Outcome.Failed.class);
    assertThat(problem(result).reason()).isEqualTo("Forbidden");
    assertThat(problem(result).message())
        .startsWith("ServiceAccount shop/runner may not patch Deployment web: no.");
  }

  @Test
  void aTargetThatIsGoneOrNewIsGone() {
    assertThat(send(pause(deployment(7, null)))).isInstanceOf(Outcome.Gone.class);

    var again = deployment(1, null);
    again.getMetadata().setUid("another");
    api.refuses("PATCH", again, 422, "the test failed").has(again);
    assertThat(send(pause(deployment(7, null)))).isInstanceOf(Outcome.Gone.class);
  }

  @Test
  void whatACacheDidNotHaveIsGoneOnlyIfNothingOfItsNameIsThere() {
    var hold =
        new Hold(
            "INC-1", "bs-run-1", "back", "scale", "Deployment", "web", "3", "0", Instant.EPOCH);
    var gone = PatchBuilder.gone(hold, "apps/v1", "shop");
    assertThat(send(gone)).isInstanceOf(Outcome.Gone.class);
    assertThat(close(gone, false)).isInstanceOf(Outcome.Gone.class);

    api.has(deployment(7, null));
    assertThat(send(gone)).isEqualTo(new Outcome.Refused("47"));
    assertThat(close(gone, true)).isEqualTo(new Outcome.Refused("47"));
    assertThat(methods()).as("nothing is written").containsOnly("GET");
  }

  @Test
  void anIntentThatWasCarriedOutIsClosedByLooking() {
    api.has(deployment(8, MARK));

    assertThat(close(pause(deployment(7, null)), false)).isInstanceOf(Outcome.Applied.class);
    assertThat(methods()).containsExactly("GET");
  }

  @Test
  void anIntentWhoseTargetMovedOnIsClosedByLooking() {
    api.has(deployment(8, "other"));

    assertThat(close(pause(deployment(7, null)), true)).isInstanceOf(Outcome.Refused.class);
    assertThat(methods()).containsExactly("GET");
  }

  @Test
  void anIntentThatIsStillWantedIsSentAgain() {
    api.has(deployment(7, null)).answers("PATCH", deployment(7, null), deployment(8, MARK));

    assertThat(close(pause(deployment(7, null)), true)).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void anIntentThatIsNotWantedAnyMoreIsFencedOff() throws Exception {
    api.has(deployment(7, null)).answers("PATCH", deployment(7, null), deployment(8, null));

    assertThat(close(pause(deployment(7, null)), false)).isInstanceOf(Outcome.Refused.class);
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

    assertThatThrownBy(() -> close(pause(deployment(7, null)), false))
        .isInstanceOf(KubernetesClientException.class);
  }

  @Test
  void aFenceThatTheLateEffectWasFasterThanFindsItApplied() {
    var before = deployment(7, null);
    api.refuses("PATCH", before, 422, "the test failed")
        .answers("GET", before, before)
        .has(deployment(8, MARK));

    assertThat(close(pause(before), false)).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void whoMayNotWriteTheFenceMayNotSendTheEffectEither() {
    api.has(deployment(7, null)).refuses("PATCH", deployment(7, null), 403, "no");

    assertThat(problem(close(pause(deployment(7, null)), false)).reason()).isEqualTo("Forbidden");
  }

  @Test
  void aPodIsDeletedAsItWasSeen() {
    api.has(pod("42"));

    assertThat(send(ObjectDeletion.of(pod("42"), "deleted"))).isInstanceOf(Outcome.Applied.class);
    assertThat(api.asked().get(0).method()).isEqualTo("DELETE");
    assertThat(api.asked().get(0).body()).contains("\"resourceVersion\":\"42\"");
  }

  @Test
  void whatOwnsOthersIsDeletedAfterThemWhereThatIsWanted() {
    api.has(pod("42"));

    send(ObjectDeletion.of(pod("42"), "deleted"));
    send(ObjectDeletion.withItsOwn(pod("42"), "deleted"));

    assertThat(api.asked().get(0).body()).doesNotContain("Foreground");
    assertThat(api.asked().get(1).body())
        .contains("\"propagationPolicy\":\"Foreground\"", "\"resourceVersion\":\"42\"");
  }

  @Test
  void aPodThatIsGoneIsDeleted() {
    var delete = ObjectDeletion.of(pod("42"), "deleted");

    assertThat(send(delete)).isInstanceOf(Outcome.Applied.class);
    assertThat(close(delete)).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void aPodIsNotFenced() {
    api.has(pod("42"));

    assertThat(close(ObjectDeletion.of(pod("42"), "deleted"))).isInstanceOf(Outcome.Refused.class);
    assertThat(methods()).containsExactly("GET");
  }
}
