package dev.backstep.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.testing.Cluster;
import dev.backstep.testing.Command;
import dev.backstep.testing.StandingClock;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The chart's admission policies, bound to one namespace, judged by a real API server. Alice may
 * only run, bob may only author, carol may approve; the roles are the chart's.
 */
class ApprovalPolicyE2E {
  private static final String ALICE = "alice@example.com";
  private static final String BOB = "bob@example.com";
  private static final String CAROL = "carol@example.com";

  /** May run as well, so that there is somebody else than alice. */
  private static final String RUTH = "ruth@example.com";

  /** May approve for the plan named allowed only. */
  private static final String DAVE = "dave@example.com";

  private static final String POLICIES = "templates/admission-policies.yaml";
  private static final List<String> RIGHTS =
      List.of(
          "templates/roles.yaml", "templates/clusterrole.yaml", "templates/aggregated-roles.yaml");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final AtomicInteger COUNT = new AtomicInteger();

  private static Cluster cluster;
  private static String namespace;
  private static String operator;

  private String plan;

  @BeforeAll
  static void installTheChartsPolicies() {
    cluster = Cluster.get();
    namespace = cluster.newNamespace("apv");
    operator = "system:serviceaccount:" + namespace + ":backstep";
    apply(rendered(RIGHTS));
    apply(people());
    apply(rendered(List.of(POLICIES)));
    var probe = new PolicyProbe(operatorsClient(), new Hurrying());
    await(
        () -> {
          assertThat(probe.state(namespace, "rollbackplans").message()).contains("was refused");
          // They come into force one by one, and the probe asks the one for approvals.
          plansAreGuarded();
        });
  }

  @AfterAll
  static void removeThem() {
    var all = Stream.concat(RIGHTS.stream(), Stream.of(POLICIES)).toList();
    cluster.kubectl().runWithInput(rendered(all), "delete", "--ignore-not-found", "-f", "-");
    cluster.deleteNamespace(namespace);
  }

  @BeforeEach
  void bobCreatesAPlan() {
    plan = "web-" + COUNT.incrementAndGet();
    accepted(as(BOB, planYaml(plan, ""), "create", "-f", "-"));
  }

  @Test
  void approvesInTheOwnName() {
    accepted(approve(CAROL, plan, CAROL));
    assertThat(as(CAROL, "", "get", "approvals").stdout())
        .contains("PLAN", "RUN", "LEVEL", "DECISION", "APPROVER", "AGE", plan, CAROL);
  }

  @Test
  void refusesAForgedApprover() {
    refused(
        approve(CAROL, plan, DAVE),
        "spec.approver is dave@example.com, but you are carol@example.com: nobody decides for"
            + " somebody else. Set spec.approver: carol@example.com");
  }

  @Test
  void refusesWhoHasNotTheVerbApprove() {
    var asEdit = as(BOB, approvalYaml(plan, BOB), "create", "-f", "-");
    refused(asEdit, "bob@example.com may not approve or reject for rollbackplan " + plan);
    assertThat(asEdit.stderr()).contains("the verb approve on rollbackplans.backstep.dev");
  }

  @Test
  void asksForTheRightOnThePlanThatIsNamed() {
    accepted(approve(DAVE, "allowed", DAVE));
    refused(approve(DAVE, plan, DAVE), "may not approve or reject for rollbackplan " + plan);
  }

  @Test
  void refusesToChangeAnApproval() {
    var created = approve(CAROL, plan, CAROL);
    accepted(created);
    var name = created.stdout().split(" ")[0];

    var changed = admin("patch", name, "--type=merge", "-p", yaml("{spec: {decision: Reject}}"));
    assertThat(changed.exit()).isOne();
    assertThat(changed.stderr()).contains("an approval cannot be changed");
    accepted(admin("label", name, "seen=true"));
  }

  @Test
  void theOperatorItselfCannotApprove() {
    refused(approve(operator, plan, operator), "may not approve or reject");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{spec: {suspend: true}}",
        "{spec: {gates: [{name: ready, workload: {kind: Deployment, name: other}}]}}",
        "{spec: {stable: {workloads: [{kind: Deployment, name: web}]}}}",
        "{metadata: {labels: {a: b}}}",
        "{metadata: {annotations: {a: b}}}",
        "{metadata: {finalizers: [example.com/mine]}}",
      })
  void whoMayOnlyRunChangesNothingElse(String patch) {
    refused(
        patch(ALICE, patch),
        "alice@example.com may change spec.run of this rollbackplan, but nothing else");
    accepted(patch(BOB, patch));
  }

  @Test
  void whoMayOnlyRunTakesNoFinalizerOff() {
    accepted(patch(operator, "{metadata: {finalizers: [backstep.dev/rollbackplan]}}"));
    refused(patch(ALICE, "{metadata: {finalizers: null}}"), "but nothing else of its spec, labels");
    accepted(patch(operator, "{metadata: {finalizers: null}}"));
  }

  @Test
  void whoMayOnlyRunCreatesNoPlan() {
    var roles =
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: creator}
        rules:
        - {apiGroups: [backstep.dev], resources: [rollbackplans], verbs: [create]}
        """;
    apply(roles + "---\n" + binding("creator", "Role", "creator", RUTH));
    refused(
        as(RUTH, planYaml("ruths", run(RUTH)), "create", "-f", "-"),
        "ruth@example.com may not create this rollbackplan: this needs the verb author");
  }

  @Test
  void whoMayOnlyAuthorStartsNoRun() {
    refused(
        patch(BOB, "{spec: " + run(BOB) + "}"),
        "bob@example.com may not start, steer or remove a run: to change spec.run needs the verb"
            + " run on rollbackplans.backstep.dev in namespace "
            + namespace);
    refused(as(BOB, planYaml("run", run(BOB)), "create", "-f", "-"), "may not start, steer");
  }

  @Test
  void whoMayOnlyAuthorNeitherSteersNorRemovesARun() {
    openRun();

    refused(patch(BOB, "{spec: {run: {cause: nothing}}}"), "may not start, steer or remove");
    refused(patch(BOB, "{spec: {run: {state: Aborted, stateBy: '" + BOB + "'}}}"), "may not start");
    accepted(patch(BOB, "{spec: {suspend: true}}"));
    close();
    refused(patch(BOB, "{spec: {run: null}}"), "may not start, steer or remove a run");
    accepted(patch(ALICE, "{spec: {run: null}}"));
  }

  @Test
  void aPlanCreatedWithARunIsARun() {
    apply(binding("both-author", "ClusterRole", role("author"), RUTH));
    refused(
        as(RUTH, planYaml("forged", run(ALICE)), "create", "-f", "-"),
        "spec.run.requestedBy must name who starts the run. You are ruth@example.com");
    accepted(as(RUTH, planYaml("rightly", run(RUTH)), "create", "-f", "-"));
    cluster.kubectl().run("-n", namespace, "delete", "rolebinding", "both-author").orThrow();
  }

  @Test
  void requestedByIsWhoStartsTheRun() {
    refused(
        patch(ALICE, "{spec: " + run(RUTH) + "}"),
        "spec.run.requestedBy must name who starts the run. You are alice@example.com: set"
            + " spec.run.requestedBy: alice@example.com");
    accepted(patch(ALICE, "{spec: " + run(ALICE) + "}"));
  }

  @Test
  void aRunIsAppliedBesideThePlan() {
    var wish =
        """
        apiVersion: backstep.dev/v1alpha1
        kind: RollbackPlan
        metadata: {name: %s}
        spec: %s
        """
            .formatted(plan, run(ALICE));
    accepted(as(ALICE, wish, "apply", "--server-side", "--field-manager=on-call", "-f", "-"));
    accepted(as(BOB, planYaml(plan, ""), "apply", "--server-side", "--force-conflicts", "-f", "-"));
    assertThat(
            admin("get", "rollbackplan", plan, "-o", "jsonpath={.spec.run.requestedBy}").stdout())
        .isEqualTo(ALICE);
  }

  @Test
  void requestedByStaysWhileTheIdStays() {
    openRun();

    // The CRD's own rule comes first; the policy says the same to clusters with an older CRD.
    var changed = patch(RUTH, "{spec: {run: {requestedBy: '" + RUTH + "'}}}");
    assertThat(changed.exit()).isOne();
    assertThat(changed.stderr()).contains("a run cannot be changed");
  }

  @Test
  void stateByIsWhoChangesTheState() {
    openRun();

    refused(
        patch(ALICE, "{spec: {run: {state: Aborted, stateBy: '" + RUTH + "'}}}"),
        "spec.run.stateBy must name who asks for the state. You are alice@example.com");
    refused(patch(ALICE, "{spec: {run: {stateBy: '" + RUTH + "'}}}"), "spec.run.stateBy must name");
    accepted(patch(RUTH, "{spec: {run: {state: Aborted, stateBy: '" + RUTH + "'}}}"));
    refused(patch(ALICE, "{spec: {run: {state: Running}}}"), "spec.run.stateBy must name who");
    refused(
        patch(ALICE, "{spec: {run: {state: Running, stateBy: null}}}"),
        "spec.run.stateBy must name who");
    accepted(patch(ALICE, "{spec: {run: {state: Running, stateBy: '" + ALICE + "'}}}"));
  }

  @Test
  void whoeverSteersLeavesTheStateOfOthersAlone() {
    openRun();
    accepted(patch(RUTH, "{spec: {run: {state: Aborted, stateBy: '" + RUTH + "'}}}"));

    accepted(patch(ALICE, "{spec: {run: {cause: a bad migration}}}"));
    accepted(patch(ALICE, answer(ALICE)));
  }

  @Test
  void answerByIsWhoAnswers() {
    openRun();

    refused(
        patch(ALICE, answer(RUTH)),
        "spec.run.answer.by must name who answers. You are alice@example.com: set"
            + " spec.run.answer.by: alice@example.com");
    accepted(patch(ALICE, answer(ALICE)));
    refused(
        patch(RUTH, "{spec: {run: {answer: {choice: NextLevel}}}}"),
        "spec.run.answer.by must name");
    accepted(patch(RUTH, answer(RUTH)));
  }

  @Test
  void theNextRunMayBeSomebodyElses() {
    openRun();
    accepted(patch(RUTH, "{spec: {run: {state: Aborted, stateBy: '" + RUTH + "'}}}"));
    close();

    refused(
        patch(ALICE, "{spec: {run: {id: INC-2, requestedBy: '" + ALICE + "', state: Running}}}"),
        "for a new run: stateBy: null");
    accepted(
        patch(
            ALICE,
            "{spec: {run: {id: INC-2, requestedBy: '"
                + ALICE
                + "', state: Running, stateBy: null}}}"));
  }

  @Test
  void theExpressionsHaveNoTypeErrors() {
    for (var resource : List.of("approvals", "rollbackplans")) {
      var name = namespace + "-backstep." + resource + ".backstep.dev";
      await(
          () -> {
            var policy = cluster.client().resources(ValidatingAdmissionPolicy.class).withName(name);
            var status = policy.get().getStatus();
            assertThat(status.getTypeChecking()).isNotNull();
            assertThat(status.getTypeChecking().getExpressionWarnings()).isEmpty();
          });
    }
  }

  @Test
  void theProbeTellsWhenThePoliciesWereChanged() {
    var state =
        new PolicyProbe(operatorsClient(), Clock.systemUTC()).state(namespace, "rollbackplans");

    assertThat(state.inForce()).as(state.message()).isTrue();
    assertThat(state.changedAt())
        .isBetween(Instant.now().minusSeconds(600), Instant.now().plusSeconds(2));
  }

  @Test
  void theProbeSeesThatABindingIsMissing() {
    var probe = new PolicyProbe(operatorsClient(), new Hurrying());
    var time = new StandingClock(Instant.now());
    var believing = new PolicyProbe(operatorsClient(), time);
    var name = namespace + "-backstep.approvals.backstep.dev";
    var before = believing.state(namespace, "rollbackplans").changedAt();
    assertThat(before).isNotNull();
    cluster.kubectl().run("delete", "validatingadmissionpolicybinding", name).orThrow();
    try {
      await(
          () ->
              assertThat(probe.state(namespace, "rollbackplans").message())
                  .contains("a forged approval would have been accepted", "Install the chart"));
      assertThat(probe.state(namespace, "rollbackplans").inForce()).isFalse();
      assertThat(probe.state(namespace, "rollbackplans").changedAt()).isNull();
      time.pass(Duration.ofSeconds(59));
      assertThat(believing.state(namespace, "rollbackplans").inForce())
          .as("believed for a minute")
          .isTrue();
      time.pass(Duration.ofSeconds(1));
      assertThat(believing.state(namespace, "rollbackplans").inForce()).isFalse();
    } finally {
      apply(rendered(List.of(POLICIES)));
    }
    await(() -> assertThat(probe.state(namespace, "rollbackplans").inForce()).isTrue());
    assertThat(probe.state(namespace, "rollbackplans").changedAt()).isAfter(before);
    time.pass(Duration.ofSeconds(4));
    assertThat(believing.state(namespace, "rollbackplans").inForce())
        .as("doubted for five seconds")
        .isFalse();
    time.pass(Duration.ofSeconds(1));
    assertThat(believing.state(namespace, "rollbackplans").inForce()).isTrue();
  }

  @Test
  void theProbeSeesThatThePolicyForPlansIsMissing() {
    var probe = new PolicyProbe(operatorsClient(), new Hurrying());
    var name = namespace + "-backstep.rollbackplans.backstep.dev";
    cluster.kubectl().run("delete", "validatingadmissionpolicybinding", name).orThrow();
    try {
      assertThat(probe.state(namespace, "rollbackplans").inForce()).isFalse();
      assertThat(probe.state(namespace, "rollbackplans").message())
          .contains(name + " does not exist");
    } finally {
      apply(rendered(List.of(POLICIES)));
    }
    await(ApprovalPolicyE2E::plansAreGuarded);
  }

  @Test
  void aRefusalByRbacIsNoProof() {
    var state =
        new PolicyProbe(cluster.as(ALICE), Clock.systemUTC()).state(namespace, "rollbackplans");

    assertThat(state.inForce()).isFalse();
    assertThat(state.message()).contains("needs the right to create approvals");
  }

  @Test
  void otherNamespacesAreNotAffected() {
    assertThat(
            new PolicyProbe(cluster.client(), Clock.systemUTC())
                .state("default", "rollbackplans")
                .message())
        .contains("a forged approval would have been accepted");
  }

  private static void plansAreGuarded() {
    refused(as(BOB, planYaml("early", run(BOB)), "create", "-f", "-"), "may not start");
  }

  private static void await(ThrowingRunnable assertion) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(200, TimeUnit.MILLISECONDS)
        .untilAsserted(assertion);
  }

  /** Time that passes so fast that nothing is remembered. */
  private static final class Hurrying extends Clock {
    private Instant last = Instant.now();

    @Override
    public Instant instant() {
      last = last.plusSeconds(61);
      return last;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private static KubernetesClient operatorsClient() {
    return cluster.as(operator);
  }

  /** The run is open as far as the CRD's rules can tell; the status is the operator's to write. */
  private void openRun() {
    accepted(patch(ALICE, "{spec: " + run(ALICE) + "}"));
    status("active: true, phase: AwaitingAnswer");
  }

  private void close() {
    status("active: false, phase: Aborted");
  }

  private void status(String members) {
    var status = "{status: {run: {id: INC-1, seq: 1, " + members + "}}}";
    accepted(
        admin(
            "patch",
            "rollbackplan",
            plan,
            "--subresource=status",
            "--type=merge",
            "-p",
            yaml(status)));
  }

  private static String run(String requestedBy) {
    return """
    {run: {id: INC-1, reason: the shop answers 500, requestedBy: '%s', levels: [restart]}}"""
        .formatted(requestedBy)
        .strip();
  }

  private static String answer(String by) {
    return "{spec: {run: {answer: {question: q-1, choice: Retry, by: '" + by + "'}}}}";
  }

  private Command.Result patch(String user, String patch) {
    return as(user, "", "patch", "rollbackplan", plan, "--type=merge", "-p", yaml(patch));
  }

  /** kubectl takes what begins with a brace for JSON, which these patches are not. */
  private static String yaml(String patch) {
    return "---\n" + patch;
  }

  private static Command.Result approve(String user, String plan, String approver) {
    return as(user, approvalYaml(plan, approver), "create", "-f", "-");
  }

  private static String approvalYaml(String plan, String approver) {
    return """
    apiVersion: backstep.dev/v1alpha1
    kind: Approval
    metadata: {generateName: apv-}
    spec:
      targetRef: {kind: RollbackPlan, name: %s, uid: some-uid}
      runId: INC-1
      level: restart
      hash: 9f86d081884c7d65
      decision: Approve
      approver: '%s'
    """
        .formatted(plan, approver);
  }

  private static String planYaml(String name, String run) {
    var inlined = run.isEmpty() ? "" : "  " + run.substring(1, run.length() - 1) + "\n";
    return """
    apiVersion: backstep.dev/v1alpha1
    kind: RollbackPlan
    metadata: {name: %s}
    spec:
      serviceAccountName: runner
      gates:
      - {name: ready, workload: {kind: Deployment, name: web}}
      levels:
      - name: restart
        actions:
        - {name: web, restart: {workloads: [{kind: Deployment, name: web}]}}
    %s"""
        .formatted(name, inlined);
  }

  private static String people() {
    return """
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: approves-one}
    rules:
    - {apiGroups: [backstep.dev], resources: [approvals], verbs: [create]}
    - {apiGroups: [backstep.dev], resources: [rollbackplans], resourceNames: [allowed], verbs: [approve]}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: creates-approvals}
    rules:
    - {apiGroups: [backstep.dev], resources: [approvals], verbs: [create]}
    ---
    """
        + String.join(
            "---\n",
            binding("alice", "ClusterRole", role("runner"), ALICE),
            binding("ruth", "ClusterRole", role("runner"), RUTH),
            binding("bob", "ClusterRole", role("author"), BOB),
            binding("bob-too", "Role", "creates-approvals", BOB),
            binding("carol", "ClusterRole", role("approver"), CAROL),
            binding("dave", "Role", "approves-one", DAVE));
  }

  private static String role(String duty) {
    return namespace + "-backstep-" + duty;
  }

  private static String binding(String name, String kind, String role, String user) {
    return """
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: %s}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: %s, name: '%s'}
    subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: '%s'}]
    """
        .formatted(name, kind, role, user);
  }

  /** What the chart makes of some of its templates, for an operator of this namespace only. */
  private static String rendered(List<String> templates) {
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
    var shown = templates.stream().flatMap(template -> Stream.of("--show-only", template));
    var all = Stream.concat(command, shown).toList();
    return Command.run(all, cluster.environment(), "").orThrow().stdout();
  }

  private static void apply(String objects) {
    cluster.kubectl().runWithInput(objects, "-n", namespace, "apply", "-f", "-").orThrow();
  }

  private static Command.Result admin(String... arguments) {
    var all = Stream.concat(Stream.of("-n", namespace), Stream.of(arguments));
    return cluster.kubectl().run(all.toArray(String[]::new));
  }

  private static Command.Result as(String user, String stdin, String... arguments) {
    var all = Stream.concat(Stream.of("-n", namespace, "--as", user), Stream.of(arguments));
    return cluster.kubectl().runWithInput(stdin, all.toArray(String[]::new));
  }

  private static void accepted(Command.Result result) {
    assertThat(result.stderr()).isEmpty();
    assertThat(result.exit()).isZero();
  }

  private static void refused(Command.Result result, String sentence) {
    assertThat(result.exit()).isOne();
    assertThat(result.stderr())
        .contains(
            "(Forbidden)", "ValidatingAdmissionPolicy '" + namespace + "-backstep.", sentence);
  }
}
