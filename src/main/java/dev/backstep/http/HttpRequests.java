package dev.backstep.http;

import dev.backstep.effect.Author;
import dev.backstep.effect.Effector;
import dev.backstep.effect.Mark;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.measure.Reading;
import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/**
 * Sends requests that change something. They leave nothing behind that could be looked at, so one
 * whose answer was lost is sent again where that does no harm, is asked for where the plan says
 * how, and else is not known.
 */
@ApplicationScoped
public class HttpRequests implements Effector<HttpRequest> {
  private static final String KEY = "Idempotency-Key";

  private final HttpCaller caller;
  private final AnswerConditions conditions;
  private final Clock clock;

  public HttpRequests(HttpCaller caller, AnswerConditions conditions, Clock clock) {
    this.caller = caller;
    this.conditions = conditions;
    this.clock = clock;
  }

  @Override
  public Class<HttpRequest> type() {
    return HttpRequest.class;
  }

  /** {@inheritDoc} Waits for the answer, with the limits of {@link HttpCaller#send}. */
  @Override
  public Outcome send(HttpRequest effect, Mark mark, Author author, Instant notAfter) {
    // Rare, and final: an address or a token of ten minutes ago is not good enough.
    caller.refresh(effect.call(), author);
    var headers = effect.idempotent() ? Map.of(KEY, effect.key(mark)) : Map.<String, String>of();
    var departure = Departure.until(notAfter, clock);
    try {
      var answer = answered(caller.send(effect.call(), author, headers, departure));
      var reading = conditions.judge(effect.call(), answer);
      return switch (reading.color()) {
        case GREEN -> Outcome.Applied.saying("answered %d".formatted(answer.status()));
        case RED -> new Outcome.Failed(unexpected(reading));
        default -> verdict(effect, author, unexpected(reading), null);
      };
    } catch (UnansweredException e) {
      if (e.left()) {
        return lost(effect, e, notAfter);
      }
      var gone = effect.call().replica() != null && e.nobodyThere();
      return gone && effect.reverses() != null
          ? Outcome.Applied.saying("it is gone, and what was done to it with it")
          : new Outcome.NotSent(e.problem());
    }
  }

  private Outcome lost(HttpRequest effect, UnansweredException why, Instant notAfter) {
    if (effect.idempotent() || effect.verify() != null) {
      throw new NotKnownException(why.getMessage());
    }
    var now = clock.instant();
    return unknown(
        effect, why.getMessage(), lands(effect, now.isBefore(notAfter) ? now : notAfter));
  }

  @Override
  public Outcome close(
      HttpRequest effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    var inTime = !clock.instant().isAfter(notAfter);
    if (wanted && effect.idempotent() && inTime) {
      return sentAgain(effect, author, send(effect, mark, author, notAfter), notAfter);
    }
    var lands = lands(effect, notAfter);
    return effect.verify() == null
        ? unknown(effect, "It is not known whether it was sent", lands)
        : verified(effect, author, lands);
  }

  /** A second request that was not sent, or refused, says nothing about the first. */
  private Outcome sentAgain(HttpRequest effect, Author author, Outcome outcome, Instant notAfter) {
    if (outcome instanceof Outcome.NotSent notSent) {
      throw new NotKnownException(notSent.problem().message());
    }
    return outcome instanceof Outcome.Failed failed
        ? verdict(effect, author, failed.problem(), lands(effect, notAfter))
        : outcome;
  }

  /**
   * What is said of a request that did not end well: failed, unless {@code verify} knows better.
   */
  private Outcome verdict(HttpRequest effect, Author author, Problem problem, Instant lands) {
    var reading = effect.verify() == null ? Reading.none() : read(effect.verify(), author);
    return switch (reading.color()) {
      case GREEN -> Outcome.Applied.saying(reading.message());
      case RED -> new Outcome.Failed(problem);
      default -> unknown(effect, problem.message(), lands);
    };
  }

  /** What {@code verify} says of a request that may have been sent by a process that is gone. */
  private Outcome verified(HttpRequest effect, Author author, Instant lands) {
    var reading = read(effect.verify(), author);
    if (reading.color() == Reading.Color.GREEN) {
      return Outcome.Applied.saying(reading.message());
    }
    if (reading.color() == Reading.Color.RED && clock.instant().isAfter(lands)) {
      return new Outcome.Refused(null);
    }
    throw new NotKnownException(reading.message());
  }

  /** Red only where somebody answered: silence does not say that nothing was done. */
  private Reading read(FullCall call, Author author) {
    try {
      return conditions.judge(call, answered(caller.send(call, author)));
    } catch (UnansweredException e) {
      return Reading.error(e.getMessage());
    }
  }

  private Outcome unknown(HttpRequest effect, String why, Instant lands) {
    return new Outcome.Unknown(
        "%s %s may have been carried out: look at %s."
            .formatted(Sentences.of(why), effect.summary(), effect.target()),
        lands == null || clock.instant().isAfter(lands) ? null : lands);
  }

  private static Problem unexpected(Reading reading) {
    return new Problem("UnexpectedAnswer", Sentences.of(reading.message()));
  }

  /** Until when one that left by then may still be carried out. */
  private static Instant lands(HttpRequest effect, Instant left) {
    return left.plus(Durations.of(effect.call().timeout()));
  }

  @Override
  public List<String> preview(HttpRequest effect, Author author) {
    return effect.verify() == null
        ? List.of(effect.described())
        : List.of(effect.described(), saysNow(effect, author));
  }

  private String saysNow(HttpRequest effect, Author author) {
    var reading = read(effect.verify(), author);
    var says =
        switch (reading.color()) {
          case GREEN -> "done already";
          case RED -> "not done yet";
          default -> "not known";
        };
    return "verify: %s (%s)".formatted(says, reading.message());
  }

  @Override
  public CompletionStage<Step> reverse(
      List<Sent<HttpRequest>> sent, List<Sent<?>> back, Author author) {
    return new HttpReversal(back).of(sent).now();
  }

  private static Answer answered(CompletionStage<Answer> stage) throws UnansweredException {
    try {
      return stage.toCompletableFuture().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotKnownException("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnansweredException unanswered) {
        throw unanswered;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
