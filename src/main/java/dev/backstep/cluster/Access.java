package dev.backstep.cluster;

import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Asks the API server what a plan's ServiceAccount may do. */
@ApplicationScoped
public class Access {
  /** Two whole commands, each on a line of its own, so that they can be copied. */
  private static final String MISSING =
      "ServiceAccount %s/%s may not %s %s%s. Give it the right:\n%s\n%s\n";

  private static final String CREATE_ROLE = "kubectl -n %s create role %s --verb=%s --resource=%s";
  private static final String BIND_ROLE =
      "kubectl -n %s create rolebinding %s --role=%s --serviceaccount=%s:%s";
  private static final String NO_ACCOUNT =
      """
      ServiceAccount %s/%s does not exist. Create it, and give it the rights that the plan's actions need:
      kubectl -n %s create serviceaccount %s
      """;
  private static final String NO_IMPERSONATION =
      "The operator cannot act as ServiceAccount %s/%s: %s Install the chart's ClusterRole.";

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
    private String qualified() {
      return group.isEmpty() ? resource : resource + "." + group;
    }
  }

  /** What is wrong with the ServiceAccount and its rights; empty: nothing. */
  public List<Problem> problems(String namespace, String serviceAccount, List<Right> rights) {
    if (client.serviceAccounts().inNamespace(namespace).withName(serviceAccount).get() == null) {
      return List.of(
          new Problem(
              "ServiceAccountMissing",
              NO_ACCOUNT.formatted(namespace, serviceAccount, namespace, serviceAccount)));
    }
    return rights.stream()
        .flatMap(right -> missing(namespace, serviceAccount, right).stream())
        .toList();
  }

  private Optional<Problem> missing(String namespace, String serviceAccount, Right right) {
    var self = impersonation.as(namespace, serviceAccount);
    try {
      if (allowed(self, namespace, right, null)) {
        return Optional.empty();
      }
      var denied =
          right.names().stream().filter(name -> !allowed(self, namespace, right, name)).toList();
      return denied.isEmpty() && !right.names().isEmpty()
          ? Optional.empty()
          : Optional.of(forbidden(namespace, serviceAccount, right, denied));
    } catch (KubernetesClientException e) {
      return Optional.of(
          new Problem(
              "CannotImpersonate",
              NO_IMPERSONATION.formatted(namespace, serviceAccount, Refusal.said(e))));
    }
  }

  private static boolean allowed(
      KubernetesClient self, String namespace, Right right, String name) {
    var review =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withNamespace(namespace)
            .withVerb(right.verb())
            .withGroup(right.group())
            .withResource(right.resource())
            .withName(name)
            .endResourceAttributes()
            .endSpec()
            .build();
    var answer = self.authorization().v1().selfSubjectAccessReview().create(review);
    return Boolean.TRUE.equals(answer.getStatus().getAllowed());
  }

  private static String named(List<String> names) {
    return (names.isEmpty() ? "" : ": ")
        + names.stream().limit(5).collect(Collectors.joining(", "))
        + (names.size() > 5 ? " and " + (names.size() - 5) + " more" : "");
  }

  private static Problem forbidden(
      String namespace, String serviceAccount, Right right, List<String> names) {
    var role = "%s-%s-%s".formatted(serviceAccount, right.verb(), right.resource());
    return new Problem(
        "Forbidden",
        MISSING.formatted(
            namespace,
            serviceAccount,
            right.verb(),
            right.qualified(),
            named(names),
            CREATE_ROLE.formatted(namespace, role, right.verb(), right.qualified()),
            BIND_ROLE.formatted(namespace, role, role, namespace, serviceAccount)));
  }
}
