package dev.backstep.means.http;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Taken;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.sync.HttpSwitch;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Replica;
import dev.backstep.effect.Author;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.http.FullCall;
import dev.backstep.http.HttpReadings;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The switch that an application has itself. Where it stands is read at each replica, whoever came
 * or was restarted meanwhile; only who says otherwise is told.
 */
@ApplicationScoped
public class HttpSwitchExecutor implements ActionExecutor<HttpSwitch> {
  /** As many as one gate asks. */
  private static final int MOST = 100;

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final HttpReadings readings;

  public HttpSwitchExecutor(HttpReadings readings) {
    this.readings = readings;
  }

  @Override
  public Class<HttpSwitch> type() {
    return HttpSwitch.class;
  }

  @Override
  public Traits traits(HttpSwitch means) {
    return Traits.HOLD;
  }

  @Override
  public List<Right> rights(HttpSwitch means, ActionScope scope) {
    return Right.ofSecrets(calls(means).flatMap(FullCall::secrets));
  }

  private static Stream<FullCall> calls(HttpSwitch means) {
    return Stream.concat(
        Stream.of(
            FullCall.of(means, means.disable()), FullCall.of(means, means.enable()), status(means)),
        CatchUp.call(means).stream());
  }

  private static FullCall status(HttpSwitch means) {
    return FullCall.reading(means, means.status());
  }

  @Override
  public CompletionStage<List<Problem>> preflight(HttpSwitch means, ActionScope scope) {
    var written =
        calls(means)
            .flatMap(call -> readings.invalid(call).stream())
            .distinct()
            .map(wrong -> new Problem("CallInvalid", said(wrong, scope)))
            .toList();
    return written.isEmpty() ? now(means, scope) : CompletableFuture.completedStage(written);
  }

  /** What keeps the calls from being made now; then whether {@code status} is let in. */
  private CompletionStage<List<Problem>> now(HttpSwitch means, ActionScope scope) {
    return all(calls(means).map(call -> readings.problems(call, scope.author())).toList())
        .thenApply(found -> found.stream().flatMap(List::stream).distinct().toList())
        .thenCompose(
            found ->
                found.isEmpty()
                    ? readings
                        .rejected(status(means), scope.author())
                        .thenApply(rejected -> rejected.stream().toList())
                    : CompletableFuture.completedStage(found))
        .thenApply(
            found ->
                found.stream()
                    .map(it -> new Problem(it.reason(), said(it.message(), scope)))
                    .toList());
  }

  private static String said(String problem, ActionScope scope) {
    return "Means %s: %s.".formatted(scope.action(), problem.replaceFirst("\\.$", ""));
  }

  private static <T> CompletionStage<List<T>> all(List<CompletionStage<T>> stages) {
    var futures = stages.stream().map(CompletionStage::toCompletableFuture).toList();
    return CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0]))
        .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
  }

  @Override
  public CompletionStage<Step> next(HttpSwitch means, ActionScope scope) {
    return looked(means, scope, new Told(means, scope)::off);
  }

  /** Whoever is there and says that it is off is switched on, whether it was told or not. */
  @Override
  public CompletionStage<Step> back(HttpSwitch means, Taken taken, ActionScope scope) {
    var told = new Told(means, scope);
    return told.anybody()
        ? looked(means, scope, told::on)
            .thenApply(step -> new CatchUp(means, taken, scope).after(step))
        : Step.done("It was off before, so it stays as it is.").now();
  }

  private CompletionStage<Step> looked(
      HttpSwitch means, ActionScope scope, Function<List<Standing>, Step> step) {
    return standings(means, scope.author())
        .thenApply(step)
        .exceptionally(HttpSwitchExecutor::unknown);
  }

  /** Who is there, now: one that came a moment ago may be on. */
  private CompletionStage<List<Standing>> standings(HttpSwitch means, Author author) {
    var status = status(means);
    if (!status.ofEveryReplica()) {
      return all(List.of(standing(status, Optional.empty(), author)));
    }
    return readings
        .replicas(status, author, true)
        .thenCompose(
            replicas -> {
              if (replicas.size() > MOST) {
                throw new TooManyException(replicas.size());
              }
              return all(
                  replicas.stream()
                      .map(it -> standing(status.at(it), Optional.of(it), author))
                      .toList());
            });
  }

  private CompletionStage<Standing> standing(
      FullCall status, Optional<Replica> replica, Author author) {
    return readings.said(status, author).thenApply(reading -> new Standing(replica, reading));
  }

  private static Step unknown(Throwable error) {
    var cause = error instanceof CompletionException ? error.getCause() : error;
    return cause instanceof TooManyException
        ? Step.impossible("TooManyReplicas", cause.getMessage())
        : Step.of(new Work.Rolling("%s.".formatted(cause.getMessage()), LOOK_AGAIN));
  }

  /** Nobody asks so many one by one. */
  private static final class TooManyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyException(int replicas) {
      super(
          "There are %d replicas, and more than %d are not asked one by one."
              .formatted(replicas, MOST));
    }
  }
}
