package dev.backstep.api.v1alpha1.sync;

import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;

/** What a gate may say and a value that is measured again and again, without a run, may not. */
public class MeasuredByGates implements SchemaCustomizer.Customizer {
  private static final List<ValidationRule> RULES =
      List.of(
          rule(
              "!has(self.http) || self.http.method in ['GET', 'HEAD']",
              ".http.method",
              "it is measured again and again: method must be GET or HEAD"),
          rule(
              "!has(self.http) || !has(self.http.service) || self.http.service.replicas == 'Any'",
              ".http.service.replicas",
              "one replica is asked for the value: replicas must be Any"),
          rule(
              "!has(self.http) || !self.http.path.contains('$(args.')"
                  + " && (!has(self.http.headers)"
                  + " || self.http.headers.all(h, !has(h.value) || !h.value.contains('$(args.')))",
              ".http",
              "a SyncControl has no args: path and headers must not have $(args.name) in them"),
          rule(
              "!has(self.sql) || !has(self.sql.successCondition)",
              ".sql.successCondition",
              "what is measured is judged by thresholds: it has no sql.successCondition"),
          rule(
              "!has(self.sql) || !has(self.sql.setup)",
              ".sql.setup",
              "what is measured changes nothing: it has no sql.setup"));

  private static ValidationRule rule(String rule, String path, String message) {
    return new ValidationRuleBuilder()
        .withRule(rule)
        .withFieldPath(path)
        .withMessage(message)
        .build();
  }

  @Override
  public JSONSchemaProps apply(
      JSONSchemaProps schema, String input, KubernetesSerialization serialization) {
    var rules = new ArrayList<>(schema.getXKubernetesValidations());
    rules.addAll(RULES);
    schema.setXKubernetesValidations(rules);
    return schema;
  }
}
