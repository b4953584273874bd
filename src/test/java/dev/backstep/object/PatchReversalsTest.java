package dev.backstep.object;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.effect.LookThreads;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.Edit.Inverse;
import dev.backstep.testing.LooksHere;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.TaskTaker;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PatchReversalsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T15:00:00.5Z");
  private static final String METADATA = PodTemplates.POINTER + "/metadata";
  private static final String NEW = "2026-11-21T15:00:01Z";
  private final LoopbackApi api = new LoopbackApi();
  private final PodTemplates templates = new PodTemplates(api.client());
  private final PatchReversals reversals =
      new PatchReversals(api.client(), Clock.fixed(NOW, ZoneOffset.UTC), new LooksHere());

  @AfterEach
  void stop() {
    api.close();
  }

  private static Deployment web(String image, String restartedAt) {
    var annotations =
        restartedAt == null
            ? Map.<String, String>of()
            : Map.of(Annotations.RESTARTED_AT, restartedAt);
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("web")
        .withUid("uid-web")
        .withGeneration(7L)
        .withResourceVersion("42")
        .endMetadata()
        .withNewSpec()
        .withReplicas(3)
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app", "web")
        .withAnnotations(annotations)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("app")
        .withImage(image)
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private ObjectNode template(Deployment deployment) {
    return templates.json(deployment.getSpec().getTemplate());
  }

  /** The action once made the one of the other. */
  private ObjectPatch rolledBack(Deployment from, Deployment to) {
    return PatchBuilder.of(from)
        .set(PodTemplates.POINTER, template(from), template(to))
        .build("Deployment web: back");
  }

  private Step left(ObjectPatch... applied) {
    return reversals.of("run", List.of(applied), List.of()).toCompletableFuture().join();
  }

  private static JsonNode put(Step step, String pointer) {
    assertThat(step.effects()).hasSize(1);
    for (var operation : ((ObjectPatch) step.effects().get(0)).patch()) {
      if (operation.path("path").asText().equals(pointer)) {
        return operation.path("value");
      }
    }
    throw new AssertionError("nothing is written to " + pointer);
  }

  @Test
  void whatItChangedComesBack() {
    var action = rolledBack(web("app:v2", null), web("app:v1", null));
    api.has(web("app:v1", null));

    assertThat(put(left(action), PodTemplates.POINTER)).isEqualTo(template(web("app:v2", null)));
  }

  @Test
  void whatSomebodyElseChangedIsLeftAndNamed() {
    var action = rolledBack(web("app:v2", null), web("app:v1", null));
    api.has(web("app:v3", null));

    assertThat(left(action).work())
        .isEqualTo(
            new Work.Drifted(
                "Deployment web: somebody else changed it since, so it was left as it is."));
  }

  @Test
  void aRestartSinceIsNobodysChangeAndStays() {
    var action = rolledBack(web("app:v2", null), web("app:v1", null));
    api.has(web("app:v1", "2026-11-21T14:05:00Z"));

    assertThat(put(left(action), PodTemplates.POINTER))
        .isEqualTo(template(web("app:v2", "2026-11-21T14:05:00Z")));
  }

  @Test
  void whatIsAsBeforeUpToARestartIsUndone() {
    var action = rolledBack(web("app:v2", "2026-11-21T12:00:00Z"), web("app:v1", null));
    api.has(web("app:v2", "2026-11-21T14:05:00Z"));

    assertThat(left(action).work())
        .isEqualTo(new Work.Observed("Deployment web: as before the run."));
  }

  /** The action restarted the pods of what was there, so that they read something. */
  private ObjectPatch restarted(Deployment from) {
    var metadata = template(from).path("metadata");
    var stamped = template(web("app:v1", "2026-11-21T14:05:00Z")).path("metadata");
    return PatchBuilder.of(from)
        .set(METADATA, metadata, stamped, Inverse.AGAIN)
        .build("Deployment web: restart");
  }

  @Test
  void podsThatWereOnlyRestartedAreRestartedOnceMore() {
    // given
    var action = restarted(web("app:v1", null));
    var live = web("app:v1", "2026-11-21T14:05:00Z");
    api.has(live);

    // when
    var step = left(action);

    // then
    assertThat(put(step, METADATA)).isEqualTo(template(web("app:v1", NEW)).path("metadata"));
    assertThat(step.effects().get(0).summary())
        .isEqualTo("Deployment web: restart, so that its pods read what was put back");
    api.has(web("app:v1", NEW));
    var back = (ObjectPatch) step.effects().get(0);
    assertThat(
            reversals.of("run", List.of(action), List.of(back)).toCompletableFuture().join().work())
        .isInstanceOf(Work.Observed.class);
  }

  /** Who restarted them meanwhile did so while they read what is put back now. */
  @Test
  void podsThatSomebodyRestartedSinceAreRestartedOnceMore() {
    api.has(web("app:v1", "2026-11-21T14:30:00Z"));

    assertThat(put(left(restarted(web("app:v1", null))), METADATA))
        .isEqualTo(template(web("app:v1", NEW)).path("metadata"));
  }

  @Test
  void aTemplateThatComesBackReplacesThePodsAnyway() {
    // given
    var back = rolledBack(web("app:v2", null), web("app:v1", null));
    var live = web("app:v1", "2026-11-21T14:05:00Z");
    api.has(live);

    // when
    var step = left(back, restarted(web("app:v1", null)));

    // then
    var change = (ObjectPatch) step.effects().get(0);
    assertThat(change.edits())
        .extracting(edit -> edit.place().text())
        .containsExactly("/spec/template");
    api.has(web("app:v2", "2026-11-21T14:05:00Z"));
    var applied = List.of(back, restarted(web("app:v1", null)));
    assertThat(reversals.of("run", applied, List.of(change)).toCompletableFuture().join().work())
        .isInstanceOf(Work.Observed.class);
  }

  /** As a Rollout of Argo Rollouts has it: an older time would restart nobody. */
  @Test
  void aStampOfItsOwnIsNeverSetBack() {
    // given
    var json = JsonNodeFactory.instance;
    var web = web("app:v1", null);
    var action =
        PatchBuilder.of(web)
            .set(
                "/spec/restartAt",
                json.nullNode(),
                json.textNode("2026-11-21T14:05:00Z"),
                Inverse.AGAIN)
            .build("Rollout web: restart");
    api.has(web);

    // then
    assertThat(put(left(action), "/spec/restartAt").asText()).isEqualTo(NEW);
  }

  @Test
  void aTargetThatIsGoneOrNewIsNotTouched() {
    var action = rolledBack(web("app:v2", null), web("app:v1", null));

    assertThat(left(action).work()).isInstanceOf(Work.Observed.class);

    var again = web("app:v1", null);
    again.getMetadata().setUid("another");
    api.has(again);
    assertThat(left(action).work()).isInstanceOf(Work.Observed.class);
  }

  /** It was changed anew, so that is what is put back. */
  @Test
  void oneThatWasCreatedAnewAndChangedAgainComesBackAsItWasThen() {
    // given
    var first = rolledBack(web("app:v2", null), web("app:v1", null));
    var anew = web("app:v3", null).edit().editMetadata().withUid("uid-new").endMetadata().build();
    var second = rolledBack(anew, web("app:v1", null));
    api.has(web("app:v1", null).edit().editMetadata().withUid("uid-new").endMetadata().build());

    // then
    assertThat(put(left(first, second), PodTemplates.POINTER))
        .isEqualTo(template(web("app:v3", null)));
  }

  @Test
  void aPlaceThatWasEmptyIsEmptyAgain() {
    var change =
        PatchBuilder.of(web("app:v1", null))
            .set(
                "/spec/paused",
                JsonNodeFactory.instance.nullNode(),
                JsonNodeFactory.instance.booleanNode(true))
            .build("Deployment web: paused");
    var paused = web("app:v1", null);
    paused.getSpec().setPaused(true);
    api.has(paused);

    var operations = ((ObjectPatch) left(change).effects().get(0)).patch();

    assertThat(operations.toString()).contains("{\"op\":\"remove\",\"path\":\"/spec/paused\"}");
  }

  /** Pods that were only restarted have nothing that could be put back. */
  @Test
  void whatStaysIsNotPutBack() {
    var json = JsonNodeFactory.instance;
    var restarted =
        PatchBuilder.of(web("app:v1", null))
            .set("/spec/paused", json.nullNode(), json.booleanNode(true), Inverse.NONE)
            .build("Deployment web: restart");

    assertThat(left(restarted).work())
        .isEqualTo(new Work.Observed("there is nothing to put back."));
  }

  /** Two places: what somebody else set stays, what nobody touched comes back. */
  @Test
  void eachPlaceIsJudgedByItself() {
    var json = JsonNodeFactory.instance;
    var change =
        PatchBuilder.of(web("app:v1", null))
            .set("/spec/paused", json.nullNode(), json.booleanNode(true))
            .set("/spec/replicas", json.numberNode(3), json.numberNode(1))
            .build("Deployment web: changed");
    var live = web("app:v1", null);
    live.getSpec().setPaused(true);
    live.getSpec().setReplicas(7);
    api.has(live);

    var operations = ((ObjectPatch) left(change).effects().get(0)).patch().toString();

    assertThat(operations).contains("/spec/paused").doesNotContain("/spec/replicas");
    live.getSpec().setPaused(null);
    api.has(live);
    assertThat(left(change).work()).isInstanceOf(Work.Drifted.class);
  }

  @Test
  void theFirstValueComesBackAfterManyEffects() {
    var first = rolledBack(web("app:v2", null), web("app:v1", null));
    var again = rolledBack(web("app:v1", null), web("app:v0", null));
    api.has(web("app:v0", null));

    assertThat(put(left(first, again), PodTemplates.POINTER))
        .isEqualTo(template(web("app:v2", null)));
  }

  /** There may be hundreds, and whoever is asked may be slow. */
  @Test
  void allTargetsAreReadAtTheSameTime() {
    // given
    var waiting = new ArrayList<Runnable>();
    var slow =
        new PatchReversals(
            api.client(), Clock.fixed(NOW, ZoneOffset.UTC), new LooksHere(waiting::add));
    var web = rolledBack(web("app:v2", null), web("app:v1", null));
    var other = new DeploymentBuilder(web("app:v2", null));
    other.editMetadata().withName("other").withUid("uid-other").endMetadata();
    api.has(web("app:v1", null));

    // when
    var step =
        slow.of("run", List.of(web, rolledBack(other.build(), web("app:v1", null))), List.of());

    // then
    assertThat(waiting).hasSize(2);
    assertThat(step.toCompletableFuture()).isNotDone();
    waiting.forEach(Runnable::run);
    assertThat(step.toCompletableFuture().join().effects()).hasSize(1);
  }

  private List<ObjectPatch> twentyRolledBack() {
    return IntStream.range(0, 20)
        .mapToObj(
            number ->
                new DeploymentBuilder(web("app:v2", null))
                    .editMetadata()
                    .withName("web-%d".formatted(number))
                    .endMetadata()
                    .build())
        .map(web -> rolledBack(web, web("app:v1", null)))
        .toList();
  }

  private PatchReversals asking(LookThreads threads) {
    return new PatchReversals(api.client(), Clock.fixed(NOW, ZoneOffset.UTC), threads);
  }

  private static void run(Queue<Runnable> waiting) {
    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  /** Whoever else wants to know something is asked meanwhile. */
  @Test
  void ofManyTargetsOfOneRunSomeAreReadAtATime() {
    // given
    var waiting = new ArrayDeque<Runnable>();
    var slow = asking(new LooksHere(waiting::add));

    // when
    var step = slow.of("run", twentyRolledBack(), List.of()).toCompletableFuture();

    // then
    assertThat(waiting).hasSize(8);
    run(waiting);
    assertThat(step).isCompleted();
    assertThat(api.asked()).hasSize(20);
  }

  @Test
  void whatIsLeftOfALookThatTookTooLongIsNotRead() {
    // given
    var waiting = new ArrayDeque<Runnable>();
    var limited = new ArrayList<CompletableFuture<?>>();
    var slow =
        asking(
            new LookThreads(new TaskTaker(waiting::add), null) {
              @Override
              public void limit(CompletableFuture<?> answer, Duration limit) {
                limited.add(answer);
              }
            });
    var step = slow.of("run", twentyRolledBack(), List.of()).toCompletableFuture();

    // when
    limited.forEach(answer -> answer.completeExceptionally(new TimeoutException("late")));
    run(waiting);

    // then
    assertThat(step).isCompletedExceptionally();
    assertThat(api.asked()).as("those whose turn it was").hasSize(8);
  }
}
