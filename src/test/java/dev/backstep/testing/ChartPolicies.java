package dev.backstep.testing;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** The chart's admission policies and roles, for one namespace, as a user gets them by Helm. */
public final class ChartPolicies implements AutoCloseable {
  private static final List<String> TEMPLATES =
      List.of("roles.yaml", "aggregated-roles.yaml", "admission-policies.yaml");

  private static final List<String> FORGED =
      List.of(
          """
          apiVersion: backstep.dev/v1alpha1
          kind: Approval
          metadata: {name: forged}
          spec: {targetRef: {kind: RollbackPlan, name: web, uid: a}, runId: a, level: a, hash: a,
                 decision: Approve, approver: nobody}
          """,
          """
          apiVersion: backstep.dev/v1alpha1
          kind: RollbackPlan
          metadata: {name: forged}
          spec:
            serviceAccountName: runner
            gates: [{name: ready, workload: {kind: Deployment, name: web}}]
            levels:
            - {name: a, actions: [{name: a, restart: {workloads: [{kind: Deployment, name: web}]}}]}
            run: {id: a, reason: somebody else asked, requestedBy: nobody, levels: [a]}
          """);

  private final Shop shop;

  private ChartPolicies(Shop shop) {
    this.shop = shop;
  }

  /** Binds the policies to the shop's namespace; they come into force within a second or two. */
  public static ChartPolicies in(Shop shop) {
    shop.apply(rendered(shop.namespace()));
    Awaitility.await("the policies to be in force")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> FORGED.stream().allMatch(yaml -> refused(shop, yaml)));
    return new ChartPolicies(shop);
  }

  private static boolean refused(Shop shop, String forged) {
    return shop.kubectlWith(forged, "create", "--dry-run=server", "-f", "-")
        .stderr()
        .contains("denied request");
  }

  /** Gives a user what the chart calls runner, author or approver. */
  public ChartPolicies grant(String duty, String user) {
    shop.apply(
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: '%1$s-%2$s'}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: '%3$s-backstep-%1$s'}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: '%2$s'}]
        """
            .formatted(duty, user, shop.namespace()));
    return this;
  }

  private static String rendered(String namespace) {
    var cluster = Cluster.get();
    var command =
        Stream.of(
            cluster.program("helm").toString(),
            "template",
            "backstep",
            "deploy/helm/backstep",
            "--namespace",
            namespace,
            "--kube-version",
            cluster.client().getKubernetesVersion().getGitVersion(),
            "--set",
            "watchNamespaces={" + namespace + "}",
            "--set",
            "admissionPolicies.namespaceSelector.matchLabels.kubernetes\\.io/metadata\\.name="
                + namespace);
    var only = TEMPLATES.stream().flatMap(name -> Stream.of("--show-only", "templates/" + name));
    return Command.run(Stream.concat(command, only).toList(), Map.of(), "").orThrow().stdout();
  }

  @Override
  public void close() {
    shop.kubectlWith(rendered(shop.namespace()), "delete", "--ignore-not-found", "-f", "-");
  }
}
