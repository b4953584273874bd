package dev.backstep.effect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.IntentBuilder;
import dev.backstep.cluster.Records;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who does not answer holds up what goes to him, and nothing else. */
class HangingTargetTest {
  private final CountDownLatch answer = new CountDownLatch(1);
  private final EffectRunner runner =
      new EffectRunner(new Effectors(List.of(new Calls())), null, Clock.systemUTC());

  /** A request to a host. */
  private record Call(String host, int number) implements Effect {
    @Override
    public Target target() {
      return new Target("Pod", host + number);
    }

    @Override
    public Optional<Target> answering() {
      return Optional.of(new Target("host", host));
    }

    @Override
    public String summary() {
      return "POST " + host;
    }
  }

  /** One host hangs. */
  private final class Calls implements Effector<Call> {
    @Override
    public Class<Call> type() {
      return Call.class;
    }

    @Override
    public Outcome send(Call effect, Mark mark, Author author, Instant notAfter) {
      try {
        if (effect.host().equals("hangs")) {
          answer.await();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return new Outcome.Applied(null);
    }

    @Override
    public Outcome close(Call effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
      throw new AssertionError("nothing is closed here");
    }

    @Override
    public CompletionStage<Step> reverse(List<Sent<Call>> sent, List<Sent<?>> back, Author author) {
      throw new AssertionError("nothing is taken back here");
    }
  }

  @AfterEach
  void stop() {
    answer.countDown();
    runner.stop();
  }

  private Intent sent(String plan, String host, int calls) {
    var effects = IntStream.range(0, calls).mapToObj(i -> new Call(host, i)).toList();
    var intent =
        IntentBuilder.builder()
            .verb(Intent.Verb.Apply)
            .seq(1L)
            .action("call")
            .effect(1)
            .mark("bs-run-1/call/apply/1")
            .images(List.of())
            .targets(calls)
            .notAfter(Instant.MAX)
            .build();
    runner.send(
        intent,
        effects,
        new Order(
            new Records.Owner("RollbackPlan", "shop", plan),
            "bs-run-1",
            new Author("shop", "runner"),
            plan,
            () -> {}));
    return intent;
  }

  private void ends(String plan, Intent intent) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> runner.progress(plan, intent) instanceof Progress.Report);
  }

  @Test
  void otherHostsAreReached() {
    var hanging = sent("ill", "hangs", 20);

    ends("well", sent("well", "answers", 3));

    assertThat(runner.progress("ill", hanging)).isInstanceOf(Progress.InFlight.class);
    answer.countDown();
    ends("ill", hanging);
  }
}
