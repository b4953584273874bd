package dev.backstep.metrics;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the conditions of an object of any kind say. */
final class ConditionFigures {
  private ConditionFigures() {}

  static void say(Figures.Of figures, List<Condition> conditions) {
    for (var condition : conditions) {
      var type = condition.getType();
      if (type.startsWith(ConditionTypes.GATE_PREFIX)) {
        gate(figures, condition, type.substring(ConditionTypes.GATE_PREFIX.length()));
      } else {
        since(condition)
            .ifPresent(at -> figures.time(Figure.CONDITION_SINCE, at, type, condition.getStatus()));
      }
    }
  }

  /** A gate that is not measured now, because nobody asks for it, says nothing. */
  private static void gate(Figures.Of figures, Condition condition, String gate) {
    if (!Reasons.NOT_MEASURED.equals(condition.getReason())) {
      figures.say(Figure.GATE, value(condition.getStatus()), gate);
    }
  }

  private static double value(String status) {
    return switch (status) {
      case "True" -> 1;
      case "False" -> 0;
      default -> -1;
    };
  }

  /** Anybody with the right may have written a status: a time that is none says nothing. */
  private static Optional<Instant> since(Condition condition) {
    try {
      return Optional.ofNullable(condition.getLastTransitionTime()).map(Instant::parse);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
