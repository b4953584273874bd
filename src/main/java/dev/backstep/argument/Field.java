package dev.backstep.argument;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.re2j.Pattern;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.value.MayHoldArgs;
import dev.backstep.api.v1alpha1.value.MayHoldArgs.Escape;
import dev.backstep.database.Script;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One text of a plan.
 *
 * @param path where it stands, such as {@code spec.gates[0].http.path}
 * @param holds how args get into it; empty: they do not
 * @param text as the plan has it
 */
record Field(String path, Optional<MayHoldArgs> holds, String text) {
  private static final Pattern USE = Pattern.compile("\\$\\(args\\.([a-z][a-z0-9_]*)\\)");

  /** What looks like the use of an arg, also where none is filled in. */
  private static final String LIKE_A_USE = "$(args.";

  private boolean is(Escape escape) {
    return holds.filter(it -> it.escape() == escape).isPresent();
  }

  private boolean fillable() {
    return holds.isPresent() && !is(Escape.BIND) && !is(Escape.PROSE);
  }

  /** The args that it needs. */
  Set<String> args() {
    if (is(Escape.BIND)) {
      return Script.of(text).names();
    }
    var names = new TreeSet<String>();
    var use = USE.matcher(fillable() ? text : "");
    while (use.find()) {
      names.add(use.group(1));
    }
    return names;
  }

  /** That an arg it needs is not declared. */
  String undeclared(String name) {
    return is(Escape.BIND)
        ? "%1$s: it binds :%2$s, but spec.args has no %2$s. A slice such as [1 : %2$s] needs spaces around its colon"
            .formatted(path, name)
        : "%1$s: it holds $(args.%2$s), but spec.args has no %2$s".formatted(path, name);
  }

  /** That it has what would not be filled in; empty: it has not. */
  Optional<String> misplaced() {
    var remaining = fillable() ? USE.matcher(text).replaceAll("") : text;
    return is(Escape.PROSE) || !remaining.contains(LIKE_A_USE)
        ? Optional.empty()
        : Optional.of("%s: it holds $(args...), but no arg is filled in there".formatted(path));
  }

  /** That it is not what it must be, once the values that are known are filled in; empty: it is. */
  Optional<String> unfitting(Map<String, String> values) {
    var filled = filled(values);
    if (filled.equals(text) || filled.contains(LIKE_A_USE)) {
      return Optional.empty();
    }
    return holds
        .map(MayHoldArgs::fits)
        .filter(it -> !it.isEmpty() && !Pattern.matches(it, filled))
        .map(it -> "%s: it cannot be %s (%s)".formatted(path, filled, text));
  }

  /** The text with the values that are known. */
  String filled(Map<String, String> values) {
    if (!fillable()) {
      return text;
    }
    var use = USE.matcher(text);
    var filled = new StringBuilder();
    var end = 0;
    while (use.find()) {
      var value = values.get(use.group(1));
      filled.append(text, end, use.start());
      filled.append(value == null ? use.group() : escaped(value));
      end = use.end();
    }
    return filled.append(text.substring(end)).toString();
  }

  private String escaped(String value) {
    if (is(Escape.PERCENT)) {
      return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
    return is(Escape.JSON) ? inJson(value) : value;
  }

  private static String inJson(String value) {
    try {
      var quoted = Json.MAPPER.writeValueAsString(value);
      return quoted.substring(1, quoted.length() - 1);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
