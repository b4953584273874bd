package dev.backstep.cluster;

import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What one ServiceAccount may do in its namespace. All its rules are asked for in one request and
 * judged here. Single rights are asked for only where the rules do not have them, or where the API
 * server says that it cannot list them all. Every answer is kept, so this is for one preflight;
 * nothing is asked where rules that were seen a moment ago allow it all.
 */
public final class Permissions {
  /** Two whole commands, each on a line of its own, so that they can be copied. */
  private static final String MISSING =
      "ServiceAccount %s/%s may not %s %s%s%s. Give it the right:\n%s\n%s\n";

  private static final String WITHOUT = "As it is, %s: %s";

  private static final String CREATE_ROLE =
      "kubectl -n %s create role %s --verb=%s --resource=%s%s";
  private static final String BIND_ROLE =
      "kubectl -n %s create rolebinding %s --role=%s --serviceaccount=%s:%s";
  private static final String NO_ACCOUNT =
      """
      ServiceAccount %s/%s does not exist. Create it, and give it the rights that the plan needs:
      kubectl -n %s create serviceaccount %s
      """;
  private static final String NO_IMPERSONATION =
      "The operator cannot act as ServiceAccount %s/%s: %s Install the chart's ClusterRole.";

  private final KubernetesClient operator;
  private final KubernetesClient self;
  private final String namespace;
  private final String serviceAccount;
  private final Optional<Rules> before;
  private final Consumer<Rules> whenAsked;
  private final Map<Asked, Boolean> answers = new HashMap<>();
  private Boolean exists;
  private Rules rules;
  private KubernetesClientException unanswered;

  /**
   * @param before its rules as they were a moment ago; empty: nobody asked
   * @param whenAsked gets them when they are asked for
   */
  Permissions(
      KubernetesClient operator,
      KubernetesClient self,
      Author author,
      Optional<Rules> before,
      Consumer<Rules> whenAsked) {
    this.operator = operator;
    this.self = self;
    this.namespace = author.namespace();
    this.serviceAccount = author.serviceAccount();
    this.before = before;
    this.whenAsked = whenAsked;
  }

  private record Asked(String namespace, String verb, String group, String resource, String name) {}

  /** What is wrong with the ServiceAccount and these rights, as far as they are needed. */
  public List<Problem> problems(List<Right> rights) {
    if (before.filter(rules -> rights.stream().allMatch(rules::allow)).isPresent()) {
      return List.of();
    }
    if (!exists()) {
      return List.of(
          new Problem(
              "ServiceAccountMissing",
              NO_ACCOUNT.formatted(namespace, serviceAccount, namespace, serviceAccount)));
    }
    return rights.stream()
        .filter(Right::needed)
        .map(this::problem)
        .flatMap(Optional::stream)
        .toList();
  }

  /** What is missing of these rights, and can be done without, in sentences. */
  public List<String> doubts(List<Right> rights) {
    return rights.stream()
        .filter(right -> !right.needed())
        .distinct()
        .filter(right -> exists())
        .flatMap(
            right ->
                problem(right).stream()
                    .map(missing -> WITHOUT.formatted(right.without(), missing.message())))
        .toList();
  }

  /** The rules do not tell: they may be there before the ServiceAccount is. */
  private boolean exists() {
    if (exists == null) {
      var accounts = operator.serviceAccounts().inNamespace(namespace);
      exists = accounts.withName(serviceAccount).get() != null;
    }
    return exists;
  }

  private Optional<Problem> problem(Right right) {
    try {
      if (unanswered != null) {
        throw unanswered;
      }
      return missing(right);
    } catch (KubernetesClientException e) {
      unanswered = e;
      return Optional.of(
          new Problem(
              "CannotImpersonate",
              NO_IMPERSONATION.formatted(namespace, serviceAccount, Refusal.said(e))));
    }
  }

  private Optional<Problem> missing(Right right) {
    if (rules().allow(right) || allowed(right, null)) {
      return Optional.empty();
    }
    var denied =
        right.names().stream()
            .filter(name -> !rules().allow(right, name) && !allowed(right, name))
            .toList();
    return denied.isEmpty() && !right.names().isEmpty()
        ? Optional.empty()
        : Optional.of(forbidden(right, denied));
  }

  private Rules rules() {
    if (rules == null) {
      var review =
          new SelfSubjectRulesReviewBuilder()
              .withNewSpec()
              .withNamespace(namespace)
              .endSpec()
              .build();
      rules = Rules.of(self.authorization().v1().selfSubjectRulesReview().create(review));
      whenAsked.accept(rules);
    }
    return rules;
  }

  private boolean allowed(Right right, String name) {
    return answers.computeIfAbsent(
        new Asked(place(right), right.verb(), right.group(), right.resource(), name), this::ask);
  }

  private boolean ask(Asked asked) {
    var resource = asked.resource().split("/");
    var review =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withNamespace(asked.namespace())
            .withVerb(asked.verb())
            .withGroup(asked.group())
            .withResource(resource[0])
            .withSubresource(resource.length > 1 ? resource[1] : null)
            .withName(asked.name())
            .endResourceAttributes()
            .endSpec()
            .build();
    var answer = self.authorization().v1().selfSubjectAccessReview().create(review);
    return Boolean.TRUE.equals(answer.getStatus().getAllowed());
  }

  private String place(Right right) {
    return right.elsewhere() == null ? namespace : right.elsewhere();
  }

  private static String named(List<String> names) {
    return (names.isEmpty() ? "" : ": ")
        + names.stream().limit(5).collect(Collectors.joining(", "))
        + (names.size() > 5 ? " and %s more".formatted(names.size() - 5) : "");
  }

  private Problem forbidden(Right right, List<String> names) {
    var role =
        "%s%s-%s-%s"
            .formatted(
                right.elsewhere() == null ? "" : "%s-".formatted(namespace),
                serviceAccount,
                right.verb(),
                right.resource().replace('/', '-'));
    return new Problem(
        "Forbidden",
        MISSING.formatted(
            namespace,
            serviceAccount,
            right.verb(),
            right.qualified(),
            named(names),
            right.elsewhere() == null ? "" : " in namespace %s".formatted(right.elsewhere()),
            CREATE_ROLE.formatted(
                place(right), role, right.verb(), right.qualified(), only(right, names)),
            BIND_ROLE.formatted(place(right), role, role, namespace, serviceAccount)));
  }

  /** Elsewhere no more is given than is needed. */
  private static String only(Right right, List<String> names) {
    return right.elsewhere() == null
        ? ""
        : names.stream().map(" --resource-name=%s"::formatted).collect(Collectors.joining());
  }
}
