package dev.backstep.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.stream.Stream;

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
   * @param resource with a subresource behind a slash, such as pods/log
   * @param names the objects; empty: any, because their names are not known yet
   */
  public record Right(String verb, String group, String resource, Collection<String> names) {
    /** To read these Secrets; none where there are none. */
    public static List<Right> ofSecrets(Stream<String> names) {
      var all = names.distinct().toList();
      return all.isEmpty() ? List.of() : List.of(new Right("get", "", "secrets", all));
    }

    /** As RBAC writes it: pods/log, deployments.apps, deployments.apps/scale. */
    String qualified() {
      return group.isEmpty()
          ? resource
          : resource.replaceFirst("/|$", Matcher.quoteReplacement("." + group) + "$0");
    }
  }

  /** What a ServiceAccount may do now: whatever is asked of this object is asked once. */
  public Permissions of(String namespace, String serviceAccount) {
    return new Permissions(
        client, impersonation.as(namespace, serviceAccount), namespace, serviceAccount);
  }
}
