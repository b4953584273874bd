package dev.backstep.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private final Turns turns = new Turns(Runnable::run);
  private final List<CompletableFuture<String>> begun = new ArrayList<>();

  private CompletionStage<String> take(String target) {
    return turns.take(
        target,
        () -> {
          var work = new CompletableFuture<String>();
          begun.add(work);
          return work;
        });
  }

  @Test
  void twoAtATimeReachATargetAndTheOthersFollow() {
    var all = List.of(take("web"), take("web"), take("web"), take("web"));
    assertThat(begun).hasSize(2);

    begun.get(1).complete("second");
    assertThat(begun).hasSize(3);
    begun.get(0).complete("first");
    assertThat(begun).hasSize(4);
    begun.get(2).complete("third");
    begun.get(3).complete("fourth");

    assertThat(all)
        .extracting(it -> it.toCompletableFuture().get(1, TimeUnit.SECONDS))
        .containsExactly("first", "second", "third", "fourth");
  }

  @Test
  void anotherTargetDoesNotWait() {
    take("web");
    take("web");
    take("web");

    take("api");

    assertThat(begun).hasSize(3);
  }

  @Test
  void whatFailsOrThrowsGivesItsTurnBack() {
    take("web");
    var thrown =
        turns.take(
            "web",
            () -> {
              throw new IllegalStateException("a bug in a probe");
            });
    assertThat(thrown.toCompletableFuture()).isCompletedExceptionally();

    var second = take("web");
    var third = take("web");
    begun.get(0).completeExceptionally(new IllegalStateException("no answer"));

    assertThat(begun).hasSize(3);
    begun.get(1).complete("second");
    begun.get(2).complete("third");
    assertThat(second.toCompletableFuture()).isCompletedWithValue("second");
    assertThat(third.toCompletableFuture()).isCompletedWithValue("third");
  }

  @Test
  void aTargetThatNobodyAsksIsForgottenAndBeginsAfresh() {
    take("web");
    begun.get(0).complete("done");

    take("web");
    take("web");

    assertThat(begun).hasSize(3);
  }
}
