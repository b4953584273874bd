package dev.backstep.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private final Turns turns = new Turns(Runnable::run);
  private final List<String> begun = new ArrayList<>();
  private final List<CompletableFuture<String>> work = new ArrayList<>();

  private CompletionStage<String> take(String place) {
    return take(place, 2, "plan");
  }

  private CompletionStage<String> take(String place, int atOnce, String owner) {
    return turns.take(
        place,
        atOnce,
        owner,
        () -> {
          var result = new CompletableFuture<String>();
          begun.add(owner);
          work.add(result);
          return result;
        });
  }

  @Test
  void soManyAtATimeReachAPlaceAndTheOthersFollow() {
    var all = List.of(take("web"), take("web"), take("web"), take("web"));
    assertThat(work).hasSize(2);

    work.get(1).complete("second");
    assertThat(work).hasSize(3);
    work.get(0).complete("first");
    assertThat(work).hasSize(4);
    work.get(2).complete("third");
    work.get(3).complete("fourth");

    assertThat(all)
        .extracting(it -> it.toCompletableFuture().get(1, TimeUnit.SECONDS))
        .containsExactly("first", "second", "third", "fourth");
  }

  @Test
  void anotherPlaceDoesNotWait() {
    take("web");
    take("web");
    take("web");

    take("api");

    assertThat(work).hasSize(3);
  }

  /** A plan with many targets does not keep another plan's first effect waiting. */
  @Test
  void ownersTakeTurns() {
    for (var i = 0; i < 4; i++) {
      take("web", 1, "large");
    }
    take("web", 1, "small");

    for (var i = 0; i < 5; i++) {
      work.get(i).complete("done");
    }

    assertThat(begun).containsExactly("large", "large", "small", "large", "large");
  }

  @Test
  void whatFailsOrThrowsGivesItsTurnBack() {
    take("web");
    var thrown =
        turns.take(
            "web",
            2,
            "plan",
            () -> {
              throw new IllegalStateException("a bug in a probe");
            });
    assertThat(thrown.toCompletableFuture()).isCompletedExceptionally();

    var second = take("web");
    var third = take("web");
    work.get(0).completeExceptionally(new IllegalStateException("no answer"));

    assertThat(work).hasSize(3);
    work.get(1).complete("second");
    work.get(2).complete("third");
    assertThat(second.toCompletableFuture()).isCompletedWithValue("second");
    assertThat(third.toCompletableFuture()).isCompletedWithValue("third");
  }

  @Test
  void aPlaceThatNobodyWantsIsForgottenAndBeginsAfresh() {
    take("web");
    work.get(0).complete("done");

    take("web");
    take("web");

    assertThat(work).hasSize(3);
  }

  @Test
  void whatWasGivenUpIsNotBegun() {
    take("web", 1, "first");
    var given = take("web", 1, "given up").toCompletableFuture();
    take("web", 1, "last");

    given.cancel(false);
    work.get(0).complete("done");

    assertThat(begun).containsExactly("first", "last");
  }
}
