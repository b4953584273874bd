package dev.backstep.database.swap;

import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is left of a restore that nobody takes back any more: what it loaded and did not put live
 * goes; what was live once is only named, because it may be the last copy of somebody's data.
 */
@ApplicationScoped
public class SwapForgetting {
  private static final String STAYS =
      "Database %1$s was live before a restore or a swap back, and nothing puts it back any more. If nobody needs it, drop it by hand: DROP DATABASE \"%1$s\";";
  private static final String NOT_ASKED =
      "It was not found out which databases are left of the restore of database %1$s: %2$s See which there are, and drop those that nobody needs: SELECT datname FROM pg_database WHERE datname LIKE '%3$s%%';";

  private final SwapLooks looks;
  private final DatabaseDrops drops;

  public SwapForgetting(SwapLooks looks, DatabaseDrops drops) {
    this.looks = looks;
    this.drops = drops;
  }

  /** Drops what was made to be loaded. */
  Optional<Problem> ofLoaded(SideCreation effect, String claim, Author author) {
    return left(
        effect,
        author,
        databases ->
            databases.all().stream()
                .filter(it -> !it.name().equals(databases.live()) && !wasLive(it))
                .flatMap(it -> dropped(effect, it, claim, author).stream()));
  }

  /** Names what was live once. */
  Optional<Problem> ofLive(DatabaseSwap effect, Author author) {
    return left(
        effect,
        author,
        databases ->
            databases.all().stream()
                .filter(it -> it.isOf(effect.names()) && wasLive(it))
                .map(it -> new Problem("DatabaseLeft", STAYS.formatted(it.name()))));
  }

  private static boolean wasLive(Databases.One one) {
    return one.note()
        .filter(it -> it.state() == Note.State.Kept || it.state() == Note.State.Undone)
        .isPresent();
  }

  /** What is left in the databases as they are now. */
  @FunctionalInterface
  private interface Left {
    Stream<Problem> of(Databases databases);
  }

  private Optional<Problem> left(SwapEffect effect, Author author, Left left) {
    var looked = looks.look(effect.databaseRef(), author, effect.names()).toCompletableFuture();
    return looked.join() instanceof Looked.Seen seen
        ? left.of(seen.databases()).findFirst()
        : Optional.of(notAsked(effect, ((Looked.NotSeen) looked.join()).problem()));
  }

  private Optional<Problem> dropped(
      SideCreation effect, Databases.One one, String claim, Author author) {
    var drop =
        new DatabaseDrop(
            effect.databaseRef(),
            effect.database(),
            effect.live(),
            effect.names(),
            one.name(),
            one.oid(),
            effect.timeout());
    try {
      var mark = new Mark(claim, "forget", Intent.Verb.Undo, 1, 0);
      var outcome = drops.send(drop, mark, author, Instant.MAX);
      return outcome instanceof Outcome.NotSent later
          ? Optional.of(later.problem())
          : outcome instanceof Outcome.Failed failed
              ? Optional.of(failed.problem())
              : Optional.empty();
    } catch (NotKnownException e) {
      return Optional.of(
          notAsked(effect, new Problem("NotKnown", "%s.".formatted(e.getMessage()))));
    }
  }

  private static Problem notAsked(SwapEffect effect, Problem why) {
    return new Problem(
        why.reason(),
        NOT_ASKED.formatted(effect.live(), why.message(), effect.names().prefix(effect.live())));
  }
}
