package dev.backstep.action.rollback;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The ConfigMaps as one look finds them: each is read once, however many workloads read it. */
final class ConfigMapsNow {
  private final KubernetesClient client;
  private final ActionScope scope;
  private final Map<String, Optional<ConfigMap>> read = new HashMap<>();

  ConfigMapsNow(KubernetesClient client, ActionScope scope) {
    this.client = client;
    this.scope = scope;
  }

  /** A ConfigMap; empty: there is none. */
  Optional<ConfigMap> find(String name) {
    return read.computeIfAbsent(
        name,
        it ->
            Optional.ofNullable(
                client.configMaps().inNamespace(scope.namespace()).withName(it).get()));
  }

  /** When this action changed it; empty: somebody else did since, or nobody. */
  Optional<Instant> changedAt(String name) {
    return find(name).flatMap(scope::lastEffect).map(EffectStatus::endedAt);
  }
}
