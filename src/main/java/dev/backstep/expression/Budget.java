package dev.backstep.expression;

import dev.cel.common.ast.CelExpr;
import dev.cel.runtime.CelEvaluationListener;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Watches a condition being evaluated: ends what takes too many steps, makes texts and lists that
 * are too long or takes too long, and remembers the values that were looked at.
 */
final class Budget implements CelEvaluationListener {
  /** Enough to look at every member of the largest answer once, several times over. */
  static final int STEPS = 500_000;

  static final String EXHAUSTED = "the condition takes too long; let it look at fewer values";

  private static final long NANOS = TimeUnit.SECONDS.toNanos(2);

  /** What an expression makes costs as many steps as there is in it, divided by this. */
  private static final int WEIGHT_OF_A_STEP = 16;

  private final Places places;
  private final Weights weights = new Weights();
  private final Map<String, Object> seen = new LinkedHashMap<>();
  private final long begun = System.nanoTime();
  private long steps;

  Budget(Places places) {
    this.places = places;
  }

  /** The cost of a condition is beyond its limits. */
  private static final class ExhaustedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ExhaustedException() {
      super(EXHAUSTED, null, false, false);
    }
  }

  @Override
  public void callback(CelExpr expression, Object value) {
    steps += cost(expression, value);
    if (exhausted()) {
      throw new ExhaustedException();
    }
    var place = places.at(expression.id());
    if (place != null) {
      seen.put(place, value);
    }
  }

  /** A loop that collects makes its list longer and longer, and pays for it once, at its end. */
  private long cost(CelExpr expression, Object value) {
    return switch (expression.getKind()) {
      case CALL -> places.collects(expression.id()) ? 1 : 1 + weights.of(value) / WEIGHT_OF_A_STEP;
      case LIST, MAP, COMPREHENSION -> 1 + weights.of(value) / WEIGHT_OF_A_STEP;
      default -> 1;
    };
  }

  boolean exhausted() {
    return steps > STEPS || System.nanoTime() - begun > NANOS;
  }

  Map<String, Object> seen() {
    return seen;
  }
}
