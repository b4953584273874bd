package dev.backstep.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.quarkus.arc.All;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/** The operator's own client: the one of Quarkus, with those who look on at its requests. */
@Singleton
public class OwnClient {
  /**
   * Whatever is derived from it, such as a client that acts as somebody else, is looked on at too.
   */
  @Produces
  @Singleton
  public KubernetesClient client(
      KubernetesSerialization serialization, Config config, @All List<Interceptor> onlookers) {
    return new KubernetesClientBuilder()
        .withKubernetesSerialization(serialization)
        .withConfig(config)
        .withHttpClientBuilderConsumer(
            http ->
                onlookers.forEach(it -> http.addOrReplaceInterceptor(it.getClass().getName(), it)))
        .build();
  }

  void close(@Disposes KubernetesClient client) {
    client.close();
  }
}
