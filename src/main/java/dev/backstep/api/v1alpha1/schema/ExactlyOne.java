package dev.backstep.api.v1alpha1.schema;

import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Makes a record a union: adds the one CEL rule that exactly one of its members is set. The members
 * are the components named in the annotation's {@code input}; without input, every component that
 * is an object. A new action or gate is therefore a new component and nothing else.
 */
public class ExactlyOne implements SchemaCustomizer.Customizer {
  @Override
  public JSONSchemaProps apply(
      JSONSchemaProps schema, String input, KubernetesSerialization serialization) {
    var members = members(schema, input);
    var names = String.join(", ", members);
    var rule =
        new ValidationRuleBuilder()
            .withRule(
                members.stream()
                    .map(name -> "has(self." + name + ")")
                    .collect(Collectors.joining(", ", "[", "].exists_one(set, set)")))
            .withMessage("exactly one of these must be set: " + names)
            .build();
    var rules = new ArrayList<>(schema.getXKubernetesValidations());
    rules.add(0, rule);
    schema.setXKubernetesValidations(rules);
    return schema;
  }

  private static List<String> members(JSONSchemaProps schema, String input) {
    if (!input.isBlank()) {
      return Arrays.asList(input.split(","));
    }
    return schema.getProperties().entrySet().stream()
        .filter(property -> "object".equals(property.getValue().getType()))
        .map(Map.Entry::getKey)
        .toList();
  }
}
