package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.effect.Work;
import dev.backstep.text.Sentences;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What is left of taking effects on databases back: the newest one of each database that was not
 * taken back yet. The database does not show what was, so what was sent to take them back counts.
 */
@ApplicationScoped
public class SqlReversals {
  private static final String NO_WAY_BACK =
      "nothing takes it back: the action has neither remember nor undo.";

  private final DatabaseLooks looks;

  public SqlReversals(DatabaseLooks looks) {
    this.looks = looks;
  }

  /**
   * What is left.
   *
   * @param sent effects that were applied, oldest first
   * @param back what was sent to take them back
   */
  <E extends SqlEffect> CompletionStage<Step> left(
      List<Sent<E>> sent, List<Sent<?>> back, Author author) {
    List<String> drifts = new ArrayList<>();
    Map<Target, SqlEffect> left = new LinkedHashMap<>();
    for (var i = sent.size() - 1; i >= 0; i--) {
      var effect = sent.get(i).effect();
      var mark = sent.get(i).mark().text();
      var ended = ended(mark, back);
      if (ended.orElse(null) instanceof Outcome.Unknown unknown) {
        return Step.of(new Work.Unknown(unknown.message())).now();
      }
      if (ended.orElse(null) instanceof Outcome.Applied applied && applied.drift() != null) {
        drifts.add(Sentences.of(applied.drift()));
      }
      if (ended.isEmpty()) {
        effect.reversal(mark).ifPresent(it -> left.putIfAbsent(effect.target(), it));
      }
    }
    if (left.isEmpty()) {
      return ended(sent, drifts).now();
    }
    return looks.later(() -> step(left.values(), drifts, author));
  }

  private static Step ended(List<? extends Sent<? extends SqlEffect>> sent, List<String> drifts) {
    if (!drifts.isEmpty()) {
      return drifted(drifts);
    }
    var some = sent.stream().anyMatch(it -> it.effect().reversal(it.mark().text()).isPresent());
    return Step.done(some ? "everything is put back." : NO_WAY_BACK);
  }

  /** How taking an effect back ended; empty: it was not done, and can be done again. */
  private static Optional<Outcome> ended(String mark, List<Sent<?>> back) {
    return back.stream()
        .filter(it -> it.effect() instanceof SqlEffect effect && effect.takesBack(mark))
        .<Outcome>map(Sent::outcome)
        .filter(it -> it instanceof Outcome.Applied || it instanceof Outcome.Unknown)
        .reduce((first, last) -> last);
  }

  private Step step(Collection<SqlEffect> left, List<String> drifts, Author author) {
    List<SqlEffect> effects = new ArrayList<>();
    for (var effect : left) {
      another(effect, author).ifPresentOrElse(drifts::add, () -> effects.add(effect));
    }
    return effects.isEmpty() ? drifted(drifts) : Step.todo(effects);
  }

  private static Step drifted(List<String> drifts) {
    return Step.of(new Work.Drifted(Sentences.all(drifts, "")));
  }

  /** That it cannot be asked is found, and said, when the effect is sent. */
  Optional<String> another(SqlEffect effect, Author author) {
    return looks.look(
        effect.databaseRef(),
        author,
        session ->
            session.identity().differs(effect.database())
                ? Optional.of(session.another().message())
                : Optional.empty(),
        problem -> Optional.empty());
  }
}
