package dev.backstep.cluster;

import dev.backstep.memory.Fresh;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * ConfigMaps, which are read when they are needed instead of being watched. What was read a moment
 * ago is believed, as what a watch said a moment ago would be, until this process changes
 * something.
 */
@ApplicationScoped
public class ConfigMaps {
  private static final Duration BELIEVED = Duration.ofSeconds(2);

  /** Of all of them together, in characters. */
  private static final long REMEMBERED = 5_000_000;

  private final KubernetesClient client;
  private final Fresh<String, Known> known;

  /** What this process changed anywhere; what was read before the last of it is not believed. */
  private final AtomicLong changes = new AtomicLong();

  /**
   * @param changes how many there were when it was asked for
   */
  private record Known(ConfigMap configMap, long changes) {}

  public ConfigMaps(KubernetesClient client, Clock clock) {
    this.client = client;
    this.known = new Fresh<>(clock, BELIEVED, REMEMBERED);
  }

  /** A ConfigMap, as it was a moment ago; empty: there is none. */
  public Optional<ConfigMap> find(String namespace, String name) {
    return known
        .get(key(namespace, name))
        .filter(it -> it.changes() == changes.get())
        .map(Known::configMap)
        .or(() -> read(namespace, name));
  }

  /** A ConfigMap as it is now; empty: there is none. */
  public Optional<ConfigMap> read(String namespace, String name) {
    var before = changes.get();
    var found = client.configMaps().inNamespace(namespace).withName(name).get();
    if (found != null) {
      var weight = weight(found.getData()) + weight(found.getBinaryData());
      known.put(key(namespace, name), new Known(found, before), weight);
    }
    return Optional.ofNullable(found);
  }

  /** Something was changed for somebody: what is looked at next is seen as it is after that. */
  public void changed() {
    changes.incrementAndGet();
  }

  private static String key(String namespace, String name) {
    return namespace + "/" + name;
  }

  private static long weight(Map<String, String> data) {
    return data == null ? 1 : 1 + data.values().stream().mapToLong(String::length).sum();
  }
}
