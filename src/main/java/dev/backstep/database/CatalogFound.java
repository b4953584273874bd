package dev.backstep.database;

import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What was found of the objects that an action alters.
 *
 * @param identity which database it is; empty: it cannot be asked now
 * @param alterations what would become of each object
 * @param notes what is left as it is, for people
 * @param held which objects other runs hold as they are, in sentences
 * @param problems why it cannot be done
 */
public record CatalogFound(
    Optional<Identity> identity,
    List<Alteration> alterations,
    List<String> notes,
    List<String> held,
    List<Problem> problems) {
  /** A database that cannot be reached may be back soon. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  /** Nobody else is kept waiting behind it for longer; it is tried again. */
  private static final Duration LOCK = Duration.ofSeconds(5);

  /** The database cannot be asked. */
  static CatalogFound nothing(Problem problem) {
    return new CatalogFound(Optional.empty(), List.of(), List.of(), List.of(), List.of(problem));
  }

  /** True when every object is as the action makes it, and nothing is in its way. */
  public boolean asWanted() {
    return identity.isPresent() && problems.isEmpty() && held.isEmpty() && alterations.isEmpty();
  }

  /**
   * What is left of the action: one transaction, or nothing that could be done.
   *
   * @param databaseRef name of the Secret that says where the database is
   * @param timeout within which the action has to be done
   * @param what the action in a few words
   * @param takes what is kept off once it is applied
   */
  public Step step(String databaseRef, Duration timeout, String what, Hold takes) {
    if (identity.isEmpty()) {
      return Step.of(new Work.Rolling(problems.get(0).message(), LOOK_AGAIN));
    }
    if (!problems.isEmpty()) {
      var messages = problems.stream().map(Problem::message).toList();
      return Step.impossible(problems.get(0).reason(), Sentences.all(messages, ""));
    }
    return held.isEmpty()
        ? Step.todo(List.of(change(databaseRef, timeout, what, takes)))
        : Step.of(new Work.Held(Sentences.all(held, "")));
  }

  CatalogChange change(String databaseRef, Duration timeout, String what, Hold takes) {
    return new CatalogChange(
        databaseRef,
        identity.orElseThrow(),
        alterations,
        notes,
        LOCK,
        timeout,
        null,
        "database %s: %s".formatted(databaseRef, what),
        takes,
        null);
  }
}
