package dev.backstep.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.cluster.Annotations;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What is wrong with objects at rest is asked when it may have changed, and not all the time. */
class PreflightsTest {
  private static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");
  private static final List<Problem> WRONG = List.of(new Problem("Forbidden", "It may not."));

  private final List<String> woken = new ArrayList<>();
  private final Queue<CompletionStage<List<Problem>>> answers = new ArrayDeque<>();
  private final OfConfigMaps preflights = new OfConfigMaps();

  private final class OfConfigMaps extends Preflights<ConfigMap> {
    OfConfigMaps() {
      super(
          Duration.ofMinutes(5),
          new Wakeups<>() {
            @Override
            public Runnable of(ConfigMap object) {
              return () -> woken.add(object.getMetadata().getName());
            }
          });
    }

    Optional<List<Problem>> look(ConfigMap object, int minute) {
      return lookAt(object, 60 * minute);
    }

    Optional<List<Problem>> lookAt(ConfigMap object, int second) {
      return of(object, NOON.plusSeconds(second), answers::remove);
    }
  }

  private static ConfigMapBuilder object() {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("settings")
        .withUid("uid")
        .withGeneration(1L)
        .endMetadata();
  }

  private void answer(List<Problem> problems) {
    answers.add(CompletableFuture.completedStage(problems));
  }

  @Test
  void whatWasFoundInOrderIsNotAskedAboutAgain() {
    // given
    answer(List.of());

    // then
    assertThat(preflights.look(object().build(), 0)).contains(List.of());
    assertThat(preflights.look(object().build(), 500)).contains(List.of());
  }

  @Test
  void whatIsWrongIsAskedAboutAgainSoonAndThenLessOften() {
    // given
    var asked = new ArrayList<Integer>();
    for (var second = 0; second <= 900; second += 5) {
      answer(WRONG);
      var before = answers.size();

      // when
      assertThat(preflights.lookAt(object().build(), second)).contains(WRONG);
      if (answers.size() < before) {
        asked.add(second);
      }
    }

    // then
    assertThat(asked).containsExactly(0, 30, 90, 210, 450, 750);

    // when
    answers.clear();
    answer(List.of());

    // then
    assertThat(preflights.lookAt(object().build(), 1050)).contains(List.of());
  }

  @Test
  void whoeverEditsItOrAsksForItIsAnswered() {
    // given
    answer(List.of());
    preflights.look(object().build(), 0);
    answer(WRONG);
    var edited = object().editMetadata().withGeneration(2L).endMetadata().build();

    // then
    assertThat(preflights.look(edited, 1)).contains(WRONG);

    answer(List.of());
    edited.getMetadata().setAnnotations(Map.of(Annotations.REQUESTED_AT, "now"));
    assertThat(preflights.look(edited, 2)).contains(List.of());
  }

  @Test
  void whatIsKnownLaterWakesTheObject() {
    // given
    var later = new CompletableFuture<List<Problem>>();
    answers.add(later);

    // when
    var before = preflights.look(object().build(), 0);
    later.complete(WRONG);

    // then
    assertThat(before).isEmpty();
    assertThat(woken).containsExactly("settings");
    assertThat(preflights.look(object().build(), 0)).contains(WRONG);
  }

  /** Somebody who is impatient must not keep it from ever being known. */
  @Test
  void whatIsBeingAskedComesToAnEndHoweverOftenItIsWishedFor() {
    // given
    var first = new CompletableFuture<List<Problem>>();
    var second = new CompletableFuture<List<Problem>>();
    answers.add(first);
    answers.add(second);

    // when
    preflights.look(wishedFor("1"), 0);
    preflights.look(wishedFor("2"), 10);
    first.complete(WRONG);

    // then
    assertThat(preflights.look(wishedFor("3"), 10)).as("asked again").contains(WRONG);
    assertThat(preflights.look(wishedFor("4"), 10)).contains(WRONG);
    second.complete(List.of());
    assertThat(preflights.look(wishedFor("3"), 10)).contains(List.of());
  }

  private static ConfigMap wishedFor(String when) {
    return object()
        .editMetadata()
        .addToAnnotations(Annotations.REQUESTED_AT, when)
        .endMetadata()
        .build();
  }

  /** That the API server did not answer says nothing of the object. */
  @Test
  void whatTheApiServerRefusedIsAskedAgainAtOnce() {
    // given
    answers.add(CompletableFuture.failedStage(new KubernetesClientException("no leader")));
    answer(List.of());

    // then
    assertThatThrownBy(() -> preflights.look(object().build(), 0)).hasMessage("no leader");
    assertThat(preflights.look(object().build(), 0)).contains(List.of());
  }

  @Test
  void thatItCouldNotBeFoundOutIsAProblem() {
    // when
    var failed =
        Preflights.within(
            Duration.ofSeconds(1),
            "whether means flag can be switched off",
            CompletableFuture.failedStage(new IllegalStateException("no route to host")));

    // then
    assertThat(failed.toCompletableFuture().join())
        .containsExactly(
            new Problem(
                "NotChecked",
                "It could not be found out whether means flag can be switched off: no route to host. See to it that what it works on answers."));
  }

  @Test
  void whoeverHangsHoldsUpNothingLonger() {
    // when
    var hanging =
        Preflights.within(Duration.ofSeconds(1), "whether it works", new CompletableFuture<>());

    // then
    assertThat(hanging.toCompletableFuture().join())
        .extracting(Problem::message)
        .first()
        .asString()
        .contains("there was no answer within 1 s");
  }

  @Test
  void whatIsForgottenIsAskedAboutAnew() {
    // given
    answer(List.of());
    preflights.look(object().build(), 0);
    answer(WRONG);

    // when
    preflights.forget("uid");

    // then
    assertThat(preflights.look(object().build(), 0)).contains(WRONG);
  }
}
