package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.cluster.Access.Right;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.LoopbackApi.Asked;
import dev.backstep.testing.Settings;
import dev.backstep.testing.StandingClock;
import dev.backstep.testing.TaskTaker;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whether RBAC gives a right to anybody who is a human. */
class GrantsTest {
  private static final Right APPROVE =
      new Right("approve", "backstep.dev", "rollbackplans", List.of("web"));
  private static final Right CREATE = new Right("create", "backstep.dev", "approvals", List.of());

  private static final String RBAC =
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: %s\nmetadata: {%s}\n";
  private static final String APPROVER =
      """
      rules:
      - {apiGroups: [backstep.dev], resources: [rollbackplans], verbs: [get, approve]}
      - {apiGroups: [backstep.dev], resources: [approvals], verbs: [create]}
      """;

  private final LoopbackApi api = new LoopbackApi();
  private final StandingClock clock = new StandingClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final Grants grants =
      new Grants(
          new BindingReader(api.client()),
          Settings.of(Map.of("backstep.preflight.interval", "5m")),
          clock,
          new TaskTaker(Runnable::run));

  @AfterEach
  void stop() {
    api.close();
  }

  private boolean nobody(String namespace) {
    return grants.nobody(namespace, List.of(APPROVE, CREATE)).toCompletableFuture().join();
  }

  private void has(String kind, String metadata, String rest) {
    HasMetadata object =
        api.client().getKubernetesSerialization().unmarshal(RBAC.formatted(kind, metadata) + rest);
    api.has(object);
  }

  private void bound(String where, String kind, String role, String subject) {
    has(
        kind,
        where,
        """
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: %s, name: approver}
        subjects: [{%s}]
        """
            .formatted(role, subject));
  }

  private long lists() {
    return api.asked().stream().map(Asked::path).filter(it -> it.endsWith("/rolebindings")).count();
  }

  @Test
  void aBindingOfTheNamespaceOrOfAllNamespacesCounts() {
    // given
    has("ClusterRole", "name: approver", APPROVER);
    assertThat(nobody("shop")).isTrue();

    // when
    bound("name: leads, namespace: shop", "RoleBinding", "ClusterRole", "kind: Group, name: leads");
    clock.pass(Duration.ofSeconds(30));

    // then
    assertThat(nobody("shop")).isFalse();
    assertThat(nobody("other")).isTrue();

    // when
    bound("name: all", "ClusterRoleBinding", "ClusterRole", "kind: User, name: alice");
    clock.pass(Duration.ofSeconds(30));

    // then
    assertThat(nobody("other")).isFalse();
  }

  @Test
  void aRoleCountsInItsNamespaceAndForWhatItNames() {
    // given
    has("Role", "name: approver, namespace: other", APPROVER);
    bound("name: leads, namespace: shop", "RoleBinding", "Role", "kind: User, name: alice");
    assertThat(nobody("shop")).as("a role of another namespace").isTrue();

    // when
    has(
        "Role",
        "name: approver, namespace: shop",
        APPROVER.replace("[get, approve]", "[get, approve], resourceNames: [other]"));
    clock.pass(Duration.ofMinutes(5));
    // then
    assertThat(nobody("shop")).as("for another plan").isTrue();

    // when
    has("Role", "name: approver, namespace: shop", APPROVER.replace("[create]", "[get]"));
    clock.pass(Duration.ofMinutes(5));
    // then
    assertThat(nobody("shop")).as("not to write an Approval").isTrue();

    // when
    has("Role", "name: approver, namespace: shop", APPROVER);
    clock.pass(Duration.ofMinutes(5));
    // then
    assertThat(nobody("shop")).isFalse();
  }

  @Test
  void whoIsNoHumanDoesNotCount() {
    // given
    has("ClusterRole", "name: approver", APPROVER);
    bound(
        "name: a, namespace: shop", "RoleBinding", "ClusterRole", "kind: ServiceAccount, name: a");
    bound("name: b", "ClusterRoleBinding", "ClusterRole", "kind: Group, name: 'system:masters'");
    bound("name: c", "ClusterRoleBinding", "ClusterRole", "kind: User, name: 'system:admin'");
    has("ClusterRoleBinding", "name: d", "roleRef: {kind: ClusterRole, name: approver}");
    assertThat(nobody("shop")).isTrue();

    // when
    bound(
        "name: e",
        "ClusterRoleBinding",
        "ClusterRole",
        "kind: Group, name: 'system:authenticated'");
    clock.pass(Duration.ofSeconds(30));

    // then
    assertThat(nobody("shop")).isFalse();
  }

  @Test
  void allPlansShareOneListThatIsBelievedForAnInterval() {
    // given
    has(
        "ClusterRole",
        "name: approver",
        "rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]");
    bound("name: all", "ClusterRoleBinding", "ClusterRole", "kind: User, name: alice");

    // when
    for (var plan = 0; plan < 100; plan++) {
      assertThat(nobody("shop-" + plan)).isFalse();
      clock.pass(Duration.ofSeconds(2));
    }

    // then
    assertThat(lists()).isEqualTo(1);
    clock.pass(Duration.ofSeconds(100));
    assertThat(nobody("shop")).isFalse();
    assertThat(lists()).isEqualTo(2);
  }

  @Test
  void thatNobodyHasItIsLookedAtAgainAfterHalfAMinute() {
    for (var second = 0; second < 60; second++) {
      assertThat(nobody("shop")).isTrue();
      clock.pass(Duration.ofSeconds(1));
    }

    assertThat(lists()).isEqualTo(2);
  }

  @Test
  void whatMayNotBeReadIsNotKnown() {
    api.refusesAt("GET", "/apis/rbac.authorization.k8s.io/v1/rolebindings", 403, "forbidden");

    assertThat(nobody("shop")).isFalse();
    assertThat(nobody("other")).isFalse();
    assertThat(lists()).as("not asked again at once").isEqualTo(1);
  }

  @Test
  void longListsAreReadPageByPage() {
    // given
    var path = "/apis/rbac.authorization.k8s.io/v1/rolebindings";
    has("ClusterRole", "name: approver", APPROVER);
    bound("name: leads, namespace: shop", "RoleBinding", "ClusterRole", "kind: Group, name: leads");
    api.answersAt(
        "GET", path, "{\"kind\":\"List\",\"metadata\":{\"continue\":\"more\"},\"items\":[]}");

    // then
    assertThat(nobody("shop")).isFalse();
    assertThat(api.asked())
        .filteredOn(it -> it.path().equals(path))
        .extracting(Asked::query)
        .satisfiesExactly(
            first -> assertThat(first).contains("limit=500").doesNotContain("more"),
            second -> assertThat(second).contains("limit=500", "continue=more"));
  }
}
