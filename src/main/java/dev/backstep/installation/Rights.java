package dev.backstep.installation;

import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributesBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.stream.Stream;

/** Whether the ServiceAccount may do what nothing goes without. */
final class Rights {
  private static final String GROUP = "backstep.dev";

  private static final List<Right> NEEDED =
      Stream.concat(
              Stream.of("rollbackplans", "synccontrols", "dbrestores")
                  .flatMap(
                      kind ->
                          Stream.of(
                              new Right("list", GROUP, kind, ""),
                              new Right("update", GROUP, kind, "status"))),
              Stream.of(
                  new Right("list", GROUP, "approvals", ""),
                  new Right("create", "apps", "controllerrevisions", ""),
                  new Right("impersonate", "", "serviceaccounts", "")))
          .toList();

  private final KubernetesClient client;
  private final List<String> watched;

  /**
   * Of the ServiceAccount that the client is.
   *
   * @param watched the namespaces in which it needs them; empty: all
   */
  Rights(KubernetesClient client, List<String> watched) {
    this.client = client;
    this.watched = watched;
  }

  private record Right(String verb, String group, String resource, String part) {
    String said() {
      var whole = part.isEmpty() ? resource : resource + "/" + part;
      return "%s %s".formatted(verb, group.isEmpty() ? whole : whole + "." + group);
    }
  }

  List<Problem> problems() {
    return watched.isEmpty()
        ? missing("", "all namespaces")
        : watched.stream().flatMap(it -> missing(it, "namespace " + it).stream()).toList();
  }

  /** One problem for all that is missing in a namespace, or in all of them. */
  private List<Problem> missing(String namespace, String where) {
    var missing = NEEDED.stream().filter(it -> !isHeld(it, namespace)).map(Right::said).toList();
    return missing.isEmpty()
        ? List.of()
        : List.of(
            new Problem(
                "RightsMissing",
                "The operator's ServiceAccount has not these rights in %s: %s. See whether the chart's roles are there and bound to it: kubectl get clusterrolebindings,rolebindings --all-namespaces -o wide"
                    .formatted(where, String.join(", ", missing))));
  }

  private boolean isHeld(Right right, String namespace) {
    var attributes =
        new ResourceAttributesBuilder()
            .withVerb(right.verb())
            .withGroup(right.group())
            .withResource(right.resource())
            .withSubresource(right.part())
            .withNamespace(namespace)
            .build();
    var review =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withResourceAttributes(attributes)
            .endSpec()
            .build();
    var answer = client.authorization().v1().selfSubjectAccessReview().create(review);
    return answer.getStatus().getAllowed();
  }
}
