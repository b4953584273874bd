package dev.backstep.api.v1alpha1.schema;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A member of a union that nobody writes: the operator puts it into the plan that it carries out.
 * It is in no CRD and in no reference.
 */
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Inserted {

  /** {@link ExactlyOne}, of the members that people write; {@code input} names the others. */
  class Without extends ExactlyOne {
    @Override
    public JSONSchemaProps apply(
        JSONSchemaProps schema, String input, KubernetesSerialization serialization) {
      for (var inserted : input.split(",")) {
        schema.getProperties().remove(inserted);
      }
      return super.apply(schema, "", serialization);
    }
  }
}
