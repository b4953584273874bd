package dev.backstep.gate.http;

import dev.backstep.expression.Expression;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.expression.Expressions;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;

/** Conditions on an HTTP answer. */
@ApplicationScoped
@Startup
public class AnswerConditions {
  private final Expressions expressions =
      new Expressions(
          Map.of(
              "status",
              SimpleType.INT,
              "headers",
              MapType.create(SimpleType.STRING, SimpleType.STRING),
              "body",
              SimpleType.DYN));

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
    return expressions.compiled(text);
  }
}
