package dev.backstep.api.v1alpha1.schema;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lists whose items have a name are maps for the API server: it refuses the same name twice, and a
 * second manager may apply the same plan, because an item's defaults belong to nobody. The order
 * stays that of whoever applied last.
 */
final class NamedLists {
  private static final Map<String, String> KEYS = keys();

  private static Map<String, String> keys() {
    var named =
        Stream.of(
            "args",
            "autoDisable",
            "gates",
            "levels",
            "actions",
            "means",
            "notifications",
            "set",
            "env",
            "stopConditions",
            "symptoms",
            "triggers");
    var keys = named.collect(Collectors.toMap(Function.identity(), list -> "name"));
    keys.put("objectives", "severity");
    keys.put("argoCD", "application");
    return Map.copyOf(keys);
  }

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
