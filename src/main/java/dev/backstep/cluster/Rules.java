package dev.backstep.cluster;

import dev.backstep.cluster.Access.Right;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceRule;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReview;
import java.util.List;

/**
 * The rules that say what somebody may do in a namespace, judged as RBAC does. What they allow is
 * allowed; what they do not allow may be allowed all the same.
 */
record Rules(List<ResourceRule> list) {
  private static final String ANY = "*";

  /** Where not all are listed, another authorizer may refuse what these allow: none counts. */
  static Rules of(SelfSubjectRulesReview review) {
    var status = review.getStatus();
    return new Rules(
        status == null || Boolean.TRUE.equals(status.getIncomplete())
            ? List.of()
            : status.getResourceRules());
  }

  /** True when the right is there for all objects that it names; elsewhere other rules hold. */
  boolean allow(Right right) {
    return allow(right, null)
        || !right.names().isEmpty() && right.names().stream().allMatch(name -> allow(right, name));
  }

  /**
   * True when the right is there for one object.
   *
   * @param name name of the object; null: any
   */
  boolean allow(Right right, String name) {
    return right.elsewhere() == null
        && list.stream()
            .filter(rule -> has(rule.getVerbs(), right.verb()))
            .filter(rule -> has(rule.getApiGroups(), right.group()))
            .filter(
                rule -> rule.getResources().stream().anyMatch(it -> covers(it, right.resource())))
            .anyMatch(
                rule ->
                    rule.getResourceNames().isEmpty() || rule.getResourceNames().contains(name));
  }

  private static boolean has(List<String> words, String word) {
    return words.contains(ANY) || words.contains(word);
  }

  /** A rule for {@code *} is for subresources too; one for {@code pods} is not. */
  private static boolean covers(String ruled, String resource) {
    var slash = resource.indexOf('/');
    return ruled.equals(ANY)
        || ruled.equals(resource)
        || slash > 0 && ruled.equals(ANY + resource.substring(slash));
  }
}
