package dev.backstep.action.rollback;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.cluster.ConfigMaps;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The ConfigMaps as one look finds them: each is read once, however many workloads read it. */
final class ConfigMapsNow {
  private final ConfigMaps configMaps;
  private final ActionScope scope;
  private final Map<String, Optional<ConfigMap>> read = new HashMap<>();

  ConfigMapsNow(ConfigMaps configMaps, ActionScope scope) {
    this.configMaps = configMaps;
    this.scope = scope;
  }

  /** A ConfigMap; empty: there is none. */
  Optional<ConfigMap> find(String name) {
    return read.computeIfAbsent(name, it -> configMaps.find(scope.namespace(), it));
  }

  /** When this action changed it; empty: somebody else did since, or nobody. */
  Optional<Instant> changedAt(String name) {
    return find(name).flatMap(scope::lastEffect).map(EffectStatus::endedAt);
  }
}
