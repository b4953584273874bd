package dev.backstep.synccontrol.queue;

import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.api.v1alpha1.sync.AutoDisable;
import dev.backstep.api.v1alpha1.sync.QueueStatus;
import dev.backstep.api.v1alpha1.sync.QueueStatus.Growth;
import dev.backstep.api.v1alpha1.sync.SyncQueue;
import dev.backstep.expression.Expression;
import dev.backstep.expression.Expression.EvaluationFailedException;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.expression.Expressions;
import dev.backstep.expression.Words;
import dev.backstep.synccontrol.decide.AutoDisabling.Judged;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.NullValue;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The conditions of {@code autoDisable}. */
@ApplicationScoped
public class RuleConditions {
  private static final String AGE = "lastSyncAge";
  private static final String SIZE_GROWTH = "sizeGrowth";
  private static final String FAILED_GROWTH = "failedGrowth";

  /** What each variable is made of. */
  private static final Map<String, String> SOURCES =
      Map.of(
          SyncQueue.SIZE,
          SyncQueue.SIZE,
          SIZE_GROWTH,
          SyncQueue.SIZE,
          SyncQueue.FAILED,
          SyncQueue.FAILED,
          FAILED_GROWTH,
          SyncQueue.FAILED,
          AGE,
          SyncQueue.LAST_SYNC);

  private final Expressions expressions =
      new Expressions(
          SOURCES.keySet().stream()
              .collect(Collectors.toMap(Function.identity(), name -> SimpleType.DYN)));

  /** What is wrong with the rules as they are written, each in a sentence. */
  List<String> problems(SyncControlSpec spec) {
    return spec.autoDisable().stream()
        .flatMap(
            rule ->
                Stream.concat(
                    problems(spec, rule, "when", rule.when()),
                    problems(spec, rule, "until", rule.until())))
        .toList();
  }

  private Stream<String> problems(
      SyncControlSpec spec, AutoDisable rule, String field, String condition) {
    if (condition == null) {
      return Stream.of();
    }
    try {
      var compiled = expressions.compiled(condition);
      return SOURCES.entrySet().stream()
          .filter(it -> compiled.usesWhole(it.getKey()))
          .filter(it -> !spec.queue().measured().containsKey(it.getValue()))
          .map(
              it ->
                  "%s of rule %s looks at %s, which is not measured: say how in spec.queue.%s."
                      .formatted(field, rule.name(), it.getKey(), it.getValue()))
          .sorted();
    } catch (InvalidExpressionException e) {
      return Stream.of(
          "%s of rule %s does not compile %s: correct it in spec.autoDisable."
              .formatted(field, rule.name(), e.getMessage()));
    }
  }

  /** What each rule says of what was measured. */
  Map<String, Judged> judged(SyncControlSpec spec, QueueStatus queue, Instant now) {
    var values = values(queue, now);
    return spec.autoDisable().stream()
        .collect(Collectors.toMap(AutoDisable::name, rule -> judged(rule, values)));
  }

  private Judged judged(AutoDisable rule, Map<String, Object> values) {
    var when = result(rule.when(), values);
    var until = Optional.ofNullable(rule.until()).flatMap(it -> result(it, values));
    return new Judged(
        when.filter(Expression.Result::met).isPresent(),
        until.filter(Expression.Result::met).isPresent(),
        when.map(it -> Words.of(it.seen())).orElse(""));
  }

  /** Empty: what it looks at is not known, so it says nothing. */
  private Optional<Expression.Result> result(String condition, Map<String, Object> values) {
    try {
      return Optional.of(expressions.compiled(condition).evaluate(values));
    } catch (InvalidExpressionException | EvaluationFailedException e) {
      return Optional.empty();
    }
  }

  private static Map<String, Object> values(QueueStatus queue, Instant now) {
    var growth = Optional.ofNullable(queue.growthPerMinute());
    var values = new HashMap<String, Object>();
    values.put(SyncQueue.SIZE, known(queue.size()));
    values.put(SyncQueue.FAILED, known(queue.failed()));
    values.put(SIZE_GROWTH, known(growth.map(Growth::size).orElse(null)));
    values.put(FAILED_GROWTH, known(growth.map(Growth::failed).orElse(null)));
    values.put(AGE, known(age(queue.lastSync(), now)));
    return values;
  }

  private static Long age(Instant lastSync, Instant now) {
    return lastSync == null ? null : Math.max(0, Duration.between(lastSync, now).toSeconds());
  }

  private static Object known(Long value) {
    return value == null ? NullValue.NULL_VALUE : value;
  }
}
