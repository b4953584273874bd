package dev.backstep.stable;

import dev.backstep.api.v1alpha1.value.WorkloadRef;
import java.util.Map;

/**
 * What ran when a run started, as hashes: a stable revision that is the same is not worth rolling
 * back to.
 *
 * @param templates hash of each workload's template, by {@code kind name}
 * @param configMaps hash of the ConfigMaps each workload reads, by {@code kind name}
 */
public record Baseline(Map<String, String> templates, Map<String, String> configMaps) {

  /** True when this workload ran another template, or with other ConfigMaps. */
  public boolean differs(WorkloadRef ref, StableContent content, boolean withConfigMaps) {
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
