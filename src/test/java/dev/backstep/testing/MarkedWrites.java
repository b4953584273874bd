package dev.backstep.testing;

import dev.backstep.cluster.Annotations;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentList;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/**
 * A witness of what operators wrote to the Deployments of a namespace: a watch that was opened
 * before. The audit log cannot be it where a process is killed, because a request that the API
 * server has carried out may be answered, and logged, with 504 when nobody waits for it any more.
 */
public final class MarkedWrites implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Shop shop;
  private final Map<String, Deployment> latest = new ConcurrentHashMap<>();
  private final List<String> writes = new CopyOnWriteArrayList<>();
  private final List<String> troubles = new CopyOnWriteArrayList<>();
  private final Watch watch;

  private MarkedWrites(Shop shop) {
    this.shop = shop;
    var present = deployments().list();
    present.getItems().forEach(deployment -> latest.put(name(deployment), deployment));
    var fromThere =
        new ListOptionsBuilder()
            .withResourceVersion(present.getMetadata().getResourceVersion())
            .build();
    this.watch = deployments().watch(fromThere, new Eyes());
  }

  /** Looks from now on. */
  public static MarkedWrites in(Shop shop) {
    return new MarkedWrites(shop);
  }

  /** The Deployments that were written, in this order, each once for every write with a mark. */
  public List<String> names() {
    Awaitility.await("the watch to have seen what is there now")
        .atMost(PATIENCE)
        .until(() -> deployments().list().getItems().stream().allMatch(this::seen));
    if (!troubles.isEmpty()) {
      throw new IllegalStateException("the watch broke, so it is no witness: " + troubles);
    }
    return List.copyOf(writes);
  }

  private final class Eyes implements Watcher<Deployment> {
    @Override
    public void eventReceived(Action action, Deployment now) {
      var before = latest.put(name(now), now);
      if (before != null && !mark(now).isEmpty() && !written(now).equals(written(before))) {
        writes.add(name(now));
      }
    }

    @Override
    public void onClose(WatcherException cause) {
      troubles.add(cause.getMessage());
    }
  }

  private boolean seen(Deployment now) {
    return Optional.ofNullable(latest.get(name(now)))
        .map(last -> last.getMetadata().getResourceVersion())
        .filter(now.getMetadata().getResourceVersion()::equals)
        .isPresent();
  }

  private static String name(Deployment deployment) {
    return deployment.getMetadata().getName();
  }

  private static String mark(Deployment deployment) {
    return Annotations.of(deployment).getOrDefault(Annotations.MARK, "");
  }

  private static List<Object> written(Deployment deployment) {
    return List.of(mark(deployment), deployment.getSpec());
  }

  private NonNamespaceOperation<Deployment, DeploymentList, RollableScalableResource<Deployment>>
      deployments() {
    return shop.client().apps().deployments().inNamespace(shop.namespace());
  }

  @Override
  public void close() {
    watch.close();
  }
}
