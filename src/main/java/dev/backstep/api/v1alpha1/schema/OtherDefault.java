package dev.backstep.api.v1alpha1.schema;

import com.fasterxml.jackson.databind.node.TextNode;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/**
 * Another default than a type has elsewhere: {@code input} is the property of that type, the member
 * of it and the default, as in {@code service,replicas,Every}.
 */
public class OtherDefault implements SchemaCustomizer.Customizer {
  @Override
  public JSONSchemaProps apply(
      JSONSchemaProps schema, String input, KubernetesSerialization serialization) {
    var parts = input.split(",");
    var member = schema.getProperties().get(parts[0]).getProperties().get(parts[1]);
    member.setDefault(TextNode.valueOf(parts[2]));
    return schema;
  }
}
