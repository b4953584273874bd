package dev.backstep.database;

import dev.backstep.expression.Expression;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.expression.Expressions;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;

/** Conditions on what a database looks like before a transaction is committed. */
@ApplicationScoped
@Startup(Expressions.WARM_UP)
public class CheckConditions {
  private final Expressions expressions =
      new Expressions(
          Map.of(
              "value",
              SimpleType.DYN,
              "before",
              SimpleType.DYN,
              "rows",
              ListType.create(MapType.create(SimpleType.STRING, SimpleType.DYN)),
              "affected",
              SimpleType.INT));

  @PostConstruct
  void warm() {
    expressions.warm("value == before");
  }

  /**
   * The condition, ready to be evaluated.
   *
   * @throws InvalidExpressionException when it does not compile
   */
  public Expression compiled(String text) throws InvalidExpressionException {
    return expressions.compiled(text);
  }
}
