package dev.backstep.http;

import dev.backstep.cluster.ServiceAddresses;
import dev.backstep.http.HttpExchange.Answered;
import dev.backstep.http.RequestPreparation.Prepared;
import dev.backstep.measure.Reading;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.time.Durations;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;

/**
 * One answer that is kept, for a program that reaches no API server: where it is asked, and where
 * its Secrets are, is given to it. It is asked by the same code as every other endpoint.
 */
public final class Download implements AutoCloseable {
  /** In bytes: all of it is held in memory, and read by a formula. */
  private static final int LARGEST = 16 << 20;

  private static final int SERVER_ERROR = 500;

  /** Nobody answered, or somebody who cannot now. */
  public static final String UNANSWERED = "ExportUnanswered";

  private final Vertx vertx = Vertx.vertx();
  private final AnswerConditions conditions = new AnswerConditions();
  private final DownloadWish wish;

  public Download(DownloadWish wish) {
    this.wish = wish;
  }

  /**
   * What was answered.
   *
   * @param content as it came
   * @param count what the formula counted in it
   */
  public record Downloaded(byte[] content, long count) {}

  /**
   * Asks once.
   *
   * @throws ProblemException with reason {@link #UNANSWERED} when another time may help
   */
  public Downloaded get() throws ProblemException {
    var prepared = prepared();
    var answered = answered(prepared);
    var answer = HttpCaller.answer(answered, prepared.secrets());
    var judged = conditions.judge(wish.call(), answer);
    if (judged.color() != Reading.Color.GREEN) {
      throw new ProblemException(
          answer.status() >= SERVER_ERROR
              ? new Problem(UNANSWERED, "%s.".formatted(judged.message()))
              : new Problem(
                  "ExportRefused",
                  "%s. Correct export, or its headers.".formatted(judged.message())));
    }
    return new Downloaded(answered.body(), counted(answer, wish.count()));
  }

  private long counted(Answer answer, String formula) throws ProblemException {
    var counted = conditions.value(wish.call(), answer, formula);
    if (counted.color() == Reading.Color.GREEN
        && counted.value().isIntegralNumber()
        && counted.value().longValue() >= 0) {
      return counted.value().longValue();
    }
    throw new ProblemException(
        new Problem(
            "ExportNotCounted",
            "It is not known how many entries there are: %s. Correct exportCount (%s): it has to come to a whole number."
                .formatted(counted.message(), formula)));
  }

  private Prepared prepared() throws ProblemException {
    var call = wish.call();
    var options =
        call.url() == null
            ? RequestPreparation.to(
                new ServiceAddresses.Place(wish.ip(), wish.port()), call.service(), call.path())
            : RequestPreparation.address(URI.create(call.url()));
    return RequestPreparation.filled(options, call, key -> secret(key.name(), key.key()), Map.of());
  }

  private String secret(String name, String key) throws ProblemException {
    try {
      return Files.readString(Path.of(wish.folders().get(name)).resolve(key)).strip();
    } catch (IOException e) {
      throw new ProblemException(
          new Problem(
              "SecretMissing",
              "Secret %s has no key %s. Add it, or correct headers.".formatted(name, key)));
    }
  }

  private Answered answered(Prepared prepared) throws ProblemException {
    var call = wish.call();
    var exchange =
        new HttpExchange(
            vertx, new HostAddresses(vertx, new AddressRules(wish.allowedAddresses())), LARGEST);
    var sent =
        exchange.send(
            prepared.options(), prepared.body(), Durations.of(call.timeout()), Departure.anytime());
    try {
      return sent.toCompletionStage().toCompletableFuture().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the program is to end");
    } catch (ExecutionException e) {
      throw failed(call, e.getCause(), prepared);
    }
  }

  private static ProblemException failed(FullCall call, Throwable error, Prepared prepared) {
    var ours = HttpCaller.ours(error);
    var problem = ours.orElseGet(() -> HttpCaller.theirs(call, error));
    var said = SeenValues.without(prepared.secrets(), call.address() + problem.message());
    return new ProblemException(
        new Problem(ours.isPresent() ? problem.reason() : UNANSWERED, "%s.".formatted(said)));
  }

  @Override
  public void close() {
    vertx.close();
  }
}
