package dev.backstep.gate.manual;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.value.Manual;
import dev.backstep.effect.Author;
import dev.backstep.gate.GateScope;
import dev.backstep.measure.Reading;
import dev.backstep.runbook.ItemAnswers;
import dev.backstep.runbook.ItemAnswers.ItemAnswer;
import dev.backstep.testing.Workloads;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ManualProbeTest {
  private final List<Runnable> waiting = new ArrayList<>();
  private final ManualProbe probe = new ManualProbe(waiting::add);

  private Reading measured(ItemAnswers answers) {
    var scope =
        GateScope.of(new Author("shop", "runner"), Workloads.of())
            .with()
            .gate("looks-good")
            .answers(answers)
            .build();
    var reading = probe.measure(new Manual("Look.", List.of()), scope).toCompletableFuture();
    // Whether an answer counts may be asked of the API server, so not on the caller's thread.
    assertThat(reading).isNotDone();
    waiting.forEach(Runnable::run);
    return reading.join();
  }

  private Reading answered(boolean trusted, boolean yes, String message) {
    return measured(
        item ->
            item.equals("looks-good")
                ? Optional.of(new ItemAnswer(trusted, yes, message))
                : Optional.empty());
  }

  @Test
  void nobodyAnsweredIsNothing() {
    assertThat(measured(ItemAnswers.NONE)).isEqualTo(Reading.none());
  }

  @Test
  void yesIsGreenAndNoIsRed() {
    assertThat(answered(true, true, "bob said yes")).isEqualTo(Reading.green("bob said yes"));
    assertThat(answered(true, false, "bob said no")).isEqualTo(Reading.red("bob said no"));
  }

  @Test
  void anAnswerThatNobodyCanTrustIsAnError() {
    assertThat(answered(false, true, "the policy is not in force"))
        .isEqualTo(Reading.error("the policy is not in force"));
  }
}
