package dev.backstep.rollbackplan.gather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.testing.LooksHere;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Looks that take longer than a pass. */
class PlanLooksTest {
  private static final Findings DONE = Findings.of(Step.done("done"));

  private final PlanLooks looks = new PlanLooks(new LooksHere());
  private final CompletableFuture<Findings> slow = new CompletableFuture<>();
  private final AtomicInteger begun = new AtomicInteger();
  private final List<String> woken = new ArrayList<>();

  private Optional<Findings> look(String state) {
    return looks.answer(
        "plan",
        state,
        () -> {
          begun.incrementAndGet();
          return slow;
        },
        () -> woken.add(state));
  }

  @Test
  void anAnswerThatIsThereIsUsedAtOnce() {
    slow.complete(DONE);

    assertThat(look("1")).contains(DONE);
    assertThat(woken).isEmpty();
  }

  @Test
  void itIsBegunOnceAndUsedOnce() {
    assertThat(look("1")).isEmpty();
    slow.complete(DONE);

    assertThat(woken).containsExactly("1");
    assertThat(look("1")).contains(DONE);
    assertThat(begun).hasValue(1);
    look("1");
    assertThat(begun).as("the next pass looks again").hasValue(2);
  }

  /** What was found out for another state of the run says nothing about this one. */
  @Test
  void itIsUsedOnlyForTheStateItWasBegunIn() {
    assertThat(look("1")).isEmpty();

    assertThat(look("2")).isEmpty();
    assertThat(begun).hasValue(2);
  }

  @Test
  void whatCannotBeLookedAtIsLookedAtAgain() {
    assertThat(look("1")).isEmpty();
    slow.completeExceptionally(new IllegalStateException("no route"));

    assertThat(look("1"))
        .hasValueSatisfying(
            findings ->
                assertThat(findings.work())
                    .isInstanceOfSatisfying(
                        Work.Rolling.class, it -> assertThat(it.message()).contains("no route")));
  }

  /** What happens while it goes on may not be in it, and nothing else tells of that again. */
  @Test
  void whatHappensMeanwhileIsLookedAtAfterwards() {
    assertThat(look("1")).isEmpty();
    assertThat(look("1")).as("something happened").isEmpty();
    slow.complete(DONE);
    assertThat(woken).containsExactly("1");

    assertThat(look("1")).contains(DONE);

    assertThat(woken).containsExactly("1", "1");
  }
}
