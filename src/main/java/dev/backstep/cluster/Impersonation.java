package dev.backstep.cluster;

import dev.backstep.effect.Author;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Clients that act as a plan's ServiceAccount, so that its RBAC decides what the plan may do and
 * the audit log names it. They share the connections of the operator's own client and are therefore
 * never closed; they never re-send by themselves, because the reconcile loop is the retry.
 */
@ApplicationScoped
public class Impersonation {
  private final KubernetesClient client;
  private final Map<String, KubernetesClient> clients = new ConcurrentHashMap<>();

  public Impersonation(KubernetesClient client) {
    this.client = client;
  }

  /** A client that is the ServiceAccount. */
  public KubernetesClient as(String namespace, String serviceAccount) {
    return clients.computeIfAbsent(userName(namespace, serviceAccount), this::derive);
  }

  /** A client that acts on the author's rights. */
  public KubernetesClient as(Author author) {
    return as(author.namespace(), author.serviceAccount());
  }

  /** The name by which the API server knows a ServiceAccount. */
  public static String userName(String namespace, String serviceAccount) {
    return "system:serviceaccount:" + namespace + ":" + serviceAccount;
  }

  /**
   * Without groups: the API server adds those that every ServiceAccount has, and asks no right for
   * it.
   */
  private KubernetesClient derive(String user) {
    var config =
        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
            .withImpersonateUsername(user)
            .withRequestRetryBackoffLimit(0)
            .build();
    return client.newClient(config).adapt(KubernetesClient.class);
  }
}
