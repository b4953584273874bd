package dev.backstep.api.v1alpha1.schema;

import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;

/**
 * Keeps Backstep's own record of a database from being what users have changed: {@code input} is
 * the name of a property that names a table, or of a list of them. What no pattern finds is found
 * in the database, before anything is done.
 */
public class NotOwnRecord implements SchemaCustomizer.Customizer {
  private static final String RULE =
      "!self.matches('^\\\\s*((?i:backstep)|\"backstep\")\\\\s*[.]')";

  private static final String MESSAGE =
      "schema backstep is Backstep's own record of the database: name a table of the application";

  @Override
  public JSONSchemaProps apply(
      JSONSchemaProps schema, String input, KubernetesSerialization serialization) {
    var property = schema.getProperties().get(input);
    var name = property.getItems() == null ? property : property.getItems().getSchema();
    var rules = new ArrayList<>(name.getXKubernetesValidations());
    rules.add(new ValidationRuleBuilder().withRule(RULE).withMessage(MESSAGE).build());
    name.setXKubernetesValidations(rules);
    return schema;
  }
}
