package dev.backstep.http;

import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.cluster.Replica;
import dev.backstep.effect.Author;
import dev.backstep.measure.Reading;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Asks an HTTP endpoint and judges its answer by a CEL condition, on threads of its own: those that
 * carry the requests carry everybody's.
 */
@ApplicationScoped
public class HttpReadings {
  private static final int JUDGES = 4;

  /** An endpoint that hangs is not what a preflight is about. */
  private static final Duration ASKING = Duration.ofSeconds(10);

  private final HttpCaller caller;
  private final AnswerConditions conditions;
  private final ExecutorService judges;

  @Inject
  public HttpReadings(HttpCaller caller, AnswerConditions conditions) {
    this(caller, conditions, Executors.newFixedThreadPool(JUDGES));
  }

  /** With threads of the caller's choice. */
  HttpReadings(HttpCaller caller, AnswerConditions conditions, ExecutorService judges) {
    this.caller = caller;
    this.conditions = conditions;
    this.judges = judges;
  }

  /** What is wrong with a call as it is written; empty: nothing. */
  public Optional<String> invalid(Call call) {
    return conditions.invalid(call).or(() -> caller.refused(call).map("http."::concat));
  }

  /**
   * What a program of ours has to know that asks an endpoint itself; waits for the API server,
   * where it has to be asked where the Service is.
   *
   * @param count CEL on the answer: how many entries there are
   * @param folders where it finds Secrets, by their names
   * @throws ProblemException when it cannot be asked
   */
  public DownloadWish download(
      FullCall call, String count, Author author, Map<String, String> folders)
      throws ProblemException {
    return caller.download(call, count, author, folders);
  }

  /** What is wrong with a formula on an answer; empty: it compiles. */
  public Optional<String> invalidFormula(String formula) {
    return conditions.invalidFormula(formula);
  }

  /** What would keep a call from being made now; the caller's thread does not wait. */
  public CompletionStage<List<Problem>> problems(Call call, Author author) {
    return caller.problems(call, author);
  }

  /**
   * Asks once, or every replica once; never fails. Green: the condition holds; red: it does not, or
   * nobody answers; error: the request could not be made, or its answer not be judged.
   */
  public CompletionStage<Reading> of(Call call, Author author) {
    var full = FullCall.of(call);
    return full.ofEveryReplica()
        ? new EveryReplica(caller, it -> one(it, author)).of(full, author)
        : one(full, author);
  }

  /**
   * Asks one endpoint where something stands; never fails. As {@link #of}, but who does not answer
   * is an error: his silence does not say that the condition does not hold.
   */
  public CompletionStage<Reading> said(FullCall call, Author author) {
    return said(call, author, answer -> conditions.judge(call, answer));
  }

  /**
   * Asks one replica once for what a formula comes to on its answer; never fails. Green with the
   * value, or an error: whoever does not answer as wanted says nothing of what was asked.
   */
  public CompletionStage<Reading> value(Call call, String formula, Author author) {
    return said(FullCall.of(call), author, answer -> conditions.value(call, answer, formula));
  }

  private CompletionStage<Reading> said(
      FullCall call, Author author, Function<Answer, Reading> judge) {
    return caller
        .send(call, author)
        .handleAsync(
            (answer, error) ->
                error == null ? judge.apply(answer) : Reading.error(unanswered(error).message()),
            judges);
  }

  private CompletionStage<Reading> one(FullCall call, Author author) {
    return caller
        .send(call, author)
        .handleAsync(
            (answer, error) -> error == null ? conditions.judge(call, answer) : unanswered(error),
            judges);
  }

  /**
   * All replicas behind a call's Service.
   *
   * @param fresh as they are now; else as they were a moment ago. The Secrets are read anew too
   */
  public CompletionStage<List<Replica>> replicas(Call call, Author author, boolean fresh) {
    if (fresh) {
      caller.refresh(call, author);
    }
    return caller.replicas(call, author);
  }

  /**
   * Whether what a call shows of itself is accepted, found out by asking; empty: it is, or nobody
   * says that it is not. Only for calls that read.
   */
  public CompletionStage<Optional<Problem>> rejected(Call call, Author author) {
    var found =
        caller
            .send(call, author)
            .handle(
                (answer, error) ->
                    error == null && answer.rejectsCredentials()
                        ? Optional.of(rejected(call, answer))
                        : Optional.<Problem>empty())
            .toCompletableFuture()
            .completeOnTimeout(Optional.empty(), ASKING.toSeconds(), TimeUnit.SECONDS);
    return caller.handedOver(found);
  }

  private static Problem rejected(Call call, Answer answer) {
    var secrets = FullCall.of(call).secrets().distinct().sorted().toList();
    return new Problem(
        "CredentialsRejected",
        "%s %s answered %d: who asks was not accepted. %s"
            .formatted(
                call.method(),
                call.address(),
                answer.status(),
                secrets.isEmpty()
                    ? "Give it headers with valueFrom."
                    : "Correct Secret %s.".formatted(String.join(", ", secrets))));
  }

  @PreDestroy
  void stop() {
    judges.shutdownNow();
  }

  /** What is said of somebody who did not answer. */
  static Reading unanswered(Throwable error) {
    var cause = error instanceof CompletionException ? error.getCause() : error;
    return cause instanceof UnansweredException unanswered && !unanswered.ours()
        ? Reading.red(cause.getMessage())
        : Reading.error(cause.getMessage());
  }
}
