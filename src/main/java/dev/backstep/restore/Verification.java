package dev.backstep.restore;

import dev.backstep.api.v1alpha1.restore.RestoreCheck;
import dev.backstep.api.v1alpha1.value.Query;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.database.Identity;
import dev.backstep.database.Judging;
import dev.backstep.database.Judging.Checked;
import dev.backstep.database.QueryAnswer;
import dev.backstep.database.SessionEndedException;
import dev.backstep.database.swap.Databases.One;
import dev.backstep.database.swap.SwapLooks;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.resource.Together;
import dev.cel.common.values.NullValue;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Asks what has to be true of restored data, and compares it with the data from before. */
@ApplicationScoped
public class Verification {
  /** What is asked may look at a whole table. */
  private static final String LIMIT = "5m";

  private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  private final SwapLooks looks;
  private final Judging judging = new Judging();

  public Verification(SwapLooks looks) {
    this.looks = looks;
  }

  @PostConstruct
  void warm() {
    judging.warm();
  }

  /** What is wrong with the conditions as they are written. */
  List<Problem> problems(List<RestoreCheck> checks) {
    return judging.problems(checks);
  }

  /**
   * Asks all of them, one after the other. The stage fails with a {@link SessionEndedException}
   * where the server is away, which is no verdict on the data.
   *
   * @param restored has the data that they are about
   * @param before what each query answered on the data from before
   */
  CompletionStage<List<Checked>> of(
      Situation now, One restored, Function<RestoreCheck, CompletionStage<Object>> before) {
    return Together.all(
        now.restore().verify().stream()
            .map(
                check ->
                    answer(check, now, restored)
                        .thenCombine(
                            before.apply(check), (is, was) -> judging.judged(check, is, was))
                        .exceptionally(error -> Judging.failed(check, answered(error)))
                        .thenApply(List::of)));
  }

  /** Why a question has no answer, where asking again would change nothing. */
  static Throwable answered(Throwable error) {
    var cause = Together.cause(error);
    if (cause instanceof SessionEndedException) {
      throw new CompletionException(cause);
    }
    return cause;
  }

  /** The value of a query on a database; null where that cannot answer it. */
  CompletionStage<Object> value(RestoreCheck check, Situation now, One database) {
    return answer(check, now, database)
        .thenApply(QueryAnswer::value)
        .exceptionally(
            error -> {
              answered(error);
              return NullValue.NULL_VALUE;
            });
  }

  /** What is left where the server could not be asked. */
  static Step again(Throwable error) {
    return Step.of(new Work.Rolling(Together.cause(error).getMessage(), ASK_AGAIN));
  }

  private CompletionStage<QueryAnswer> answer(RestoreCheck check, Situation now, One database) {
    var query = new Query(new Ref(now.restore().databaseRef()), check.query(), null, null, LIMIT);
    return looks.query(
        query,
        now.scope().author(),
        Map.of(),
        database.name(),
        new Identity(now.found().system(), database.oid()));
  }
}
