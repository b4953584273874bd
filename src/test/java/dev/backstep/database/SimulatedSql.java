package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import dev.backstep.testing.Outside;
import dev.backstep.testing.Outside.NotLeftException;
import dev.backstep.testing.Outside.Said;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** A database in memory, as the effectors of its effects see it. */
final class SimulatedSql {
  private static final int OK = 200;

  private final Outside outside;
  private final Clock clock;

  SimulatedSql(Outside outside, Clock clock) {
    this.outside = outside;
    this.clock = clock;
  }

  /** Has these statements carried out, once for each mark. */
  Outcome send(SqlEffect effect, String statements, Mark mark, Instant notAfter) {
    var reverses = effect.reverses() == null ? "" : effect.reverses();
    var said = Map.of("mark", mark.text(), "statements", statements, "reverses", reverses);
    try {
      return outcome(
          outside.ask(
              "sql/%s/done".formatted(effect.databaseRef()),
              said,
              () -> !clock.instant().isAfter(notAfter)));
    } catch (NotLeftException e) {
      return new Outcome.NotSent(Deadline.OVER);
    } catch (IOException e) {
      throw new NotKnownException("the answer to a commit was lost", e);
    }
  }

  /** Has one statement carried out, once its mark says that it was begun. */
  Outcome statement(SqlStatement effect, Mark mark, Instant notAfter) {
    try {
      var begun = ask("begun", effect, mark, notAfter);
      if (begun.text().equals("set")) {
        return executed(effect, mark, notAfter);
      }
      return outcome(begun) instanceof Outcome.Unknown unknown
          ? new Outcome.Unknown(unknown.message(), notAfter.plus(effect.statementTimeout()))
          : outcome(begun);
    } catch (NotLeftException e) {
      return new Outcome.NotSent(Deadline.OVER);
    } catch (IOException e) {
      throw new NotKnownException("the answer to a mark was lost", e);
    }
  }

  private Outcome executed(SqlStatement effect, Mark mark, Instant notAfter) {
    try {
      return outcome(ask("executed", effect, mark, notAfter));
    } catch (NotLeftException e) {
      return new Outcome.NotSent(Deadline.OVER);
    } catch (IOException e) {
      return new Outcome.Unknown(
          "The answer was lost.", clock.instant().plus(effect.statementTimeout()));
    }
  }

  private Said ask(String what, SqlStatement effect, Mark mark, Instant notAfter)
      throws IOException {
    var reverses = effect.reverses() == null ? "" : effect.reverses();
    return outside.ask(
        "sql/%s/%s".formatted(effect.databaseRef(), what),
        Map.of("mark", mark.text(), "statements", effect.statements(), "reverses", reverses),
        () -> !clock.instant().isAfter(notAfter));
  }

  private static Outcome outcome(Said said) {
    return said.status() == OK
        ? new Markers.Row(Markers.State.valueOf(said.text()), "1 row", null).outcome()
        : new Outcome.NotSent(new Problem("DatabaseUnreachable", "It cannot be reached."));
  }

  /** Takes away what a run left. */
  Optional<Problem> forget(SqlEffect effect, String claim) {
    try {
      outside.ask(
          "sql/%s/forgotten".formatted(effect.databaseRef()), Map.of("claim", claim), () -> true);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(new Problem("NotForgotten", String.valueOf(e.getMessage())));
    }
  }

  /** Writes the row of an effect that is not to be done any more. */
  Fence fence() {
    return new Fence(null) {
      @Override
      Outcome fenced(SqlEffect effect, Mark mark, Author author) {
        try {
          var said =
              outside.ask(
                  "sql/%s/fenced".formatted(effect.databaseRef()),
                  Map.of("mark", mark.text()),
                  () -> true);
          if (outcome(said) instanceof Outcome.NotSent notSent) {
            throw new NotKnownException(notSent.problem().message());
          }
          return outcome(said);
        } catch (IOException e) {
          throw new NotKnownException(e.getMessage(), e);
        }
      }
    };
  }

  /** Nobody replaces the database. */
  static SqlReversals reversals(ScheduledExecutorService threads) {
    return new SqlReversals(new DatabaseLooks(null, threads)) {
      @Override
      Optional<String> another(SqlEffect effect, Author author) {
        return Optional.empty();
      }
    };
  }
}
