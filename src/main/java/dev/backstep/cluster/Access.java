package dev.backstep.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;

/** Asks the API server what a plan's ServiceAccount may do. */
@ApplicationScoped
public class Access {
  private final KubernetesClient client;
  private final Impersonation impersonation;

  public Access(KubernetesClient client, Impersonation impersonation) {
    this.client = client;
    this.impersonation = impersonation;
  }

  /**
   * A right on objects of one resource.
   *
   * @param names the objects; empty: any, because their names are not known yet
   */
  public record Right(String verb, String group, String resource, Collection<String> names) {
    String qualified() {
      return group.isEmpty() ? resource : resource + "." + group;
    }
  }

  /** What a ServiceAccount may do now: whatever is asked of this object is asked once. */
  public Permissions of(String namespace, String serviceAccount) {
    return new Permissions(
        client, impersonation.as(namespace, serviceAccount), namespace, serviceAccount);
  }
}
