package dev.backstep.http;

import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.cluster.NoReplicaException;
import dev.backstep.cluster.Replica;
import dev.backstep.effect.Author;
import dev.backstep.http.HttpExchange.Answered;
import dev.backstep.http.RequestPreparation.Prepared;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.time.Durations;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClientResponse;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Sends HTTP requests to Services of a plan's namespace, and to allowed hosts: each once, without
 * following redirects, and never for longer than the call says.
 */
@ApplicationScoped
public class HttpCaller {
  /** For the API server, to say where a request goes and what is in its Secrets. */
  private static final Duration PREPARING = Duration.ofSeconds(20);

  private static final int ANSWERS = 8;

  /** Whoever is told something there may go on by asking the API server, and wait for it. */
  private final ExecutorService answers = Executors.newFixedThreadPool(ANSWERS);

  private final Vertx vertx;
  private final HttpExchange exchange;
  private final RequestPreparation preparation;

  public HttpCaller(Vertx vertx, RequestPreparation preparation, AddressRules rules) {
    this.vertx = vertx;
    this.exchange = new HttpExchange(vertx, new HostAddresses(vertx, rules), HttpExchange.SMALL);
    this.preparation = preparation;
  }

  /** Why the plan's address is not allowed; empty: it is. */
  public Optional<String> refused(Call call) {
    return preparation.refused(call);
  }

  /**
   * What would keep a request from being made now, by what the API server says now and not what it
   * said before; the caller's thread does not wait.
   */
  public CompletionStage<List<Problem>> problems(Call call, Author author) {
    return handedOver(
        vertx
            .executeBlocking(() -> problem(call, author).stream().toList(), false)
            .timeout(PREPARING.toMillis(), TimeUnit.MILLISECONDS)
            .toCompletionStage());
  }

  /** As {@link HttpReadings#download}. */
  DownloadWish download(FullCall call, String count, Author author, Map<String, String> folders)
      throws ProblemException {
    return preparation.download(call, count, author, folders);
  }

  private Optional<Problem> problem(Call call, Author author) {
    var full = FullCall.of(call);
    preparation.forgetAll(full, author);
    try {
      preparation.prepare(full, author, Map.of());
      return Optional.empty();
    } catch (NoReplicaException e) {
      // It can be asked, and does not answer: that is a result.
      return Optional.empty();
    } catch (ProblemException e) {
      return Optional.of(e.problem());
    }
  }

  /** Sends a request that may leave at any time; see below. */
  public CompletionStage<Answer> send(Call call, Author author) {
    return send(call, author, Map.of(), Departure.anytime());
  }

  /**
   * Sends a request; the caller's thread does not wait. The stage fails with an {@link
   * UnansweredException}, and ends in any case: at most 20 s after the call's own timeout.
   *
   * @param headers come on top of the call's own, and instead of those of the same name
   * @param departure asked right before the first byte leaves
   */
  public CompletionStage<Answer> send(
      Call call, Author author, Map<String, String> headers, Departure departure) {
    var full = FullCall.of(call);
    return vertx
        .executeBlocking(() -> preparation.prepare(full, author, headers), false)
        .timeout(PREPARING.toMillis(), TimeUnit.MILLISECONDS)
        .recover(error -> Future.failedFuture(unprepared(full, error)))
        .compose(prepared -> exchange(full, prepared, departure))
        .onSuccess(answer -> answered(full, author, answer))
        .recover(error -> doubted(full, author, error))
        .toCompletionStage();
  }

  /**
   * The address and the Secrets of a call are read anew for its next request; those of one replica
   * only where it is.
   */
  public void refresh(Call call, Author author) {
    preparation.forgetAll(FullCall.of(call), author);
  }

  /**
   * All replicas behind the call's Service; fails with a {@link ProblemException} when that cannot
   * be found out.
   */
  public CompletionStage<List<Replica>> replicas(Call call, Author author) {
    return handedOver(
        vertx
            .executeBlocking(() -> preparation.replicas(call, author), false)
            .timeout(PREPARING.toMillis(), TimeUnit.MILLISECONDS)
            .recover(error -> Future.failedFuture(unprepared(FullCall.of(call), error)))
            .toCompletionStage());
  }

  /** The same, known on a thread that carries no requests: those carry everybody's. */
  <T> CompletionStage<T> handedOver(CompletionStage<T> stage) {
    return stage.whenCompleteAsync((found, error) -> {}, answers);
  }

  @PreDestroy
  void stop() {
    answers.shutdownNow();
  }

  private void answered(FullCall call, Author author, Answer answer) {
    preparation.trustAddress(call, author);
    if (answer.rejectsCredentials()) {
      preparation.forgetSecrets(call, author);
    }
  }

  /** Where nobody is reached at a Service that is gone, it is not the endpoint that failed. */
  private Future<Answer> doubted(FullCall call, Author author, Throwable error) {
    var doubted =
        error instanceof UnansweredException unanswered
            && !unanswered.ours()
            && preparation.doubtAddress(call, author)
            && !unanswered.left();
    return doubted
        ? vertx
            .<Answer>executeBlocking(
                () -> {
                  preparation.findAddress(call, author);
                  throw (UnansweredException) error;
                },
                false)
            .timeout(PREPARING.toMillis(), TimeUnit.MILLISECONDS)
            .recover(
                looked ->
                    Future.failedFuture(
                        looked instanceof UnansweredException ? looked : unprepared(call, looked)))
        : Future.failedFuture(error);
  }

  private Future<Answer> exchange(FullCall call, Prepared prepared, Departure departure) {
    return exchange
        .send(prepared.options(), prepared.body(), Durations.of(call.timeout()), departure)
        .map(answered -> answer(answered, prepared.secrets()))
        .recover(
            error -> {
              var ours = ours(error);
              var problem = ours.orElseGet(() -> theirs(call, error));
              var said = SeenValues.without(prepared.secrets(), call.address() + problem.message());
              return Future.failedFuture(
                  new UnansweredException(
                      new Problem(problem.reason(), said), departure.left(), ours.isPresent()));
            });
  }

  /** An answer, as it is judged. */
  static Answer answer(Answered answered, List<String> secrets) {
    var head = answered.head();
    var body = new String(answered.body(), StandardCharsets.UTF_8);
    return new Answer(head.statusCode(), headers(head), body, secrets);
  }

  private static Map<String, String> headers(HttpClientResponse response) {
    var headers = new TreeMap<String, String>();
    response
        .headers()
        .forEach((name, value) -> headers.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
    return headers;
  }

  /** Where nobody is ready, it is the Service that failed. */
  private static UnansweredException unprepared(Call call, Throwable error) {
    if (error instanceof NoReplicaException none) {
      var said = "%s gave no answer: %s".formatted(call.address(), none.getMessage());
      return new UnansweredException(new Problem(none.problem().reason(), said), false, false);
    }
    var problem =
        error instanceof ProblemException known
            ? known.problem()
            : new Problem(
                "RequestNotMade",
                "%s could not be asked: %s".formatted(call.address(), error.getMessage()));
    return new UnansweredException(problem, false, true);
  }

  /** What is wrong on this side; empty: the endpoint is the one that failed. */
  static Optional<Problem> ours(Throwable error) {
    if (error instanceof ProblemException known) {
      return Optional.of(known.problem());
    }
    if (error instanceof UnknownHostException) {
      return Optional.of(new Problem("HostUnknown", ": the host is not known"));
    }
    if (error instanceof SSLException) {
      return Optional.of(
          new Problem("TlsFailed", ": TLS failed: %s".formatted(error.getMessage())));
    }
    return error instanceof ConnectionPoolTooBusyException
        ? Optional.of(new Problem("TooBusy", " is asked by too many at the same time"))
        : Optional.empty();
  }

  /** How the endpoint failed. */
  static Problem theirs(Call call, Throwable error) {
    return error instanceof TimeoutException
        ? new Problem("NoAnswer", " gave no complete answer within %s".formatted(call.timeout()))
        : new Problem("NoAnswer", " gave no answer: %s".formatted(error.getMessage()));
  }
}
