package dev.backstep.expression;

import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.cel.common.types.CelType;
import java.util.LinkedHashMap;
import java.util.Map;

/** Conditions over the same variables, compiled once each; those used last are kept. */
public final class Expressions {
  private static final int KEPT = 1000;

  private final Map<String, CelType> variables;
  private final Map<String, Expression> compiled;

  /**
   * Conditions over these variables.
   *
   * @param variables the names they may use, with their types
   */
  public Expressions(Map<String, CelType> variables) {
    this(variables, KEPT);
  }

  Expressions(Map<String, CelType> variables, int kept) {
    this.variables = Map.copyOf(variables);
    compiled = new Recent(kept);
  }

  private static final class Recent extends LinkedHashMap<String, Expression> {
    private static final long serialVersionUID = 1L;

    private final int kept;

    Recent(int kept) {
      super(16, 0.75f, true);
      this.kept = kept;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Expression> eldest) {
      return size() > kept;
    }
  }

  /**
   * The condition, ready to be evaluated.
   *
   * @throws InvalidExpressionException when it does not compile or is not a condition
   */
  public Expression compiled(String text) throws InvalidExpressionException {
    synchronized (compiled) {
      var cached = compiled.get(text);
      if (cached != null) {
        return cached;
      }
    }
    var made = Expression.compile(text, variables);
    synchronized (compiled) {
      compiled.put(text, made);
    }
    return made;
  }
}
