package dev.backstep.api.v1alpha1.schema;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The field reference as Markdown: one section for each record of the API, in the order in which
 * they are first named. Texts come from the records, bounds and rules from the CRD made of them.
 */
final class Reference {
  private static final String HEAD =
      """
      # Field reference

      Every field of every kind, generated from the API records (`mvn compile exec:java@crds`); a test
      fails when it is not current. What a run does with them: [fields.md](fields.md). One page for each
      [action](actions) and each [gate](gates).

      A duration is whole seconds, minutes or hours, such as `30s`, `15m` or `2h`; there are no days. A
      label is lower case letters, digits and `-`, at most 63. What is not said to be required may be left
      out. The rules below a list of fields are what the API server says when one of them is broken.
      """;

  private final Map<Class<?>, Section> sections = new LinkedHashMap<>();

  private Reference() {}

  /** A record, where it stands in the CRD, and the records that have it as a field. */
  private record Section(Class<?> type, JSONSchemaProps schema, TreeSet<String> partOf) {}

  /** The reference of these kinds, each with its definition. */
  static String of(Map<Class<? extends HasMetadata>, CustomResourceDefinition> kinds) {
    var text = new StringBuilder(HEAD);
    kinds.forEach((kind, crd) -> text.append(new Reference().kind(kind, crd)));
    return text.toString();
  }

  private String kind(Class<?> kind, CustomResourceDefinition crd) {
    var schema = crd.getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema();
    var parts = ((ParameterizedType) kind.getGenericSuperclass()).getActualTypeArguments();
    var names = List.of("spec", "status");
    for (var i = 0; i < names.size(); i++) {
      if (parts[i] instanceof Class<?> part && part.isRecord()) {
        collect(part, schema.getProperties().get(names.get(i)), "`%s`".formatted(names.get(i)));
      }
    }
    return "\n## %s\n\n%s%s"
        .formatted(
            kind.getSimpleName(),
            Wrapped.text(
                "",
                sections.keySet().stream()
                    .map(FieldWords::link)
                    .collect(Collectors.joining(", ", "", "."))),
            sections.values().stream().map(Reference::section).collect(Collectors.joining()));
  }

  private void collect(Class<?> type, JSONSchemaProps schema, String parent) {
    var known = sections.get(type);
    if (known != null) {
      known.partOf().add(parent);
      return;
    }
    sections.put(type, new Section(type, schema, new TreeSet<>(List.of(parent))));
    for (var component : written(type)) {
      var property = property(schema, component);
      var element = FieldWords.element(component.getGenericType());
      if (element.isRecord()) {
        collect(element, FieldWords.elementSchema(property), FieldWords.link(type));
      }
    }
  }

  private static List<RecordComponent> written(Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .filter(component -> !component.isAnnotationPresent(Inserted.class))
        .toList();
  }

  private static JSONSchemaProps property(JSONSchemaProps schema, RecordComponent component) {
    var property = schema.getProperties().get(name(component));
    if (property == null) {
      throw new IllegalStateException("no such field in the CRD: " + component);
    }
    return property;
  }

  /** What users write: {@code default} cannot be the name of a component. */
  private static String name(RecordComponent component) {
    var other = component.getAccessor().getAnnotation(JsonProperty.class);
    return other == null || other.value().isEmpty() ? component.getName() : other.value();
  }

  private static String section(Section section) {
    var required = section.schema().getRequired();
    var fields =
        written(section.type()).stream()
            .map(it -> field(it, property(section.schema(), it), required.contains(name(it))))
            .collect(Collectors.joining());
    return "\n### %s\n\n%s\n%s%s"
        .formatted(
            FieldWords.name(section.type()),
            Wrapped.text("", "Part of " + String.join(", ", section.partOf()) + "."),
            fields,
            rules(section.schema()));
  }

  private static String field(RecordComponent field, JSONSchemaProps schema, boolean required) {
    var words = new ArrayList<String>();
    words.add(FieldWords.type(field.getGenericType(), schema));
    if (required) {
      words.add("required");
    }
    words.addAll(FieldWords.bounds(schema));
    return Wrapped.text(
        "- ",
        "**`%s`** (%s): %s"
            .formatted(
                name(field),
                String.join(", ", words),
                Wrapped.escaped(
                    field.getAccessor().getAnnotation(JsonPropertyDescription.class).value())));
  }

  private static String rules(JSONSchemaProps schema) {
    var rules = schema.getXKubernetesValidations();
    return rules == null || rules.isEmpty()
        ? ""
        : "\nRules:\n\n"
            + rules.stream()
                .map(ValidationRule::getMessage)
                .map(it -> Wrapped.text("- ", Wrapped.escaped(it)))
                .collect(Collectors.joining());
  }
}
