package dev.backstep.argument;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.backstep.api.v1alpha1.Argument;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.Run;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Fills a run's args into a plan: {@code $(args.name)}, only in the fields that say so, each
 * escaped as its place needs it. Never in names of Secrets or hosts, and never in SQL text.
 */
public final class Arguments {
  private static final ObjectMapper JSON = new ObjectMapper().registerModule(new JavaTimeModule());
  private static final Pattern USE = Pattern.compile("\\$\\(args\\.([a-z][a-z0-9_]*)\\)");
  private static final String DEFAULT_PATTERN = "[A-Za-z0-9._:/-]{1,200}";

  /** The fields that may hold arguments, with how a value is written into each. */
  private static final Map<String, UnaryOperator<String>> PLACES =
      Map.of(
          "revision",
          UnaryOperator.identity(),
          "image",
          UnaryOperator.identity(),
          "path",
          value -> URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"),
          "body",
          Arguments::inJson);

  private Arguments() {}

  private static String inJson(String value) {
    try {
      var quoted = JSON.writeValueAsString(value);
      return quoted.substring(1, quoted.length() - 1);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** What is wrong with the plan's own args, each with its place. */
  public static List<String> invalid(RollbackPlanSpec plan) {
    var wrong = new ArrayList<String>();
    var known = declared(plan);
    for (var argument : known.values()) {
      try {
        var value = argument.defaultValue();
        if (value != null && !pattern(argument).matches(value)) {
          wrong.add(at(argument) + ": the default does not match the pattern " + text(argument));
        }
      } catch (PatternSyntaxException e) {
        wrong.add(at(argument) + ": pattern is no RE2 expression: " + e.getMessage());
      }
    }
    if (known.size() < (plan.args() == null ? 0 : plan.args().size())) {
      wrong.add("spec.args: two args have the same name");
    }
    var used = used(JSON.valueToTree(plan.levels()));
    used.addAll(used(JSON.valueToTree(plan.gates())));
    used.stream()
        .filter(name -> !known.containsKey(name))
        .forEach(name -> wrong.add("$(args." + name + ") is used but spec.args has no " + name));
    plan.gates().stream()
        .filter(gate -> gate.health())
        .forEach(
            gate ->
                used(JSON.valueToTree(gate)).stream()
                    .filter(name -> known.containsKey(name))
                    .filter(name -> known.get(name).defaultValue() == null)
                    .forEach(
                        name ->
                            wrong.add(
                                "spec.gates, gate "
                                    + gate.name()
                                    + ": it is measured without a run too, so arg "
                                    + name
                                    + " needs a default")));
    return wrong;
  }

  private static String at(Argument argument) {
    return "spec.args, arg " + argument.name();
  }

  /** What is wrong with the args a run gives; empty: they fit. */
  public static List<String> problems(RollbackPlanSpec plan, Run run, Collection<String> levels) {
    var wrong = new ArrayList<String>();
    var known = declared(plan);
    var given = given(run);
    given.forEach(
        (name, value) -> {
          var argument = known.get(name);
          if (argument == null) {
            wrong.add("the plan has no arg " + name + ", it has " + known.keySet());
          } else if (!pattern(argument).matches(value)) {
            wrong.add("arg " + name + " must match " + text(argument));
          }
        });
    var climbed = plan.levels().stream().filter(level -> levels.contains(level.name())).toList();
    used(JSON.valueToTree(climbed)).stream()
        .filter(name -> known.containsKey(name) && value(known.get(name), given).isEmpty())
        .forEach(name -> wrong.add("arg " + name + " is needed by the run's levels"));
    return wrong;
  }

  /** The plan with the run's args, and else their defaults, filled in. */
  public static RollbackPlanSpec resolve(RollbackPlanSpec plan, Run run) {
    if (plan.args() == null || plan.args().isEmpty()) {
      return plan;
    }
    var values = new HashMap<String, String>();
    var given = given(run);
    declared(plan)
        .forEach((name, argument) -> value(argument, given).ifPresent(it -> values.put(name, it)));
    var json = (ObjectNode) JSON.valueToTree(plan);
    json.set("levels", filled(json.get("levels"), values, null));
    json.set("gates", filled(json.get("gates"), values, null));
    try {
      return JSON.treeToValue(json, RollbackPlanSpec.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a plan that was read is not readable any more", e);
    }
  }

  private static Map<String, Argument> declared(RollbackPlanSpec plan) {
    var known = new HashMap<String, Argument>();
    if (plan.args() != null) {
      plan.args().forEach(argument -> known.put(argument.name(), argument));
    }
    return known;
  }

  private static Map<String, String> given(Run run) {
    var given = new HashMap<String, String>();
    if (run != null && run.args() != null) {
      run.args().forEach(value -> given.put(value.name(), value.value()));
    }
    return given;
  }

  private static Optional<String> value(Argument argument, Map<String, String> given) {
    return Optional.ofNullable(given.getOrDefault(argument.name(), argument.defaultValue()));
  }

  private static Pattern pattern(Argument argument) {
    return Pattern.compile(text(argument));
  }

  private static String text(Argument argument) {
    return argument.pattern() == null ? DEFAULT_PATTERN : argument.pattern();
  }

  private static TreeSet<String> used(JsonNode node) {
    var names = new TreeSet<String>();
    collect(node, null, names);
    return names;
  }

  private static void collect(JsonNode node, String field, TreeSet<String> names) {
    if (node.isTextual() && PLACES.containsKey(String.valueOf(field))) {
      var use = USE.matcher(node.asText());
      while (use.find()) {
        names.add(use.group(1));
      }
    }
    node.properties().forEach(it -> collect(it.getValue(), it.getKey(), names));
    if (node.isArray()) {
      node.forEach(element -> collect(element, field, names));
    }
  }

  private static JsonNode filled(JsonNode node, Map<String, String> values, String field) {
    if (node.isTextual() && PLACES.containsKey(String.valueOf(field))) {
      return TextNode.valueOf(filled(node.asText(), values, PLACES.get(field)));
    }
    if (node instanceof ArrayNode array) {
      var copy = JSON.createArrayNode();
      array.forEach(element -> copy.add(filled(element, values, field)));
      return copy;
    }
    if (node instanceof ObjectNode object) {
      var copy = JSON.createObjectNode();
      object
          .properties()
          .forEach(it -> copy.set(it.getKey(), filled(it.getValue(), values, it.getKey())));
      return copy;
    }
    return node;
  }

  private static String filled(
      String text, Map<String, String> values, UnaryOperator<String> escape) {
    var use = USE.matcher(text);
    var filled = new StringBuilder();
    var end = 0;
    while (use.find()) {
      var value = values.get(use.group(1));
      filled.append(text, end, use.start());
      filled.append(value == null ? use.group() : escape.apply(value));
      end = use.end();
    }
    return filled.append(text.substring(end)).toString();
  }
}
