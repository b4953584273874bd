package dev.backstep.action.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.action.ActionScope;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.action.RollBack;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.ConfigMaps;
import dev.backstep.effect.Step;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.stable.StableContent.ConfigMapContent;
import io.fabric8.kubernetes.api.model.ConfigMap;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Puts back the contents of the ConfigMaps that a stable revision used. */
@ApplicationScoped
public class ConfigMapStep {
  private final ConfigMaps configMaps;

  public ConfigMapStep(ConfigMaps configMaps) {
    this.configMaps = configMaps;
  }

  /** What one look sees of the ConfigMaps. */
  ConfigMapsNow now(ActionScope scope) {
    return new ConfigMapsNow(configMaps, scope);
  }

  /** The step, if a ConfigMap is not yet as it was; empty: go on with the templates. */
  static Optional<Step> step(Destination destination, RollBack action, ConfigMapsNow now) {
    var changes = new ArrayList<ObjectPatch>();
    for (var name : names(destination, action)) {
      var wanted = destination.stable().configMaps().get(name);
      var live = now.find(name).orElse(null);
      if (wanted == null || live != null && same(wanted, live)) {
        continue;
      }
      if (live == null || Boolean.TRUE.equals(live.getImmutable())) {
        return Optional.of(Step.impossible("ConfigMapUnchangeable", unchangeable(name, live)));
      }
      changes.add(change(live, wanted));
    }
    return changes.isEmpty() ? Optional.empty() : Optional.of(Step.todo(changes));
  }

  /** The ConfigMaps whose contents come back; none where the roll back is not to a stable state. */
  static Set<String> names(Destination destination, RollBack action) {
    var names = new TreeSet<String>();
    if (comeBack(destination, action)) {
      action.workloads().forEach(ref -> names.addAll(read(destination, ref)));
    }
    return names;
  }

  /** When this action last changed a ConfigMap that the workload reads; empty: it did not. */
  static Optional<Instant> changedFor(
      WorkloadRef ref, Destination destination, RollBack action, ConfigMapsNow now) {
    return comeBack(destination, action)
        ? read(destination, ref).stream()
            .flatMap(name -> now.changedAt(name).stream())
            .max(Instant::compareTo)
        : Optional.empty();
  }

  private static boolean comeBack(Destination destination, RollBack action) {
    return destination.stable() != null && action.to().lastStable().configMaps();
  }

  private static Set<String> read(Destination destination, WorkloadRef ref) {
    return destination.stable().of(ref).orElseThrow().configMaps();
  }

  private static boolean same(ConfigMapContent wanted, ConfigMap live) {
    return filled(wanted.data()).equals(filled(live.getData()))
        && filled(wanted.binaryData()).equals(filled(live.getBinaryData()));
  }

  private static ObjectPatch change(ConfigMap live, ConfigMapContent wanted) {
    return PatchBuilder.of(live)
        .set("/data", json(live.getData()), json(wanted.data()))
        .set("/binaryData", json(live.getBinaryData()), json(wanted.binaryData()))
        .build("ConfigMap %s: back to its stable content".formatted(live.getMetadata().getName()));
  }

  private static String unchangeable(String name, ConfigMap live) {
    var why =
        live == null
            ? "ConfigMap %s, which the stable revision used, does not exist any more. Create it again, or set to.lastStable.configMaps: false."
            : "ConfigMap %s is immutable and differs from what the stable revision used. Set to.lastStable.configMaps: false.";
    return why.formatted(name);
  }

  private static JsonNode json(Map<String, String> data) {
    return Json.MAPPER.valueToTree(filled(data));
  }

  private static Map<String, String> filled(Map<String, String> data) {
    return data == null ? Map.of() : new TreeMap<>(data);
  }
}
