package dev.backstep.api.v1alpha1.schema;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;
import java.util.Map;

/**
 * Lists whose items have a name are maps for the API server: it refuses the same name twice, and a
 * second manager may apply the same plan, because an item's defaults belong to nobody. The order
 * stays that of whoever applied last.
 */
final class NamedLists {
  private static final Map<String, String> KEYS =
      Map.of(
          "args", "name",
          "gates", "name",
          "levels", "name",
          "actions", "name",
          "set", "name",
          "env", "name",
          "stopConditions", "name",
          "symptoms", "name",
          "triggers", "name",
          "objectives", "severity");

  private NamedLists() {}

  /** Marks the lists below a schema. */
  static void mark(JSONSchemaProps schema) {
    if (schema.getProperties() == null) {
      return;
    }
    schema
        .getProperties()
        .forEach(
            (name, property) -> {
              var items = property.getItems() == null ? null : property.getItems().getSchema();
              if (items != null && items.getRequired().contains(KEYS.get(name))) {
                property.setXKubernetesListType("map");
                property.setXKubernetesListMapKeys(List.of(KEYS.get(name)));
              }
              mark(items == null ? property : items);
            });
  }
}
