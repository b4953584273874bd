package dev.backstep.api.v1alpha1.gate;

import dev.backstep.api.v1alpha1.value.MeasuredOnce;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rules about gates that are measured once, made of what the kinds of gate say of themselves.
 */
public final class OnceRules {
  private OnceRules() {}

  /** Of a gate: what can only be measured once is not measured again and again. */
  public static class OfGate implements SchemaCustomizer.Customizer {
    @Override
    public JSONSchemaProps apply(
        JSONSchemaProps schema, String input, KubernetesSerialization serialization) {
      return with(
          schema,
          kinds()
              .filter(kind -> !mark(kind).because().isEmpty())
              .map(
                  kind ->
                      new ValidationRuleBuilder()
                          .withRule(
                              "!has(self.%s) || !has(self.measure) || self.measure == 'Once'"
                                  .formatted(kind.getName()))
                          .withFieldPath(".measure")
                          .withMessage(
                              "a %s gate is measured Once: %s"
                                  .formatted(kind.getName(), mark(kind).because()))
                          .build()));
    }
  }

  /** Of a plan: something says again and again what healthy is. */
  public static class OfPlan implements SchemaCustomizer.Customizer {
    @Override
    public JSONSchemaProps apply(
        JSONSchemaProps schema, String input, KubernetesSerialization serialization) {
      var repeated = kinds().map(OnceRules::repeated).collect(Collectors.joining(" && "));
      return with(
          schema,
          Stream.of(
              new ValidationRuleBuilder()
                  .withRule(
                      "self.gates.exists(g, g.use == 'Health' && (has(g.measure) ? g.measure == 'Repeatedly' : %s))"
                          .formatted(repeated))
                  .withFieldPath(".gates")
                  .withMessage(
                      "at least one gate must have use: Health and be measured repeatedly: without it nothing says what healthy is")
                  .build()));
    }
  }

  private static String repeated(RecordComponent kind) {
    var member = "g." + kind.getName();
    var unless = mark(kind).unless();
    return unless.isEmpty()
        ? "!has(%s)".formatted(member)
        : "(!has(%s) || %s)".formatted(member, unless.replace("self.", member + "."));
  }

  private static MeasuredOnce mark(RecordComponent kind) {
    return kind.getType().getAnnotation(MeasuredOnce.class);
  }

  private static Stream<RecordComponent> kinds() {
    return Arrays.stream(Gate.class.getRecordComponents()).filter(kind -> mark(kind) != null);
  }

  private static JSONSchemaProps with(JSONSchemaProps schema, Stream<ValidationRule> more) {
    var rules = new ArrayList<>(schema.getXKubernetesValidations());
    more.forEach(rules::add);
    schema.setXKubernetesValidations(rules);
    return schema;
  }
}
