package dev.backstep.simulation;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Kubernetes clients, used again by later histories: making one takes longer than using it. */
final class ClientPool {
  private static final Config CONFIG =
      new ConfigBuilder(Config.empty())
          .withMasterUrl("http://simulated/")
          .withNamespace(SimulatedApiServer.NAMESPACE)
          .build();

  private static final ThreadLocal<Deque<Line>> FREE = ThreadLocal.withInitial(ArrayDeque::new);

  private ClientPool() {}

  /** A client and the wire that its requests go to now. */
  static final class Line implements SimulatedHttpClient.Wire {
    private final KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(CONFIG)
            .withKubernetesSerialization(Json.CLIENT)
            .withHttpClientFactory(new SimulatedHttpClient.Factory(this))
            .build();
    private SimulatedHttpClient.Wire to;

    KubernetesClient client() {
      return client;
    }

    @Override
    public Answer send(Request request) throws IOException {
      return to.send(request);
    }

    @Override
    public long moment() {
      return to.moment();
    }
  }

  static Line take(SimulatedHttpClient.Wire to) {
    var line = FREE.get().isEmpty() ? new Line() : FREE.get().pop();
    line.to = to;
    return line;
  }

  static void giveBack(Line line) {
    line.to = null;
    FREE.get().push(line);
  }
}
