package dev.backstep.action.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.OnceResult;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of an action whose Job has no luck with its pod, on a real node. */
class JobE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.running(5);

  private static final String RIGHTS =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: jobs}
      rules:
      - {apiGroups: [batch], resources: [jobs], verbs: [create, patch]}
      - {apiGroups: [''], resources: [pods], verbs: [list]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: jobs}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: jobs}
      """;

  private static final String LEVEL =
      """
      - name: repair
        onActionFailure: Ask
        actions:
        - name: program
          timeout: %s
          job: {effect: Repair, destructive: false, run: {%s}}
      """;

  private static final String SLEEPER = "backstep.dev/postgres:15";

  /** The pods of one of them are given to a node that nobody is at. */
  private static final String CRON_JOB =
      """
      ---
      apiVersion: batch/v1
      kind: CronJob
      metadata: {name: %s}
      spec:
        schedule: "0 3 * * *"
        suspend: true
        jobTemplate:
          spec:
            template:
              spec:
                restartPolicy: Never
                terminationGracePeriodSeconds: 1
                tolerations: [{key: nobody, operator: Exists}]
                nodeName: %s
                containers: [{name: app, image: "%s", command: [sleep, infinity]}]
      """;

  private static final String CRON_JOBS =
      CRON_JOB.formatted("here", "", SLEEPER) + CRON_JOB.formatted("elsewhere", "nobody", SLEEPER);

  private static final String NOBODY =
      """
      apiVersion: v1
      kind: Node
      metadata: {name: nobody}
      spec: {taints: [{key: nobody, effect: NoSchedule}]}
      """;

  private static Shop open(String name, String run, String timeout) {
    var shop = Shop.open(name).serving("web", "v1");
    shop.apply(RIGHTS);
    shop.apply(CRON_JOBS);
    shop.plan(LEVEL.formatted(timeout, run));
    shop.awaitCondition("Executable", "True");
    return begun(shop);
  }

  private static Shop begun(Shop shop) {
    shop.patch(
        """
        {"spec":{"run":{"id":"INC-1","reason":"orders wait","requestedBy":"alice",
         "levels":["repair"],"entry":"Always"}}}
        """);
    return shop;
  }

  @Test
  void aPodThatNeverStartsEndsWithTheJobsTime() {
    try (var shop = open("job-never", "image: 'backstep.dev/nowhere:1', timeout: 8s", "60s")) {
      shop.awaitPhase(Phase.AwaitingAnswer);

      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.ACTION_FAILED);
      assertThat(shop.runStatus().message())
          .contains("failed: Job was active longer than specified deadline")
          .contains("logs job/bs-job-");
    }
  }

  private static NonNamespaceOperation<Pod, PodList, PodResource> pods(Shop shop) {
    return shop.client().pods().inNamespace(shop.namespace());
  }

  /** The pod of the Job that runs this image, once it is with a node. */
  private static Pod pod(Shop shop, String image) {
    return Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                pods(shop).withLabel("batch.kubernetes.io/job-name").list().getItems().stream()
                    .filter(pod -> pod.getSpec().getNodeName() != null)
                    .filter(pod -> pod.getSpec().getContainers().get(0).getImage().equals(image))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  /** Its program does not listen to anybody, so it is killed. */
  private static void evicted(Shop shop) {
    assertThat(pods(shop).withName(pod(shop, SLEEPER).getMetadata().getName()).evict()).isTrue();
  }

  @Test
  void aPodThatIsEvictedIsSaidAndNotReplaced() {
    try (var shop = open("job-evicted", "from: {cronJob: here}, timeout: 50s", "60s")) {
      evicted(shop);
      shop.awaitPhase(Phase.AwaitingAnswer);

      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.ACTION_FAILED);
      assertThat(shop.runStatus().message())
          .contains("was evicted, or its node went, before its program ended")
          .contains("Retry runs it once more");
    }
  }

  @Test
  void aPodWhoseNodeGoesIsSaid() {
    try (var shop = open("job-node", "from: {cronJob: elsewhere}, timeout: 170s", "180s")) {
      withNode(
          shop,
          node -> {
            pod(shop, SLEEPER);
            shop.client().resource(node).delete();
            // Kubernetes looks twice before it believes that a node is gone.
            shop.awaitPhase(Phase.AwaitingAnswer);
          });

      assertThat(shop.runStatus().message()).contains("was evicted, or its node went");
    }
  }

  /** Nobody says that the pod ended: what a human can do is said when the action's time is over. */
  @Test
  void aNodeThatDoesNotAnswerIsNotWaitedForLongerThanTheActionMayTake() {
    try (var shop = open("job-hung", "from: {cronJob: elsewhere}, timeout: 10s", "20s")) {
      withNode(
          shop,
          node -> {
            evicted(shop);
            shop.awaitRest();

            assertThat(shop.transitions().toString())
                .contains("the node has not said yet that it did")
                .contains("delete pod --force -l batch.kubernetes.io/job-name=bs-job-");
          });
    }
  }

  private static void withNode(Shop shop, Consumer<Node> then) {
    var node = shop.client().getKubernetesSerialization().unmarshal(NOBODY, Node.class);
    shop.client().resource(node).createOr(NonDeletingOperation::patch);
    try {
      then.accept(node);
    } finally {
      shop.client().resource(node).delete();
      shop.kubectl("delete", "pod", "--force", "-l", "batch.kubernetes.io/job-name");
    }
  }

  @Test
  void aGateRunsTheImageOfTheStartAndAnEvictedPodIsNoVerdict() {
    try (var shop = Shop.open("job-gate").serving("web", "v2")) {
      shop.apply(RIGHTS);
      shop.apply(CRON_JOBS);
      shop.apply(Shop.planYaml(ROLLED_BACK, "").replace("  levels:\n", ASKED + "  levels:\n"));
      shop.awaitCondition("Executable", "True");
      begun(shop);

      pod(shop, "backstep.dev/app:v2");
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v1");
      evicted(shop);
      shop.awaitPhase(Phase.AwaitingAnswer);
      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.INCONCLUSIVE);
      assertThat(shop.runStatus().message()).contains("was evicted, or its node went");
      assertThat(shop.runStatus().once()).extracting(OnceResult::gate).startsWith("same-program");
    }
  }

  private static final String ROLLED_BACK =
      """
      - name: repair
        gates: [api, same-program, sleeper]
        actions:
        - name: back
          rollBack:
            workloads: [{kind: Deployment, name: web}]
            to: {images: [{container: app, image: "backstep.dev/app:v1"}]}
      """;

  private static final String ASKED =
      """
        - name: same-program
          use: OnDemand
          interval: 1s
          within: 60s
          job:
            imageFrom: {workload: {kind: Deployment, name: web}}
            command: [/app, call, "http://web/calls/smoke"]
            timeout: 50s
        - name: sleeper
          use: OnDemand
          interval: 1s
          within: 60s
          consecutiveErrorLimit: 2
          job: {from: {cronJob: here}, timeout: 50s}
      """;
}
