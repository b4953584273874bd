package dev.backstep.testing;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.Transition;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A namespace with an application to break, the ServiceAccount of its plan, and the plan. */
public final class Shop implements AutoCloseable {
  public static final String PLAN = "web";

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private static final PatchContext MERGED =
      new PatchContext.Builder()
          .withPatchType(PatchType.JSON_MERGE)
          .withFieldManager("kubectl-patch")
          .build();

  private final Cluster cluster = Cluster.get();
  private final String namespace;

  private Shop(String namespace) {
    this.namespace = namespace;
  }

  /** A shop whose plan's ServiceAccount may patch what it needs. */
  public static Shop open(String name) {
    var shop = new Shop(TestOperator.newNamespace(name));
    shop.create(
        """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: runner}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: runner}
        rules:
        - {apiGroups: [apps], resources: [deployments, statefulsets, daemonsets], verbs: [patch]}
        - {apiGroups: [''], resources: [configmaps], verbs: [patch]}
        - {apiGroups: [''], resources: [pods], verbs: [delete]}
        - {apiGroups: [autoscaling], resources: [horizontalpodautoscalers], verbs: [list]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: runner}
        subjects: [{kind: ServiceAccount, name: runner}]
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: runner}
        """);
    return shop;
  }

  public String namespace() {
    return namespace;
  }

  public KubernetesClient client() {
    return cluster.client();
  }

  /** Every test begins with this, and kubectl takes a fifth of a second of a processor for it. */
  private void create(String yaml) {
    client()
        .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
        .inNamespace(namespace)
        .create();
  }

  /** Applies YAML in the namespace, as {@code kubectl apply --server-side} does. */
  public void apply(String yaml) {
    apply(yaml, "kubectl");
  }

  /** The same under another name: who applies a part of an object keeps the parts of others. */
  void apply(String yaml, String fieldManager) {
    Stream.of(yaml.split("(?m)^---$"))
        .filter(document -> document.contains("kind:"))
        .map(it -> SERIALIZATION.unmarshal(it, GenericKubernetesResource.class))
        .forEach(
            object ->
                client()
                    .resource(object)
                    .inNamespace(namespace)
                    .fieldValidation(Validation.STRICT)
                    .fieldManager(fieldManager)
                    .forceConflicts()
                    .serverSideApply());
  }

  /** kubectl in the namespace. */
  public Command.Result kubectl(String... arguments) {
    return kubectlWith("", arguments);
  }

  /** kubectl in the namespace, with something to read. */
  public Command.Result kubectlWith(String stdin, String... arguments) {
    var all = new String[arguments.length + 2];
    all[0] = "-n";
    all[1] = namespace;
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return cluster.kubectl().runWithInput(stdin, all);
  }

  /**
   * Runs the application under a name, with a Service in front of it, and waits until it serves.
   */
  public Shop serving(String name, String version) {
    apply(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %1$s}
        spec:
          replicas: 1
          progressDeadlineSeconds: 10
          selector: {matchLabels: {app: %1$s}}
          template:
            metadata: {labels: {app: %1$s}}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: app
                image: backstep.dev/app:%2$s
                readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 1, timeoutSeconds: 5}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s}
        spec: {selector: {app: %1$s}, ports: [{port: 80, targetPort: 8080}]}
        """
            .formatted(name, version));
    return rolledOut(name);
  }

  /** A Deployment without pods: enough where only the API server matters. */
  public Shop idle(String name, String version) {
    client()
        .resource(
            new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withReplicas(0)
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("app")
                .withImage("backstep.dev/app:" + version)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();
    return this;
  }

  /** Releases another version of the application and waits until it is out. */
  public Shop release(String name, String version) {
    kubectl("set", "image", "deployment/" + name, "app=backstep.dev/app:" + version).orThrow();
    return rolledOut(name);
  }

  /** Past its deadline as well: on a busy machine pods take longer than that, and get there. */
  public Shop rolledOut(String name) {
    client()
        .apps()
        .deployments()
        .inNamespace(namespace)
        .withName(name)
        .waitUntilCondition(Shop::isRolledOut, PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return this;
  }

  /** As {@code kubectl rollout status} sees it. */
  private static boolean isRolledOut(Deployment deployment) {
    if (deployment == null || deployment.getStatus().getObservedGeneration() == null) {
      return false;
    }
    var wanted = deployment.getSpec().getReplicas();
    var status = deployment.getStatus();
    return status.getObservedGeneration() >= deployment.getMetadata().getGeneration()
        && number(status.getUpdatedReplicas()) == wanted
        && number(status.getReplicas()) == wanted
        && number(status.getAvailableReplicas()) == wanted;
  }

  private static int number(Integer count) {
    return Objects.requireNonNullElse(count, 0);
  }

  public Deployment deployment(String name) {
    return client().apps().deployments().inNamespace(namespace).withName(name).require();
  }

  /** The image that a Deployment runs. */
  public String image(String name) {
    return deployment(name).getSpec().getTemplate().getSpec().getContainers().get(0).getImage();
  }

  /** Applies the plan; {@code levels} is the YAML list of levels, from column 0. */
  public Shop plan(String levels) {
    return plan(levels, "");
  }

  /** As {@link #plan(String)}, with further fields of the spec. */
  public Shop plan(String levels, String more) {
    apply(planYaml(levels, more));
    return this;
  }

  /** A plan with one HTTP gate and times that are short, but not for pods on a busy machine. */
  public static String planYaml(String levels, String more) {
    return """
        apiVersion: backstep.dev/v1alpha1
        kind: RollbackPlan
        metadata: {name: web}
        spec:
          serviceAccountName: runner
          verification: {soak: 2s}
          gates:
          - name: api
            interval: 1s
            within: 20s
            consecutiveSuccessLimit: 2
            consecutiveFailureLimit: 2
            consecutiveErrorLimit: 2
            http:
              service: {name: web, port: 80}
              path: /api/health
              timeout: 2s
              successCondition: status == 200 && body.ok == true
          levels:
        """
        + (levels.stripTrailing() + "\n" + more.stripTrailing()).indent(2);
  }

  /** Asks for a run of these levels. */
  public Shop run(String id, String... levels) {
    patch(
        """
        {"spec":{"run":{"id":"%s","reason":"the shop answers 500 since noon",
         "requestedBy":"alice","levels":["%s"]}}}
        """
            .formatted(id, String.join("\",\"", levels)));
    return this;
  }

  /** Asks for a state of the run. */
  public Shop state(String state) {
    return patch("{\"spec\":{\"run\":{\"state\":\"%s\",\"stateBy\":\"alice\"}}}".formatted(state));
  }

  /** Answers the open question. */
  public Shop answer(String choice) {
    return patch(
        "{\"spec\":{\"run\":{\"answer\":{\"question\":\"%s\",\"choice\":\"%s\",\"by\":\"bob\"}}}}"
            .formatted(runStatus().question().id(), choice));
  }

  /** Merges into the plan what {@code kubectl patch --type=merge} would. */
  public Shop patch(String json) {
    client()
        .resources(RollbackPlan.class)
        .inNamespace(namespace)
        .withName(PLAN)
        .patch(MERGED, json);
    return this;
  }

  public RollbackPlan plan() {
    return client().resources(RollbackPlan.class).inNamespace(namespace).withName(PLAN).require();
  }

  public RunStatus runStatus() {
    return plan().getStatus().run();
  }

  public List<Transition> transitions() {
    return plan().getStatus().transitions();
  }

  /** Waits until the run ended or asks; fails with the whole status when it does neither. */
  public Shop awaitRest() {
    var resting = Set.of(Phase.AwaitingAnswer);
    return awaitRun(
        "the run to end or to ask", run -> !run.active() || resting.contains(run.phase()));
  }

  public Shop awaitPhase(Phase phase) {
    return await("phase " + phase, plan -> phase == plan.getStatus().phase());
  }

  /** Waits until a condition has a status. */
  public Condition awaitCondition(String type, String status) {
    await(
        type + "=" + status,
        plan ->
            plan.getStatus().conditions().stream()
                .anyMatch(c -> c.getType().equals(type) && c.getStatus().equals(status)));
    return condition(type);
  }

  public Condition condition(String type) {
    return plan().getStatus().conditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Waits until the plan has a run, and the run is so: it has none until the first pass took it.
   */
  public Shop awaitRun(String what, Predicate<RunStatus> reached) {
    return await(
        what,
        plan -> {
          var run = plan.getStatus().run();
          return run != null && reached.test(run);
        });
  }

  /** Waits until the plan is so. */
  public Shop await(String what, Predicate<RollbackPlan> reached) {
    Awaitility.await()
        .alias(what)
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var plan = plan();
              if (plan.getStatus() == null || !reached.test(plan)) {
                throw new AssertionError("not yet " + what + ": " + plan.getStatus());
              }
            });
    return this;
  }

  @Override
  public void close() {
    cluster.deleteNamespace(namespace);
  }
}
