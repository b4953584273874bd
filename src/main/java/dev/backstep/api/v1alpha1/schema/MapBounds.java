package dev.backstep.api.v1alpha1.schema;

import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/**
 * Bounds of a map of texts, for which there are no annotations: {@code input} is the name of the
 * property, the largest number of members and the largest length of a value, as in {@code
 * data,64,16384}. It has one member at least.
 */
public class MapBounds implements SchemaCustomizer.Customizer {
  @Override
  public JSONSchemaProps apply(
      JSONSchemaProps schema, String input, KubernetesSerialization serialization) {
    var bounds = input.split(",");
    var map = schema.getProperties().get(bounds[0]);
    map.setMinProperties(1L);
    map.setMaxProperties(Long.valueOf(bounds[1]));
    map.getAdditionalProperties().getSchema().setMaxLength(Long.valueOf(bounds[2]));
    return schema;
  }
}
