package dev.backstep.expression;

import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.List;
import java.util.Map;

/** A CEL condition: true or false of some named values, at a bounded cost. */
public final class Expression {
  /** The budget counts each step of a loop more than once, so it is always used up first. */
  private static final CelOptions OPTIONS =
      CelOptions.current()
          .comprehensionMaxIterations(Budget.STEPS)
          // A rate of 0 is a whole number in JSON, and is still less than 0.5.
          .enableHeterogeneousNumericComparisons(true)
          .build();

  private static final CelRuntime RUNTIME = BoundedFunctions.runtime(OPTIONS);

  /** In characters: what is said of a value may have the value in it. */
  private static final int LONGEST_REASON = 200;

  private final CelRuntime.Program program;
  private final Places places;

  private Expression(CelRuntime.Program program, Places places) {
    this.program = program;
    this.places = places;
  }

  /** The text is no condition: the message names line and column. */
  public static final class InvalidExpressionException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidExpressionException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The condition has no result: a value is not there or does not fit, or it costs too much. */
  public static final class EvaluationFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    EvaluationFailedException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * What came out.
   *
   * @param met true: the condition holds
   * @param seen the values that decided, by the place they were found at, such as {@code body.ok}
   */
  public record Result(boolean met, Map<String, Object> seen) {}

  /**
   * Compiles a condition.
   *
   * @param variables the names it may use, with their types
   * @throws InvalidExpressionException when it does not compile or is not a condition
   */
  public static Expression compile(String text, Map<String, CelType> variables)
      throws InvalidExpressionException {
    return compile(text, variables, SimpleType.BOOL);
  }

  static Expression compile(String text, Map<String, CelType> variables, CelType result)
      throws InvalidExpressionException {
    var compiler =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .setResultType(result);
    variables.forEach(compiler::addVar);
    try {
      var ast = compiler.build().compile(text).getAst();
      return new Expression(RUNTIME.createProgram(ast), Places.of(ast, variables.keySet()));
    } catch (CelValidationException | CelEvaluationException e) {
      throw new InvalidExpressionException(oneLine(e.getMessage()), e);
    }
  }

  /** The members of a map variable that the condition names, each once: a in m.a and m['a']. */
  public List<String> members(String variable) {
    return places.members(variable);
  }

  /** True when the condition looks at a variable otherwise than by naming its members. */
  public boolean usesWhole(String variable) {
    return places.whole(variable);
  }

  /**
   * Evaluates the condition.
   *
   * @throws EvaluationFailedException when the values do not fit, such as a field that is not
   *     there, or when it takes too many steps or too long
   */
  public Result evaluate(Map<String, ?> values) throws EvaluationFailedException {
    var budget = new Budget(places);
    return new Result(Boolean.TRUE.equals(value(values, budget)), budget.seen());
  }

  /** What comes out, whatever it is. */
  Object value(Map<String, ?> values) throws EvaluationFailedException {
    return value(values, new Budget(places));
  }

  private Object value(Map<String, ?> values, Budget budget) throws EvaluationFailedException {
    try {
      var value = program.trace(values, budget);
      // An error of one side does not count where the other side of || or && decides.
      if (budget.exhausted()) {
        throw new EvaluationFailedException(Budget.EXHAUSTED, null);
      }
      return value;
    } catch (CelEvaluationException e) {
      throw new EvaluationFailedException(
          budget.exhausted() ? Budget.EXHAUSTED : reason(e.getMessage()), e);
    }
  }

  /** As {@link #evaluate}, where only the result counts. */
  public boolean test(Map<String, ?> values) throws EvaluationFailedException {
    return evaluate(values).met();
  }

  /** CEL draws an arrow under the place; a condition's message has one line. */
  private static String oneLine(String message) {
    return message.lines().findFirst().orElse(message).replace("ERROR: <input>:", "at ");
  }

  /** Without the values themselves, which may be anybody's. */
  private static String reason(String message) {
    var said = message.replaceFirst("^evaluation error(?: at <input>:\\d+)?: ", "");
    if (said.startsWith("For input string")) {
      return "a text is no number";
    }
    if (said.startsWith("Text '")) {
      return "a text is no time";
    }
    return said.length() <= LONGEST_REASON ? said : said.substring(0, LONGEST_REASON) + " ...";
  }
}
