package dev.backstep.action.rollback;

import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.stable.StableContent;
import java.util.Map;
import java.util.TreeMap;

/**
 * What ran when a run started, as hashes: a stable revision that is the same is not worth rolling
 * back to.
 *
 * @param templates hash of each workload's template, by {@code kind name}
 * @param configMaps hash of the ConfigMaps each workload reads, by {@code kind name}
 */
record Baseline(Map<String, String> templates, Map<String, String> configMaps) {

  static Baseline of(StableContent content) {
    var templates = new TreeMap<String, String>();
    var configMaps = new TreeMap<String, String>();
    for (var workload : content.workloads()) {
      var ref = workload.ref().toString();
      templates.put(ref, content.templateHash(workload));
      configMaps.put(ref, content.configMapsHash(workload));
    }
    return new Baseline(templates, configMaps);
  }

  /** True when this workload ran another template, or with other ConfigMaps. */
  boolean differs(WorkloadRef ref, StableContent content, boolean withConfigMaps) {
    return content
        .of(ref)
        .map(
            workload ->
                !content.templateHash(workload).equals(templates.get(ref.toString()))
                    || withConfigMaps
                        && !content.configMapsHash(workload).equals(configMaps.get(ref.toString())))
        .orElse(false);
  }
}
