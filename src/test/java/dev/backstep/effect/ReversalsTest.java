package dev.backstep.effect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.Intent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** In which order the effects of an action are taken back. */
class ReversalsTest {
  private static final Author RUNNER = new Author("shop", "runner");

  private final Map<String, Step> steps = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final Reversals reversals = new Reversals(new Effectors(List.of(new Said())));

  private record Note(String name) implements Effect {
    @Override
    public Target target() {
      return new Target("Note", name);
    }

    @Override
    public String summary() {
      return name;
    }
  }

  /** Takes back as the test says. */
  private final class Said implements Effector<Note> {
    @Override
    public Class<Note> type() {
      return Note.class;
    }

    @Override
    public Outcome send(Note effect, Mark mark, Author author, Instant notAfter) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Outcome close(Note effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<String> preview(Note effect, Author author) {
      return List.of();
    }

    @Override
    public CompletionStage<Step> reverse(List<Sent<Note>> sent, List<Sent<?>> back, Author author) {
      var names = sent.stream().map(it -> it.effect().name()).toList().toString();
      asked.add(names);
      return steps.getOrDefault(names, Step.done(names)).now();
    }
  }

  private static Sent<?> sent(int number, String name) {
    var mark = new Mark("bs-run-1", "flag", Intent.Verb.Apply, number, 0);
    return new Sent<>(new Note(name), mark, new Outcome.Applied("1"));
  }

  private Work left(Sent<?>... sent) {
    return reversals.of(List.of(sent), List.of(), RUNNER).toCompletableFuture().join().work();
  }

  @Test
  void whereNothingWasDoneThereIsNothingToPutBack() {
    assertThat(left()).isEqualTo(new Work.Observed("there is nothing to put back."));
  }

  /** What is read comes back before those who read it are touched. */
  @Test
  void targetsAreGoneThroughInTheOrderOfTheAction() {
    steps.put("[map, map]", Step.todo(List.of(new Note("map back"))));

    assertThat(left(sent(1, "map"), sent(2, "web"), sent(3, "map"))).isInstanceOf(Work.ToDo.class);
    assertThat(asked).containsExactly("[map, map]");

    steps.clear();
    assertThat(left(sent(1, "map"), sent(2, "web"), sent(3, "map")))
        .isInstanceOf(Work.Observed.class);
    assertThat(asked).containsExactly("[map, map]", "[map, map]", "[web]");
  }

  @Test
  void whatDriftedIsSaidInTheEnd() {
    steps.put("[map]", Step.of(new Work.Drifted("map is another.")));
    steps.put("[api]", Step.of(new Work.Drifted("api is another.")));

    assertThat(left(sent(1, "map"), sent(2, "web"), sent(3, "api")))
        .isEqualTo(new Work.Drifted("map is another. api is another."));
  }
}
