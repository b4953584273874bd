package dev.backstep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.Command;
import dev.backstep.testing.Helm;
import dev.backstep.testing.OperatorImage;
import dev.backstep.testing.Shop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The chart as a user installs it: the operator is a pod and has the chart's rights only. */
@Isolated("the chart's operator serves every namespace")
class ChartE2E {
  private static final String CHART = "deploy/helm/backstep";

  private final Cluster cluster = Cluster.get();

  @Test
  void isLinted() {
    Helm.run("lint", "--strict", CHART);
  }

  @Test
  void whatCanBeChosenIsTakenByTheApiServer() {
    var namespace = cluster.newNamespace("chosen");
    try {
      var objects =
          rendered(
              // A pod needs its ServiceAccount, which a dry run does not make.
              "--no-hooks",
              "--namespace=" + namespace,
              "--set=networkPolicy.enabled=true",
              "--set=networkPolicy.ingressFrom[0].namespaceSelector.matchLabels.a=b",
              "--set=networkPolicy.egress[0].to[0].ipBlock.cidr=10.0.0.0/8",
              "--set=responder.enabled=true",
              "--set=watchNamespaces={" + namespace + "}",
              "--set=priorityClassName=system-cluster-critical");
      var taken =
          cluster.kubectl().runWithInput(objects, "apply", "--dry-run=server", "-f", "-").orThrow();
      assertThat(taken.stdout())
          .contains("networkpolicy.networking.k8s.io/backstep created")
          .contains("poddisruptionbudget.policy/backstep created")
          .contains("role.rbac.authorization.k8s.io/backstep-leader created");
    } finally {
      cluster.deleteNamespace(namespace);
    }
  }

  @Test
  void whoInstallsWithoutHelmGetsTheSame() {
    var made = Command.run(List.of("dev/install-yaml"), cluster.environment(), "").orThrow();

    assertThat(Path.of("deploy", "install.yaml"))
        .as("made anew by: dev/install-yaml >deploy/install.yaml")
        .hasContent(made.stdout());
  }

  @Test
  void whatCannotWorkIsRefused() {
    assertThatThrownBy(() -> rendered("--set=replicas=0")).hasMessageContaining("/replicas");
    assertThatThrownBy(() -> rendered("--set=leader.duration=2s"))
        .hasMessageContaining("/leader/duration");
  }

  private String rendered(String... chosen) {
    var always =
        Stream.of(
            "template",
            "backstep",
            CHART,
            "--kube-version",
            cluster.client().getKubernetesVersion().getGitVersion());
    return Helm.run(Stream.concat(always, Stream.of(chosen)).toArray(String[]::new)).stdout();
  }

  @Test
  void anInstalledOperatorRecoversAnApplication() {
    OperatorImage.make();
    var namespace = cluster.newNamespace("chart");
    restrict(namespace);
    try {
      Helm.run(
          "install",
          "backstep",
          CHART,
          "--namespace",
          namespace,
          "--set",
          "image.tag=dev",
          // One user plays all roles here; what the policies refuse is the matter of their own
          // test.
          "--set",
          "admissionPolicies.namespaceSelector.matchLabels.kubernetes\\.io/metadata\\.name="
              + namespace,
          "--set",
          "preflight.interval=5s",
          // The tests have installed the CRDs before.
          "--take-ownership",
          "--wait",
          "--timeout",
          "240s");
      isInOrder("backstep", namespace);
      recovers(namespace);
      saysWhoMayNotApprove(namespace);
      // Last, because the pod that is started then takes the time of those that others wait for.
      anotherPodTakesOver(namespace);
    } finally {
      Helm.run("uninstall", "backstep", "--namespace", namespace, "--wait");
      cluster.deleteNamespace(namespace);
    }
  }

  /** The pod that acts is deleted; the other one was ready, and is the one that acts now. */
  private void anotherPodTakesOver(String namespace) {
    var pods =
        cluster
            .client()
            .pods()
            .inNamespace(namespace)
            .withLabel("app.kubernetes.io/name", "backstep");
    var before = pods.list().getItems().stream().map(it -> it.getMetadata().getName()).toList();
    assertThat(before).hasSize(2);
    var leader = leader(namespace).orElseThrow();

    cluster.client().pods().inNamespace(namespace).withName(leader).delete();

    await("another pod to lead")
        .atMost(Duration.ofMinutes(2))
        .until(() -> leader(namespace).filter(it -> !it.equals(leader)).isPresent());
    assertThat(before).contains(leader(namespace).orElseThrow());
  }

  private Optional<String> leader(String namespace) {
    return Optional.ofNullable(
        cluster
            .client()
            .leases()
            .inNamespace(namespace)
            .withName("backstep")
            .require()
            .getSpec()
            .getHolderIdentity());
  }

  /** Whoever runs the tests is in system:masters, which needs no binding, and is not seen. */
  private static void saysWhoMayNotApprove(String release) {
    var level =
        """
        - name: asked
          approval: {}
          actions: [{name: by-hand, manual: {text: Switch the exports off.}}]
        """;
    try (var shop = Shop.open("charted-roles").serving("web", "v1").plan(level)) {
      var role = release + "-backstep-approver";
      assertThat(shop.awaitCondition("Executable", "False").getMessage())
          .contains("No RoleBinding or ClusterRoleBinding lets people approve RollbackPlan web")
          .contains("create rolebinding approvers --clusterrole=%s --group=".formatted(role));

      shop.kubectl("create", "rolebinding", "a", "--clusterrole=" + role, "--group=leads")
          .orThrow();
      shop.awaitCondition("Executable", "True");
    }
  }

  /** Pods that are more than restricted are not let in. */
  private void restrict(String namespace) {
    cluster
        .kubectl()
        .run("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted")
        .orThrow();
  }

  private static void isInOrder(String release, String namespace) {
    assertThat(Helm.run("test", release, "--namespace", namespace, "--logs").stdout())
        .contains("Backstep is in order");
  }

  /** And what the refusal left behind is put in order, as it says. */
  private static void isNotUninstalled(String namespace, String because) {
    assertThatThrownBy(() -> Helm.run("uninstall", "backstep", "--namespace", namespace))
        .hasMessageContaining("job backstep-still-held failed")
        .hasMessageContaining("StillHeld: nothing was uninstalled")
        .hasMessageContaining(because)
        .hasMessageContaining("helm rollback backstep 1 --namespace " + namespace);
    Helm.run("rollback", "backstep", "1", "--namespace", namespace, "--wait");
  }

  private static void recovers(String release) {
    var level =
        """
        - name: revert
          actions:
          - name: image
            rollBack:
              workloads: [{kind: Deployment, name: web}]
              to: {images: [{container: app, image: "backstep.dev/app:v1"}]}
          - {name: hold, scale: {workloads: [{kind: Deployment, name: worker}]}}
        """;
    try (var shop = Shop.open("charted").serving("web", "v2").serving("worker", "v1")) {
      shop.plan(level, "stable: {soak: 5s, workloads: [{kind: Deployment, name: web}]}\n")
          .run("INC-1", "revert")
          .awaitPhase(Phase.Mitigated);
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v1");
      isNotUninstalled(
          release, "RollbackPlan %s/web keeps off Deployment worker.".formatted(shop.namespace()));

      shop.state("Released").awaitPhase(Phase.Released);
      assertThat(shop.deployment("worker").getSpec().getReplicas()).isEqualTo(1);
      shop.await("a stable revision", plan -> !plan.getStatus().stable().isEmpty());
      var events =
          shop.kubectl("get", "events", "--field-selector", "involvedObject.name=web").orThrow();
      assertThat(events.stdout()).contains("Now level 1/1, revert.");
      shop.kubectl("delete", "rollbackplan", "web", "--timeout=30s").orThrow();
    }
  }
}
