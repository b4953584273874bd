package dev.backstep.database.swap;

import dev.backstep.api.Json;
import dev.backstep.database.Deadline;
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

/** Sessions with a {@link MemoryServer}, as the effectors have them. */
final class SimulatedSessions {
  static final int OK = 200;

  private final Outside outside;
  private final Clock clock;

  SimulatedSessions(Outside outside, Clock clock) {
    this.outside = outside;
    this.clock = clock;
  }

  /** Has an effect done. */
  Outcome send(SwapEffect effect, Mark mark, Instant notAfter) {
    try {
      var said =
          outside.ask(
              where(effect, "done"),
              Map.of(
                  "mark",
                  mark.text(),
                  "sort",
                  effect.getClass().getSimpleName(),
                  "effect",
                  Json.MAPPER.writeValueAsString(effect)),
              () -> !clock.instant().isAfter(notAfter));
      return outcome(said);
    } catch (NotLeftException e) {
      return new Outcome.NotSent(Deadline.OVER);
    } catch (IOException e) {
      throw new NotKnownException("the session was lost", e);
    }
  }

  private static Outcome outcome(Said said) {
    if (said.status() != OK) {
      return new Outcome.NotSent(new Problem("DatabaseUnreachable", "It cannot be reached."));
    }
    return switch (said.text()) {
      case "Applied" -> Outcome.Applied.saying("done");
      case "Refused" -> new Outcome.Refused(null);
      default -> new Outcome.Failed(new Problem("ForeignState", "It is not as it was."));
    };
  }

  private static String where(SwapEffect effect, String what) {
    return "restore/%s/%s".formatted(effect.databaseRef(), what);
  }

  /** Ends what is left of effects, and keeps them from being done. */
  SwapClosing closing() {
    return new SwapClosing(null) {
      @Override
      Optional<Outcome> left(SwapEffect effect, Mark mark, Author author, Signs signs) {
        return asked(effect, "ended", Map.of("mark", mark.text()), signs);
      }

      @Override
      Optional<Outcome> fence(SwapEffect effect, Mark mark, Author author, Signs signs) {
        var needed = signs.needs().apply(databases(effect, "asked", Map.of()));
        var with =
            Map.of("mark", mark.text(), "oid", "" + needed.map(Databases.One::oid).orElse(0L));
        return asked(effect, "fenced", with, signs);
      }
    };
  }

  private Optional<Outcome> asked(
      SwapEffect effect, String what, Map<String, String> with, SwapClosing.Signs signs) {
    return signs.shown().apply(databases(effect, what, with));
  }

  private Databases databases(SwapEffect effect, String what, Map<String, String> with) {
    try {
      var said = outside.ask(where(effect, what), with, () -> true);
      if (said.status() != OK) {
        throw new NotKnownException("it cannot be reached", null);
      }
      return MemoryServer.read(said.text(), effect.names());
    } catch (IOException e) {
      throw new NotKnownException(e.getMessage(), e);
    }
  }
}
