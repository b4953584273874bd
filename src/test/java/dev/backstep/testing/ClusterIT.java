package dev.backstep.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the other tests rely on. */
class ClusterIT {
  private static String namespace;

  @BeforeAll
  static void createNamespace() {
    namespace = Cluster.get().newNamespace("cluster");
  }

  @AfterAll
  static void deleteNamespace() {
    Cluster.get().deleteNamespace(namespace);
  }

  @Test
  void kubectlSpeaksToTheSameCluster() {
    var plans = Cluster.get().kubectl().run("-n", namespace, "get", "rollbackplans");

    assertThat(plans.orThrow().stderr()).contains("No resources found");
    assertThatThrownBy(() -> Cluster.get().kubectl().run("get", "nothing").orThrow())
        .hasMessageContaining("get nothing ended with 1");
  }

  @Test
  void theAuditLogTellsWhoAskedForWhat() {
    assumeThat(Cluster.get().auditLog()).isPresent();
    var log = Cluster.get().auditLog().orElseThrow();
    var user = "system:serviceaccount:" + namespace + ":runner";
    var mark = log.mark();

    assertThatThrownBy(() -> Cluster.get().as(user).secrets().inNamespace(namespace).list())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403));

    assertThat(log.settledSince(mark, entry -> entry.namespace().equals(namespace)))
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.verb()).isEqualTo("list");
              assertThat(entry.resource()).isEqualTo("secrets");
              assertThat(entry.impersonatedUser()).isEqualTo(user);
              assertThat(entry.responseCode()).isEqualTo(403);
            });
  }

  /** Why Backstep needs no right to impersonate groups. */
  @Test
  void anImpersonatedServiceAccountHasItsGroupsWithoutNamingThem() {
    var client = Cluster.get().as("system:serviceaccount:" + namespace + ":runner");

    var self = client.resource(new SelfSubjectReview()).create();

    assertThat(self.getStatus().getUserInfo().getGroups())
        .containsExactlyInAnyOrder(
            "system:serviceaccounts",
            "system:serviceaccounts:" + namespace,
            "system:authenticated");
  }
}
