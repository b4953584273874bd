package dev.backstep.expression;

import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelOptions;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelStandardFunctions;
import dev.cel.runtime.CelStandardFunctions.StandardFunction;

/**
 * CEL's standard functions, where those that may take minutes in one step refuse to: nobody can end
 * a step that was begun.
 */
final class BoundedFunctions {
  /** How often one character may be compared with another: about a second. */
  private static final long LOOKS = 500_000_000;

  /** The same for regular expressions, whose steps are larger. */
  private static final long REGEX_STEPS = 100_000_000;

  private BoundedFunctions() {}

  static CelRuntime runtime(CelOptions options) {
    return CelRuntimeFactory.standardCelRuntimeBuilder()
        .setOptions(options)
        .setStandardEnvironmentEnabled(false)
        .setStandardFunctions(
            CelStandardFunctions.newBuilder()
                .excludeFunctions(StandardFunction.CONTAINS, StandardFunction.MATCHES)
                .build())
        .addFunctionBindings(
            CelFunctionBinding.fromOverloads(
                "contains", binding("contains_string", BoundedFunctions::contains)))
        .addFunctionBindings(
            CelFunctionBinding.fromOverloads(
                "matches",
                binding("matches", BoundedFunctions::matches),
                binding("matches_string", BoundedFunctions::matches)))
        .build();
  }

  /** What such a function does. */
  private interface OfTexts {
    boolean apply(String text, String other) throws CelEvaluationException;
  }

  private static CelFunctionBinding binding(String overload, OfTexts function) {
    return CelFunctionBinding.from(overload, String.class, String.class, function::apply);
  }

  private static boolean contains(String text, String part) throws CelEvaluationException {
    bound((long) text.length() * part.length(), LOOKS);
    return text.contains(part);
  }

  private static boolean matches(String text, String regex) throws CelEvaluationException {
    try {
      var pattern = RegularExpressions.compile(regex);
      bound((long) text.length() * pattern.programSize(), REGEX_STEPS);
      return pattern.matcher(text).find();
    } catch (PatternSyntaxException e) {
      throw new CelEvaluationException("the regular expression is none: " + e.getDescription());
    }
  }

  private static void bound(long steps, long limit) throws CelEvaluationException {
    if (steps > limit) {
      throw new CelEvaluationException(Budget.EXHAUSTED);
    }
  }
}
