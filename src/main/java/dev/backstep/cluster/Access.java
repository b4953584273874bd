package dev.backstep.cluster;

import dev.backstep.effect.Author;
import dev.backstep.memory.Fresh;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.stream.Stream;

/** Asks the API server what a plan's ServiceAccount may do. */
@ApplicationScoped
public class Access {
  /**
   * How long rules are taken to allow what they did allow. What they do not allow is asked for
   * again at once; a right that was taken away meanwhile is refused to the effect.
   */
  private static final Duration TRUSTED = Duration.ofSeconds(30);

  /** So many ServiceAccounts are remembered. */
  private static final int REMEMBERED = 1000;

  private final KubernetesClient client;
  private final Impersonation impersonation;
  private final Fresh<Author, Rules> known;

  public Access(KubernetesClient client, Impersonation impersonation, Clock clock) {
    this.client = client;
    this.impersonation = impersonation;
    this.known = new Fresh<>(clock, TRUSTED, REMEMBERED);
  }

  /**
   * A right on objects of one resource.
   *
   * @param resource with a subresource behind a slash, such as pods/log
   * @param names the objects; empty: any, because their names are not known yet
   * @param without what is so without it, where it can be done without; null: it cannot
   * @param elsewhere the namespace of the objects; null: that of the ServiceAccount
   */
  public record Right(
      String verb,
      String group,
      String resource,
      Collection<String> names,
      String without,
      String elsewhere) {
    /** One that is needed. */
    public Right(String verb, String group, String resource, Collection<String> names) {
      this(verb, group, resource, names, null, null);
    }

    /** The same on objects of this namespace. */
    public Right in(String namespace) {
      return new Right(verb, group, resource, names, without, namespace);
    }

    /** One on all objects of a resource, which does not have to be there. */
    public static Right useful(String verb, String group, String resource, String without) {
      return new Right(verb, group, resource, List.of(), without, null);
    }

    boolean needed() {
      return without == null;
    }

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
    var author = new Author(namespace, serviceAccount);
    return new Permissions(
        client,
        impersonation.as(author),
        author,
        known.get(author),
        rules -> known.put(author, rules, 1));
  }
}
