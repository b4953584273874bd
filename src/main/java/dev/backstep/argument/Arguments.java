package dev.backstep.argument;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.ladder.Argument;
import dev.backstep.api.v1alpha1.ladder.Run;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
  private static final Pattern USE = Pattern.compile("\\$\\(args\\.([a-z][a-z0-9_]*)\\)");
  private static final String DEFAULT_PATTERN = "[A-Za-z0-9._:/-]{1,200}";

  /** What looks like the use of an argument, also where none is filled in. */
  private static final String LIKE_A_USE = "$(args.";

  /** A value that is {@code ..} must not lead to another place than the plan names. */
  private static final Pattern WITHOUT_DOT_SEGMENTS =
      Pattern.compile("(/(|[^/?.][^/?]*|\\.[^/?.][^/?]*|\\.\\.[^/?]+))+(\\?.*)?");

  /** Text for humans is left as it is. */
  private static final String DESCRIPTION = "description";

  /**
   * A field that may hold arguments.
   *
   * @param escape how a value is written into it
   * @param fits what the field must look like when it is filled in; null: anything goes
   */
  private record Place(UnaryOperator<String> escape, Pattern fits) {}

  private static final Map<String, Place> PLACES =
      Map.of(
          "revision",
          new Place(UnaryOperator.identity(), Pattern.compile("[1-9][0-9]{0,17}")),
          "image",
          new Place(UnaryOperator.identity(), Pattern.compile("[A-Za-z0-9._:/@+-]{1,512}")),
          "path",
          new Place(
              value -> URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"),
              WITHOUT_DOT_SEGMENTS),
          "value",
          new Place(UnaryOperator.identity(), Pattern.compile("[ -~]*")),
          "body",
          new Place(Arguments::inJson, null));

  private Arguments() {}

  private static String inJson(String value) {
    try {
      var quoted = Json.MAPPER.writeValueAsString(value);
      return quoted.substring(1, quoted.length() - 1);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** What is wrong with the plan's own args, each with its place. */
  public static List<String> invalid(RollbackPlanSpec plan) {
    var wrong = new ArrayList<String>();
    var known = declared(plan);
    known.values().forEach(argument -> ofDefault(argument).ifPresent(wrong::add));
    if (known.size() < (plan.args() == null ? 0 : plan.args().size())) {
      wrong.add("spec.args: two args have the same name");
    }
    var parts = Json.MAPPER.createArrayNode();
    parts.add(Json.MAPPER.<JsonNode>valueToTree(plan.levels()));
    parts.add(Json.MAPPER.<JsonNode>valueToTree(plan.gates()));
    used(parts).stream()
        .filter(name -> !known.containsKey(name))
        .forEach(name -> wrong.add("$(args." + name + ") is used but spec.args has no " + name));
    misplaced(parts, null)
        .forEach(field -> wrong.add(field + " holds $(args...), but no arg is filled in there"));
    plan.gates().stream()
        .filter(Gate::standing)
        .forEach(
            gate ->
                used(Json.MAPPER.valueToTree(gate)).stream()
                    .filter(name -> known.containsKey(name))
                    .filter(name -> known.get(name).defaultValue() == null)
                    .forEach(
                        name ->
                            wrong.add(
                                "spec.gates, gate %s: it is measured without a run too, so arg %s needs a default"
                                    .formatted(gate.name(), name))));
    wrong.addAll(unfitting(parts, values(plan, null)));
    return wrong;
  }

  private static Optional<String> ofDefault(Argument argument) {
    var at = "spec.args, arg " + argument.name();
    try {
      var pattern = pattern(argument);
      var fits = argument.defaultValue() == null || pattern.matches(argument.defaultValue());
      return fits
          ? Optional.empty()
          : Optional.of(at + ": the default does not match the pattern " + text(argument));
    } catch (PatternSyntaxException e) {
      return Optional.of(at + ": pattern is no RE2 expression: " + e.getMessage());
    }
  }

  /**
   * What is wrong with the args a run gives; empty: they fit.
   *
   * @param levels names of the levels that the run may climb
   */
  public static List<String> problems(RollbackPlanSpec plan, Run run, Collection<String> levels) {
    var wrong = new ArrayList<String>();
    var known = declared(plan);
    var given = given(run);
    if (given.size() < (run.args() == null ? 0 : run.args().size())) {
      wrong.add("the run gives an arg twice");
    }
    given.forEach(
        (name, value) -> {
          var argument = known.get(name);
          if (argument == null) {
            wrong.add("the plan has no arg " + name + ", it has " + known.keySet());
          } else if (!matches(argument, value)) {
            wrong.add("arg " + name + " must match " + text(argument));
          }
        });
    var concerned = concerned(plan, run, levels);
    used(concerned).stream()
        .filter(name -> known.containsKey(name) && value(known.get(name), given).isEmpty())
        .forEach(
            name -> wrong.add("arg " + name + " is needed by the run's levels or their gates"));
    if (wrong.isEmpty()) {
      wrong.addAll(unfitting(concerned, values(plan, run)));
    }
    return wrong;
  }

  /** The levels that a run may climb, and the gates that may be measured for it. */
  private static JsonNode concerned(RollbackPlanSpec plan, Run run, Collection<String> names) {
    var levels = plan.levels().stream().filter(level -> names.contains(level.name())).toList();
    var gates = new HashSet<String>();
    levels.forEach(
        level -> {
          gates.addAll(listed(level.gates()));
          gates.addAll(listed(level.preconditions()));
          level.actions().forEach(action -> gates.addAll(listed(action.verify())));
        });
    listed(plan.symptoms()).stream()
        .filter(symptom -> symptom.name().equals(run.symptom()))
        .forEach(symptom -> gates.addAll(listed(symptom.gates())));
    gates.addAll(plan.release() == null ? List.of() : plan.release().gates());
    var measured =
        plan.gates().stream()
            .filter(
                gate ->
                    gate.use() != Gate.Use.OnDemand
                        || gates.contains(gate.name())
                        || listed(plan.stopConditions()).stream()
                            .anyMatch(stop -> stop.when().contains(gate.name())))
            .toList();
    var concerned = Json.MAPPER.createArrayNode();
    concerned.add(Json.MAPPER.<JsonNode>valueToTree(levels));
    concerned.add(Json.MAPPER.<JsonNode>valueToTree(measured));
    return concerned;
  }

  private static <T> List<T> listed(List<T> list) {
    return list == null ? List.of() : list;
  }

  /** The plan with the run's args, and else their defaults, filled in. */
  public static RollbackPlanSpec resolve(RollbackPlanSpec plan, Run run) {
    if (plan.args() == null || plan.args().isEmpty()) {
      return plan;
    }
    var values = values(plan, run);
    var json = (ObjectNode) Json.MAPPER.valueToTree(plan);
    json.set("levels", filled(json.get("levels"), values, null));
    json.set("gates", filled(json.get("gates"), values, null));
    try {
      return Json.MAPPER.treeToValue(json, RollbackPlanSpec.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a plan that was read is not readable any more", e);
    }
  }

  /** What the run gives, and else the defaults, by name; without a run the defaults alone. */
  public static Map<String, String> values(RollbackPlanSpec plan, Run run) {
    var values = new HashMap<String, String>();
    var given = given(run);
    declared(plan)
        .forEach((name, argument) -> value(argument, given).ifPresent(it -> values.put(name, it)));
    return values;
  }

  private static Map<String, Argument> declared(RollbackPlanSpec plan) {
    var known = new LinkedHashMap<String, Argument>();
    if (plan.args() != null) {
      plan.args().forEach(argument -> known.put(argument.name(), argument));
    }
    return known;
  }

  private static Map<String, String> given(Run run) {
    var given = new LinkedHashMap<String, String>();
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

  private static boolean matches(Argument argument, String value) {
    try {
      return pattern(argument).matches(value);
    } catch (PatternSyntaxException e) {
      // The plan itself says so, and is not carried out.
      return false;
    }
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

  /** Fields that hold an argument although none is filled in there. */
  private static TreeSet<String> misplaced(JsonNode node, String field) {
    var fields = new TreeSet<String>();
    var text = node.isTextual() && !DESCRIPTION.equals(field) ? node.asText() : "";
    var remaining =
        PLACES.containsKey(String.valueOf(field)) ? USE.matcher(text).replaceAll("") : text;
    if (remaining.contains(LIKE_A_USE)) {
      fields.add(field);
    }
    node.properties().forEach(it -> fields.addAll(misplaced(it.getValue(), it.getKey())));
    if (node.isArray()) {
      node.forEach(element -> fields.addAll(misplaced(element, field)));
    }
    return fields;
  }

  /** What does not look as its field must, once the values that are known are filled in. */
  private static List<String> unfitting(JsonNode node, Map<String, String> values) {
    var wrong = new ArrayList<String>();
    node.properties()
        .forEach(
            it -> {
              var place = PLACES.get(it.getKey());
              var text = it.getValue().isTextual() ? it.getValue().asText() : "";
              if (place != null && place.fits() != null && USE.matcher(text).find()) {
                var full = filled(text, values, place.escape());
                if (!full.contains(LIKE_A_USE) && !place.fits().matches(full)) {
                  wrong.add(it.getKey() + " cannot be " + full + " (" + text + ")");
                }
              }
              wrong.addAll(unfitting(it.getValue(), values));
            });
    if (node.isArray()) {
      node.forEach(element -> wrong.addAll(unfitting(element, values)));
    }
    return wrong;
  }

  private static JsonNode filled(JsonNode node, Map<String, String> values, String field) {
    if (node.isTextual() && PLACES.containsKey(String.valueOf(field))) {
      return TextNode.valueOf(filled(node.asText(), values, PLACES.get(field).escape()));
    }
    if (node instanceof ArrayNode array) {
      var copy = Json.MAPPER.createArrayNode();
      array.forEach(element -> copy.add(filled(element, values, field)));
      return copy;
    }
    if (node instanceof ObjectNode object) {
      var copy = Json.MAPPER.createObjectNode();
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
