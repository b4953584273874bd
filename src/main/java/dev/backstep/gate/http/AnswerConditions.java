package dev.backstep.gate.http;

import dev.backstep.expression.Expression;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Conditions on an HTTP answer, compiled once each. */
@ApplicationScoped
@Startup
public class AnswerConditions {
  private static final Map<String, CelType> VARIABLES =
      Map.of(
          "status",
          SimpleType.INT,
          "headers",
          MapType.create(SimpleType.STRING, SimpleType.STRING),
          "body",
          SimpleType.DYN);

  private final Map<String, Expression> compiled = new ConcurrentHashMap<>();

  /** The first compilation takes half a second: not in the middle of an incident. */
  @PostConstruct
  void warm() {
    try {
      compiled("status >= 200 && status < 300");
    } catch (InvalidExpressionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The condition, ready to be evaluated. */
  Expression compiled(String text) throws InvalidExpressionException {
    var known = compiled.get(text);
    if (known == null) {
      known = Expression.compile(text, VARIABLES);
      compiled.put(text, known);
    }
    return known;
  }
}
