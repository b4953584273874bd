package dev.backstep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.Command;
import dev.backstep.testing.Helm;
import dev.backstep.testing.MarkedWrites;
import dev.backstep.testing.OperatorImage;
import dev.backstep.testing.Shop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * The chart as a user installs it: the operator is a pod and has the chart's rights only. These are
 * good for every namespace, but it serves those of this class alone: others run beside it.
 */
@Order(1)
class ChartE2E {
  private static final String CHART = "deploy/helm/backstep";

  /**
   * The image that is installed first and upgraded in the middle of a run: one of an older version
   * is made by {@code dev/image --tag}, and installed by the chart of that version.
   */
  private static final String OLDER = System.getProperty("backstep.upgrade-from", "dev");

  private static final String OLDER_CHART =
      System.getProperty("backstep.upgrade-from-chart", CHART);

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
    try (var charted = Shop.open("charted");
        var approved = Shop.open("charted-roles");
        var upgraded = Shop.open("upgraded");
        var kept = Shop.open("kept")) {
      // The tests have installed the CRDs before.
      install(
          namespace,
          "backstep",
          OLDER_CHART,
          "--take-ownership",
          "--set=image.tag=" + OLDER,
          "--set=extraEnv[0].name=QUARKUS_OPERATOR_SDK_NAMESPACES",
          "--set=extraEnv[0].value="
              + Stream.of(charted, approved, upgraded, kept)
                  .map(Shop::namespace)
                  .collect(Collectors.joining("\\,")));
      goesOnWhileItIsUpgraded(upgraded, namespace);
      recovers(charted, namespace);
      saysWhoMayNotApprove(approved, namespace);
      isInOrder("backstep", namespace);
      anotherPodTakesOver(namespace);
      hasItsClassesFromTheImage(namespace);
      isInstalledUnderAnotherName(kept, namespace);
    } finally {
      for (var release : List.of("backstep", "again")) {
        Helm.run(
            "uninstall",
            release,
            "--namespace",
            namespace,
            "--wait",
            "--no-hooks",
            "--ignore-not-found");
      }
      cluster.deleteNamespace(namespace);
    }
  }

  private static void install(String namespace, String release, String chart, String... more) {
    var always =
        Stream.of(
            "install",
            release,
            chart,
            "--namespace",
            namespace,
            // One user plays all roles here; what the policies refuse is the matter of their own
            // test.
            "--set",
            "admissionPolicies.namespaceSelector.matchLabels.kubernetes\\.io/metadata\\.name="
                + namespace,
            "--set",
            "preflight.interval=5s",
            "--wait",
            "--timeout",
            "240s");
    Helm.run(Stream.concat(always, Stream.of(more)).toArray(String[]::new));
  }

  /**
   * All pods are replaced in the middle of a run, which does nothing twice. One that was begun by a
   * version with other records is not gone on with.
   */
  private void goesOnWhileItIsUpgraded(Shop shop, String namespace) {
    var level =
        """
        - name: anew
          actions:
          - {name: hold, scale: {workloads: [{kind: Deployment, name: worker}]}}
          - {name: anew, restart: {workloads: [{kind: Deployment, name: web}]}}
        """;
    shop.serving("web", "v2").serving("worker", "v1");
    try (var writes = MarkedWrites.in(shop)) {
      // Pods of v2 are started anew, and as unhealthy as before: so the run waits.
      shop.apply(Shop.planYaml(level, "").replace("within: 20s", "within: 10m"));
      shop.run("INC-1", "anew").awaitPhase(Phase.Verifying);
      var before = pods(namespace);

      Helm.run(
          "upgrade",
          "backstep",
          CHART,
          "--namespace",
          namespace,
          "--reset-then-reuse-values",
          "--set",
          "image.tag=dev",
          "--set",
          "podAnnotations.upgraded=yes",
          "--wait",
          "--timeout",
          "240s");

      await("another pod to lead")
          .atMost(Duration.ofMinutes(2))
          .until(() -> leader(namespace).filter(it -> !before.contains(it)).isPresent());
      assertThat(writes.names()).containsExactly("worker", "web");

      if (shop.runStatus().foreign()) {
        asks(shop, Reasons.STATUS_LOST).answer("Accept").awaitPhase(Phase.Aborted);
        shop.state("Released");
        asks(shop, Reasons.RELEASE_DOUBTED).answer("Proceed").awaitPhase(Phase.Released);
        assertThat(writes.names()).containsExactly("worker", "web", "worker");
      } else {
        assertThat(shop.runStatus().phase()).isEqualTo(Phase.Verifying);
        shop.release("web", "v1").awaitPhase(Phase.Mitigated);
        shop.state("Released").awaitPhase(Phase.Released);
        assertThat(writes.names())
            .as("with what people did to web")
            .containsExactly("worker", "web", "web", "worker");
      }
      shop.kubectl("delete", "rollbackplan", "web", "--timeout=90s").orThrow();
    }
  }

  private static Shop asks(Shop shop, String reason) {
    shop.awaitRun(
        "the question " + reason,
        run -> run.question() != null && run.question().reason().equals(reason));
    return shop;
  }

  /** The CRDs stay, and a plan with them; they are the new release's only if that is said. */
  private void isInstalledUnderAnotherName(Shop shop, String namespace) {
    shop.idle("web", "v1")
        .plan(
            "- {name: anew, actions: [{name: anew, restart: {workloads: [{kind: Deployment, name: web}]}}]}");
    shop.awaitCondition("Ready", "True");
    // Other tests hold something in their namespaces.
    Helm.run("uninstall", "backstep", "--namespace", namespace, "--wait", "--no-hooks");

    var tag = "--set=image.tag=dev";
    assertThatThrownBy(() -> install(namespace, "again", CHART, tag))
        .hasMessageContaining("CustomResourceDefinition")
        .hasMessageContaining("meta.helm.sh/release-name");
    var own = "--set=watchNamespaces={%s}".formatted(shop.namespace());
    install(namespace, "again", CHART, tag, "--take-ownership", own, "--set=replicas=1");

    isInOrder("again", namespace);
    shop.patch("{\"spec\":{\"suspend\":true}}")
        .await(
            "what the new operator says",
            plan ->
                plan.getMetadata().getGeneration().equals(plan.getStatus().observedGeneration()));
    shop.kubectl("delete", "rollbackplan", "web", "--timeout=60s").orThrow();
    Helm.run("uninstall", "again", "--namespace", namespace, "--wait");
    assertThat(shop.kubectl("get", "rollbackplans").exit()).as("the CRDs are kept").isZero();
  }

  /** The pod that acts is deleted; the other one was ready, and is the one that acts now. */
  private void anotherPodTakesOver(String namespace) {
    var before = pods(namespace);
    assertThat(before).hasSize(2);
    var leader = leader(namespace).orElseThrow();

    cluster.client().pods().inNamespace(namespace).withName(leader).delete();

    await("another pod to lead")
        .atMost(Duration.ofMinutes(2))
        .until(() -> leader(namespace).filter(it -> !it.equals(leader)).isPresent());
    assertThat(before).contains(leader(namespace).orElseThrow());
  }

  /** The operator's, by name. */
  private List<String> pods(String namespace) {
    return cluster
        .client()
        .pods()
        .inNamespace(namespace)
        .withLabel("app.kubernetes.io/name", "backstep")
        .list()
        .getItems()
        .stream()
        .filter(it -> it.getMetadata().getDeletionTimestamp() == null)
        .map(it -> it.getMetadata().getName())
        .toList();
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
  private static void saysWhoMayNotApprove(Shop shop, String release) {
    var level =
        """
        - name: asked
          approval: {}
          actions: [{name: by-hand, manual: {text: Switch the exports off.}}]
        """;
    shop.serving("web", "v1").plan(level);
    var role = release + "-backstep-approver";
    assertThat(shop.awaitCondition("Executable", "False").getMessage())
        .contains("No RoleBinding or ClusterRoleBinding lets people approve RollbackPlan web")
        .contains("create rolebinding approvers --clusterrole=%s --group=".formatted(role));

    shop.kubectl("create", "rolebinding", "a", "--clusterrole=" + role, "--group=leads").orThrow();
    shop.awaitCondition("Executable", "True");
    shop.kubectl("delete", "rollbackplan", "web", "--timeout=90s").orThrow();
  }

  /** Pods that are more than restricted are not let in. */
  private void restrict(String namespace) {
    cluster
        .kubectl()
        .run("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted")
        .orThrow();
  }

  /** Java says nothing when it cannot use them. */
  private void hasItsClassesFromTheImage(String namespace) {
    cluster
        .kubectl()
        .run(
            "--namespace",
            namespace,
            "exec",
            "deployment/backstep",
            "--",
            "grep",
            "/app/operator.jsa",
            "/proc/1/maps")
        .orThrow();
  }

  private void isInOrder(String release, String namespace) {
    // Helm says what a hook logs where it logs itself.
    assertThat(Helm.run("test", release, "--namespace", namespace).stderr())
        .contains("Backstep is in order");
    assertThat(
            cluster
                .kubectl()
                .run("--namespace", namespace, "get", "pod", release + "-check")
                .stderr())
        .as("what is left of a test that succeeded")
        .contains("NotFound");
  }

  /** And what the refusal left behind is put in order, as it says. */
  private static void isNotUninstalled(String namespace, String because) {
    assertThatThrownBy(() -> Helm.run("uninstall", "backstep", "--namespace", namespace))
        .hasMessageContaining("job backstep-still-held failed")
        .hasMessageContaining("StillHeld: nothing was uninstalled")
        .hasMessageContaining(because)
        .hasMessageContaining("helm rollback backstep 2 --namespace " + namespace);
    Helm.run("rollback", "backstep", "1", "--namespace", namespace, "--wait");
  }

  private static void recovers(Shop shop, String release) {
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
    shop.serving("web", "v2").serving("worker", "v1");
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
    shop.kubectl("delete", "rollbackplan", "web", "--timeout=90s").orThrow();
  }
}
