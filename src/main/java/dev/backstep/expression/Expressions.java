package dev.backstep.expression;

import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.memory.Recent;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import java.util.Map;

/** Conditions over the same variables, compiled once each; those used last are kept. */
public final class Expressions {
  /**
   * When a bean is to be made that warms its conditions: when the process has started all else,
   * which need not wait for that.
   */
  public static final int WARM_UP = 6000;

  private static final int KEPT = 1000;

  private final Map<String, CelType> variables;
  private final CelType result;
  private final Recent<String, Expression> compiled;

  /**
   * Conditions over these variables.
   *
   * @param variables the names they may use, with their types
   */
  public Expressions(Map<String, CelType> variables) {
    this(variables, KEPT);
  }

  Expressions(Map<String, CelType> variables, int kept) {
    this(variables, kept, SimpleType.BOOL);
  }

  private Expressions(Map<String, CelType> variables, int kept, CelType result) {
    this.variables = Map.copyOf(variables);
    this.result = result;
    compiled = new Recent<>(kept);
  }

  /** Expressions over these variables that may come to anything. */
  static Expressions ofAnything(Map<String, CelType> variables) {
    return new Expressions(variables, KEPT, SimpleType.DYN);
  }

  /**
   * The condition, ready to be evaluated.
   *
   * @throws InvalidExpressionException when it does not compile or is not a condition
   */
  public Expression compiled(String text) throws InvalidExpressionException {
    var cached = compiled.get(text);
    if (cached.isPresent()) {
      return cached.get();
    }
    var made = Expression.compile(text, variables, result);
    compiled.put(text, made);
    return made;
  }

  /** The first compilation takes half a second: not in the middle of an incident. */
  public void warm(String condition) {
    try {
      compiled(condition);
    } catch (InvalidExpressionException e) {
      throw new IllegalStateException(e);
    }
  }
}
