package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.cluster.Access.Right;
import dev.backstep.problem.Problem;
import dev.backstep.simulation.MemoryCluster;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a ServiceAccount may do, and how much is asked to find it out. */
class PermissionsTest {
  private static final String RULES = "selfsubjectrulesreviews";
  private static final String SINGLE = "selfsubjectaccessreviews";
  private static final Right PATCH =
      new Right("patch", "apps", "deployments", List.of("web", "api"));
  private static final Right DELETE = new Right("delete", "", "pods", List.of());

  private final MemoryCluster cluster = new MemoryCluster();

  @BeforeEach
  void account() {
    cluster.given("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}");
    cluster.review(SINGLE, "allowed: false");
  }

  private void rules(String rules) {
    cluster.review(
        RULES, "incomplete: false\nnonResourceRules: []\nresourceRules: [%s]".formatted(rules));
  }

  private List<Problem> problems(Right... rights) {
    var permissions = cluster.bean(Access.class).of(MemoryCluster.NAMESPACE, "runner");
    // For two levels.
    permissions.problems(List.of(rights));
    return permissions.problems(List.of(rights));
  }

  private long asked(String what) {
    return cluster.requests().stream().filter(it -> it.endsWith(what)).count();
  }

  @Test
  void allRightsOfAllLevelsCostOneReviewAndOneLookAtTheServiceAccount() {
    // given
    rules(
        """
        {verbs: [get, patch], apiGroups: [apps], resources: [deployments], resourceNames: [web]},
        {verbs: [patch], apiGroups: [apps], resources: [deployments], resourceNames: [api]},
        {verbs: ['*'], apiGroups: [''], resources: [pods]}
        """);

    // when
    var problems = problems(PATCH, DELETE);

    // then
    assertThat(problems).isEmpty();
    assertThat(cluster.requests())
        .containsExactly(
            "GET /api/v1/namespaces/shop/serviceaccounts/runner",
            "POST /apis/authorization.k8s.io/v1/" + RULES);
  }

  private static final Right USEFUL =
      Right.useful("list", "autoscaling", "horizontalpodautoscalers", "their limits are not known");

  @Test
  void whatCanBeDoneWithoutIsSaidAndIsNoProblem() {
    // given
    rules("{verbs: [patch], apiGroups: [apps], resources: [deployments]}");

    // when
    var permissions = cluster.bean(Access.class).of(MemoryCluster.NAMESPACE, "runner");

    // then
    assertThat(permissions.problems(List.of(PATCH, USEFUL))).isEmpty();
    assertThat(permissions.doubts(List.of(PATCH, USEFUL, USEFUL)))
        .singleElement()
        .asString()
        .startsWith(
            "As it is, their limits are not known: ServiceAccount shop/runner may not list horizontalpodautoscalers.autoscaling. Give it the right:")
        .contains("--verb=list --resource=horizontalpodautoscalers.autoscaling");
  }

  @Test
  void whereItMayNothingIsSaid() {
    // given
    rules("{verbs: [list], apiGroups: [autoscaling], resources: [horizontalpodautoscalers]}");

    // when
    var permissions = cluster.bean(Access.class).of(MemoryCluster.NAMESPACE, "runner");

    // then
    assertThat(permissions.doubts(List.of(USEFUL))).isEmpty();
  }

  @Test
  void whatWasAllowedAMomentAgoIsNotAskedForAgain() {
    // given
    rules("{verbs: ['*'], apiGroups: ['*'], resources: ['*']}");
    problems(PATCH);
    cluster.requests();

    // when
    var atOnce = problems(PATCH, DELETE);

    // then
    assertThat(atOnce).isEmpty();
    assertThat(cluster.requests()).isEmpty();
    cluster.pass(Duration.ofMinutes(1));
    problems(PATCH);
    assertThat(cluster.requests()).hasSize(2);
  }

  @Test
  void whatWasMissingAMomentAgoIsAskedForAgain() {
    // given
    rules("{verbs: [patch], apiGroups: [apps], resources: [deployments]}");
    assertThat(problems(PATCH)).isEmpty();
    assertThat(problems(DELETE)).hasSize(1);

    // when
    rules("{verbs: ['*'], apiGroups: ['*'], resources: ['*']}");

    // then
    assertThat(problems(DELETE)).isEmpty();
  }

  @Test
  void starsAllowEverything() {
    rules("{verbs: ['*'], apiGroups: ['*'], resources: ['*']}");

    assertThat(problems(PATCH, DELETE, new Right("patch", "", "pods/resize", List.of()))).isEmpty();
    assertThat(asked(SINGLE)).isZero();
  }

  @Test
  void aSubresourceIsARightOfItsOwn() {
    var scale = new Right("patch", "apps", "deployments/scale", List.of("web"));

    rules("{verbs: [patch], apiGroups: [apps], resources: [deployments]}");
    assertThat(problems(scale)).hasSize(1);
    rules("{verbs: [patch], apiGroups: [apps], resources: ['*/scale']}");
    assertThat(problems(scale)).isEmpty();
    rules("{verbs: [patch], apiGroups: [apps], resources: [deployments/scale]}");
    assertThat(problems(scale)).isEmpty();
  }

  @Test
  void whatTheRulesDoNotAllowIsAskedForAndNamedWithItsRemedy() {
    // given
    rules("{verbs: [patch], apiGroups: [apps], resources: [deployments], resourceNames: [web]}");

    // when
    var problems = problems(PATCH);

    // then
    assertThat(problems)
        .singleElement()
        .satisfies(it -> assertThat(it.reason()).isEqualTo("Forbidden"))
        .satisfies(
            it ->
                assertThat(it.message())
                    .isEqualTo(
                        """
                        ServiceAccount shop/runner may not patch deployments.apps: api. Give it the right:
                        kubectl -n shop create role runner-patch-deployments --verb=patch --resource=deployments.apps
                        kubectl -n shop create rolebinding runner-patch-deployments --role=runner-patch-deployments --serviceaccount=shop:runner
                        """));
    assertThat(asked(SINGLE)).as("for any, and for the one that is missing").isEqualTo(2);
  }

  /** What the rules of the ServiceAccount's own namespace allow says nothing of another one. */
  @Test
  void aRightElsewhereIsAskedForThereAndGivenForOneObject() {
    // given
    rules("{verbs: ['*'], apiGroups: ['*'], resources: ['*']}");
    var right = new Right("patch", "argoproj.io", "applications", List.of("shop")).in("argocd");

    // when
    var problems = problems(right);

    // then
    assertThat(problems)
        .singleElement()
        .extracting(Problem::message)
        .isEqualTo(
            """
            ServiceAccount shop/runner may not patch applications.argoproj.io: shop in namespace argocd. Give it the right:
            kubectl -n argocd create role shop-runner-patch-applications --verb=patch --resource=applications.argoproj.io --resource-name=shop
            kubectl -n argocd create rolebinding shop-runner-patch-applications --role=shop-runner-patch-applications --serviceaccount=shop:runner
            """);
    assertThat(asked(SINGLE)).isEqualTo(2);
  }

  /** Another authorizer than RBAC may allow it. */
  @Test
  void whatIsAllowedOtherwiseIsAllowed() {
    rules("");
    cluster.review(SINGLE, "allowed: true");

    assertThat(problems(PATCH, DELETE)).isEmpty();
  }

  /** Another authorizer may refuse what the listed rules allow. */
  @Test
  void aListThatIsNotCompleteDoesNotCount() {
    cluster.review(
        RULES,
        """
        incomplete: true
        nonResourceRules: []
        resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]
        """);

    assertThat(problems(DELETE)).hasSize(1);
    assertThat(asked(SINGLE)).as("once for both levels").isEqualTo(1);
  }

  @Test
  void anOperatorThatMayNotActAsItSaysSoAndAsksNoMore() {
    // given
    var refused = "serviceaccounts \"runner\" is forbidden: User \"op\" cannot impersonate";
    cluster.refuse("POST", RULES, 403, "Forbidden", refused);

    // when
    var problems = problems(PATCH, DELETE);

    // then
    assertThat(problems.stream().distinct())
        .singleElement()
        .satisfies(it -> assertThat(it.reason()).isEqualTo("CannotImpersonate"))
        .satisfies(
            it ->
                assertThat(it.message())
                    .startsWith("The operator cannot act as ServiceAccount shop/runner: ")
                    .endsWith("Install the chart's ClusterRole."));
    assertThat(asked("reviews")).isEqualTo(1);
  }

  @Test
  void aServiceAccountThatDoesNotExistIsSaidAndNotReviewed() {
    var permissions = cluster.bean(Access.class).of(MemoryCluster.NAMESPACE, "nobody");

    assertThat(permissions.problems(List.of(PATCH)))
        .extracting(Problem::reason)
        .containsExactly("ServiceAccountMissing");
    assertThat(asked("reviews")).isZero();
  }
}
