package dev.backstep.argument;

import com.google.re2j.PatternSyntaxException;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.ladder.Argument;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.expression.RegularExpressions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The args that a plan has, and the values that a run gives them. */
final class Declared {
  private static final String DEFAULT_PATTERN = "[A-Za-z0-9._:/-]{1,200}";

  private final List<Argument> all;
  private final Map<String, Argument> byName = new LinkedHashMap<>();

  Declared(RollbackPlanSpec plan) {
    all = plan.args();
    all.forEach(argument -> byName.put(argument.name(), argument));
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  /** True for one that has a value when no run gives it one. */
  boolean hasDefault(String name) {
    return byName.get(name).defaultValue() != null;
  }

  /** What is wrong with them. */
  Stream<String> invalid() {
    var twice =
        byName.size() < all.size()
            ? Stream.of("spec.args: two args have the same name")
            : Stream.<String>empty();
    return Stream.concat(
        byName.values().stream().map(Declared::ofDefault).flatMap(Optional::stream), twice);
  }

  private static Optional<String> ofDefault(Argument argument) {
    var at = "spec.args, arg %s".formatted(argument.name());
    try {
      var pattern = RegularExpressions.compile(pattern(argument));
      return argument.defaultValue() == null || pattern.matches(argument.defaultValue())
          ? Optional.empty()
          : Optional.of(
              "%s: the default does not match the pattern %s".formatted(at, pattern(argument)));
    } catch (PatternSyntaxException e) {
      return Optional.of("%s: pattern is no RE2 expression: %s".formatted(at, e.getMessage()));
    }
  }

  /** What is wrong with the values that a run gives. */
  Stream<String> wrong(Run run) {
    var given = given(run);
    var twice =
        run.args() != null && given.size() < run.args().size()
            ? Stream.of("the run gives an arg twice")
            : Stream.<String>empty();
    return Stream.concat(
        twice,
        given.entrySet().stream()
            .map(it -> wrong(it.getKey(), it.getValue()))
            .flatMap(Optional::stream));
  }

  private Optional<String> wrong(String name, String value) {
    var argument = byName.get(name);
    if (argument == null) {
      return Optional.of("the plan has no arg %s, it has %s".formatted(name, byName.keySet()));
    }
    return matches(argument, value)
        ? Optional.empty()
        : Optional.of("arg %s must match %s".formatted(name, pattern(argument)));
  }

  /** What the run gives, and else the defaults, by name; without a run the defaults alone. */
  Map<String, String> values(Run run) {
    var values = new HashMap<String, String>();
    var given = given(run);
    byName.forEach(
        (name, argument) ->
            Optional.ofNullable(given.getOrDefault(name, argument.defaultValue()))
                .ifPresent(value -> values.put(name, value)));
    return values;
  }

  private static Map<String, String> given(Run run) {
    var given = new LinkedHashMap<String, String>();
    if (run != null && run.args() != null) {
      run.args().forEach(value -> given.put(value.name(), value.value()));
    }
    return given;
  }

  private static boolean matches(Argument argument, String value) {
    try {
      return RegularExpressions.compile(pattern(argument)).matches(value);
    } catch (PatternSyntaxException e) {
      // The plan itself says so, and is not carried out.
      return false;
    }
  }

  private static String pattern(Argument argument) {
    return argument.pattern() == null ? DEFAULT_PATTERN : argument.pattern();
  }
}
