package dev.backstep.expression;

import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.Map;

/** A CEL condition: true or false of some named values. */
public final class Expression {
  private static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder().build();

  private final CelRuntime.Program program;

  private Expression(CelRuntime.Program program) {
    this.program = program;
  }

  /** The text is no condition: the message names line and column. */
  public static final class InvalidExpressionException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidExpressionException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Compiles a condition.
   *
   * @param variables the names it may use, with their types
   * @throws InvalidExpressionException when it does not compile or is not a condition
   */
  public static Expression compile(String text, Map<String, CelType> variables)
      throws InvalidExpressionException {
    var compiler = CelCompilerFactory.standardCelCompilerBuilder().setResultType(SimpleType.BOOL);
    variables.forEach(compiler::addVar);
    try {
      return new Expression(RUNTIME.createProgram(compiler.build().compile(text).getAst()));
    } catch (CelValidationException | CelEvaluationException e) {
      throw new InvalidExpressionException(oneLine(e.getMessage()), e);
    }
  }

  /**
   * Evaluates the condition.
   *
   * @throws CelEvaluationException when the values do not fit, such as a field that is not there
   */
  public boolean test(Map<String, ?> values) throws CelEvaluationException {
    return Boolean.TRUE.equals(program.eval(values));
  }

  /** CEL draws an arrow under the place; a condition's message has one line. */
  private static String oneLine(String message) {
    return message.lines().findFirst().orElse(message).replace("ERROR: <input>:", "at ");
  }
}
