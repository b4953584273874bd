package dev.backstep.synccontrol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Plans and people that hold one SyncControl off, on a real API server. */
class SyncHoldersE2E {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @RegisterExtension static final TestOperator operator = TestOperator.running(4);

  private static SyncShop shop(String name) {
    var sync = SyncShop.open(name);
    sync.shop()
        .apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: holder}
            rules:
            - {apiGroups: [backstep.dev], resources: [synccontrols], verbs: [patch]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: holder}
            subjects: [{kind: ServiceAccount, name: runner}]
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: holder}
            """);
    sync.shop().idle("web", "v1");
    plan(sync, "first");
    plan(sync, "second");
    return sync;
  }

  private static void plan(SyncShop sync, String name) {
    sync.shop()
        .apply(
            """
            apiVersion: backstep.dev/v1alpha1
            kind: RollbackPlan
            metadata: {name: %s}
            spec:
              serviceAccountName: runner
              verification: {soak: 1s}
              gates:
              - {name: ready, interval: 1s, consecutiveSuccessLimit: 1,
                 workload: {kind: Deployment, name: web}}
              levels:
              - name: disable-sync
                actions:
                - {name: orders-off, timeout: 1m, disableSync: {syncControlRef: {name: orders}}}
            """
                .formatted(name));
  }

  private static void patch(SyncShop sync, String plan, String run) {
    sync.shop()
        .kubectl(
            "patch",
            "rollbackplan",
            plan,
            "--type=merge",
            "-p",
            "{\"spec\":{\"run\":%s}}".formatted(run))
        .orThrow();
  }

  private static void hold(SyncShop sync, String plan) {
    hold(sync, plan, "INC-1");
  }

  private static void hold(SyncShop sync, String plan, String run) {
    asksFor(sync, plan, run);
    awaitPhase(sync, plan, Phase.Mitigated);
  }

  private static void asksFor(SyncShop sync, String plan, String run) {
    patch(
        sync,
        plan,
        """
        {"id":"%s","reason":"the other system is being moved","state":null,"stateBy":null,
         "requestedBy":"alice","entry":"Always","levels":["disable-sync"]}
        """
            .formatted(run));
  }

  private static void release(SyncShop sync, String plan) {
    patch(sync, plan, "{\"state\":\"Released\",\"stateBy\":\"alice\"}");
    awaitPhase(sync, plan, Phase.Released);
  }

  private static void awaitPhase(SyncShop sync, String plan, Phase phase) {
    var client = sync.shop().client();
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var status =
                  client
                      .resources(RollbackPlan.class)
                      .inNamespace(sync.shop().namespace())
                      .withName(plan)
                      .require()
                      .getStatus();
              assertThat(status).isNotNull();
              assertThat(status.phase()).as("%s", status).isEqualTo(phase);
            });
  }

  /** Whoever comes and goes in whichever order: it is on again when the last one lets go. */
  @Test
  void isOnAgainWhenTheLastOneLetsGoInEachOfTheSixOrders() {
    try (var sync = shop("holders")) {
      isOnAgainAfter(sync, "INC-1", "first", "second", "person");
      isOnAgainAfter(sync, "INC-2", "first", "person", "second");
      isOnAgainAfter(sync, "INC-3", "second", "first", "person");
      isOnAgainAfter(sync, "INC-4", "second", "person", "first");
      isOnAgainAfter(sync, "INC-5", "person", "first", "second");
      isOnAgainAfter(sync, "INC-6", "person", "second", "first");
    }
  }

  private static void isOnAgainAfter(SyncShop sync, String run, String... order) {
    sync.wish("Disabled");
    asksFor(sync, "first", run);
    hold(sync, "second", run);
    awaitPhase(sync, "first", Phase.Mitigated);
    sync.awaitState(SwitchState.Disabled);
    assertThat(sync.status().holders()).as(run).hasSize(2);

    letGo(sync, order[0]);
    assertThat(sync.replicas("importer")).as("%s, after %s", run, order[0]).isZero();
    letGo(sync, order[1]);
    assertThat(sync.replicas("importer")).as("%s, after %s", run, order[1]).isZero();
    assertThat(sync.status().state()).as(run).isEqualTo(SwitchState.Disabled);
    letGo(sync, order[2]);
    isOnAgain(sync, order[2]);
    sync.isAsBefore();
    assertThat(sync.status().holders()).as(run).isEmpty();
  }

  private static void letGo(SyncShop sync, String who) {
    if (who.equals("person")) {
      sync.wish("Enabled");
    } else {
      release(sync, who);
    }
  }

  /** Released is not said before the SyncControl let go. */
  private static void isOnAgain(SyncShop sync, String who) {
    if (who.equals("person")) {
      sync.awaitState(SwitchState.Enabled);
    }
    assertThat(sync.status().state()).as("after %s", who).isEqualTo(SwitchState.Enabled);
  }

  @Test
  void isNotGivenBackByAnEntryThatIsMissing() {
    try (var sync = shop("wiped")) {
      hold(sync, "first");
      var id = sync.status().holders().get(0).id();

      sync.shop()
          .kubectl("annotate", "synccontrol", "orders", "backstep.dev/held-by." + id + "-")
          .orThrow();
      sync.shop()
          .kubectl("annotate", "synccontrol", "orders", "backstep.dev/requested-at=now")
          .orThrow();
      Awaitility.await()
          .during(Duration.ofSeconds(5))
          .atMost(PATIENCE)
          .until(() -> sync.replicas("importer") == 0 && !sync.status().holders().isEmpty());

      release(sync, "first");
      assertThat(sync.status().state()).isEqualTo(SwitchState.Enabled);
      sync.isAsBefore();
    }
  }

  /** What is deleted does not pull the sync away from under a run. */
  @Test
  void isHeldOffThoughItIsDeletedUntilThePlanLetsGo() {
    try (var sync = shop("deleted")) {
      hold(sync, "first");

      sync.shop().kubectl("delete", "synccontrol", "orders", "--wait=false").orThrow();
      Awaitility.await()
          .during(Duration.ofSeconds(5))
          .atMost(PATIENCE)
          .until(() -> sync.replicas("importer") == 0 && sync.sync().isMarkedForDeletion());

      release(sync, "first");
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(sync.shop().kubectl("get", "synccontrols", "-o", "name").stdout())
                      .isEmpty());
      sync.isAsBefore();
    }
  }

  @Test
  void waitsForAHumanWhenNobodyIsLeftToGiveItBack() {
    try (var sync = shop("orphan")) {
      hold(sync, "first");
      // Gone by force while nobody looks: the operator would give it back otherwise.
      operator.kill();
      sync.shop()
          .kubectl(
              "patch",
              "rollbackplan",
              "first",
              "--type=json",
              "-p",
              "[{\"op\":\"remove\",\"path\":\"/metadata/finalizers\"}]")
          .orThrow();
      sync.shop().kubectl("delete", "rollbackplan", "first").orThrow();
      operator.restart();

      sync.await("an orphan", status -> status.holders().stream().anyMatch(it -> it.isOrphaned()));
      assertThat(sync.replicas("importer")).isZero();
      var said = sync.condition("HoldOrphaned").getMessage();
      assertThat(said).contains("run INC-1 of RollbackPlan first");

      sync.shop().kubectl(said.replaceFirst(".*kubectl -n \\S+ ", "").split(" ")).orThrow();
      sync.awaitState(SwitchState.Enabled);
      sync.isAsBefore();
    }
  }
}
