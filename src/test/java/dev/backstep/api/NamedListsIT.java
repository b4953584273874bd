package dev.backstep.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.testing.Cluster;
import dev.backstep.testing.Command;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two managers may apply the same plan, and its levels stand in the order of the last one. */
class NamedListsIT {
  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: %s}
      spec:
        serviceAccountName: runner
        gates:
        - {name: ready, workload: {kind: Deployment, name: web}}
        - {name: api, http: {service: {name: web, port: 80}}}
        stopConditions: [{name: no-cause, before: first, when: cause == '', message: Why}]
        symptoms: [{name: Down, severity: High, levels: [first]}]
        triggers: [{name: red, gates: [ready], levels: [first]}]
        objectives: [{severity: High, respondWithin: 5m, mitigateWithin: 1h}]
        args: [{name: release, default: v1}]
        levels:
      """;

  private static final String LEVEL =
      "  - {name: %1$s, actions: [{name: act-%1$s, restart: {workloads: [{kind: Deployment, name:"
          + " web}]}}]}\n";

  private static String namespace;

  @BeforeAll
  static void createNamespace() {
    namespace = Cluster.get().newNamespace("lists");
  }

  @AfterAll
  static void deleteNamespace() {
    Cluster.get().deleteNamespace(namespace);
  }

  private static Command.Result apply(String manager, String plan, String... levels) {
    var text = new StringBuilder(PLAN.formatted(plan));
    for (var level : levels) {
      text.append(LEVEL.formatted(level));
    }
    return Cluster.get()
        .kubectl()
        .runWithInput(
            text.toString(),
            "-n",
            namespace,
            "apply",
            "--server-side",
            "--field-manager=" + manager,
            "-f",
            "-");
  }

  private static String levels(String plan) {
    var names = "jsonpath={.spec.levels[*].name}";
    return Cluster.get()
        .kubectl()
        .run("-n", namespace, "get", "rollbackplan", plan, "-o", names)
        .orThrow()
        .stdout();
  }

  @Test
  void aSecondManagerAppliesTheSamePlanWithoutAConflict() {
    apply("git", "same", "first", "second").orThrow();

    apply("somebody", "same", "first", "second").orThrow();

    assertThat(levels("same")).isEqualTo("first second");
  }

  @Test
  void levelsStandInTheOrderInWhichTheyWereAppliedLast() {
    apply("git", "order", "first", "second", "third").orThrow();
    apply("somebody", "order", "first", "second", "third").orThrow();

    apply("git", "order", "third", "new", "first", "second").orThrow();

    assertThat(levels("order")).isEqualTo("third new first second");
  }

  @Test
  void aLevelThatIsTakenOutIsGone() {
    apply("git", "less", "first", "second").orThrow();

    apply("git", "less", "first").orThrow();

    assertThat(levels("less")).isEqualTo("first");
  }
}
