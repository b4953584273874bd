package dev.backstep.installation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.SyncControl;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What would be left behind without the operator. */
class UnfinishedTest {
  private static <T> T read(Class<T> kind, String rest) {
    var head =
        """
        apiVersion: backstep.dev/v1alpha1
        kind: %s
        metadata: {name: web, namespace: shop}
        """
            .formatted(kind.getSimpleName());
    return new KubernetesSerialization().unmarshal(head + rest, kind);
  }

  private static List<String> plan(String status) {
    return Unfinished.of(read(RollbackPlan.class, status)).toList();
  }

  private static List<String> sync(String rest) {
    return Unfinished.of(read(SyncControl.class, rest)).toList();
  }

  private static List<String> restore(String status) {
    return Unfinished.of(read(DbRestore.class, status)).toList();
  }

  private static final String HOLDS =
      """
        holds:
        - {run: INC-1, claim: c, action: off, type: scale, kind: Deployment, name: worker, original: "1", held: "0"}
        - {run: INC-1, claim: c, action: off, type: scale, kind: Deployment, name: mailer, original: "1", held: "0"}
      """;

  private static final String RUN =
      "  run: {id: INC-1, uid: u, claim: c, seq: 1, phase: %s, active: %s, levels: []}\n";

  @Test
  void whatIsAtRestIsNotNamed() {
    assertThat(plan("")).as("one that was never looked at").isEmpty();
    assertThat(plan("status: {phase: Idle}")).isEmpty();
    assertThat(plan("status:\n  phase: Recovered\n" + RUN.formatted("Recovered", "false")))
        .isEmpty();
    assertThat(sync("status: {state: Enabled}")).isEmpty();
    assertThat(sync("")).isEmpty();
    assertThat(restore("status: {phase: Succeeded}")).isEmpty();
    assertThat(restore("status: {phase: Pending}")).isEmpty();
  }

  @Test
  void aRunThatGoesOnIsNamedWithWhatItHolds() {
    assertThat(plan("status:\n  phase: Soaking\n" + RUN.formatted("Soaking", "true") + HOLDS))
        .singleElement()
        .asString()
        .startsWith(
            "RollbackPlan shop/web carries out run INC-1, which is in phase Soaking, and keeps off Deployment worker, Deployment mailer.")
        .endsWith(
            "\n  kubectl -n shop patch rollbackplan web --type=merge -p '{\"spec\":{\"run\":{\"state\":\"Aborted\",\"stateBy\":\"YOUR NAME\"}}}'");
  }

  @Test
  void whatAPlanHoldsIsNamed() {
    assertThat(plan("status:\n  phase: Mitigated\n" + RUN.formatted("Mitigated", "false") + HOLDS))
        .singleElement()
        .asString()
        .startsWith("RollbackPlan shop/web keeps off Deployment worker, Deployment mailer.")
        .contains("\"state\":\"Released\"");
  }

  @Test
  void aSyncThatIsHeldOffIsNamedWithItsHolders() {
    var held =
        """
        status:
          state: Disabled
          holders: [{id: a, holder: run INC-1 of RollbackPlan shop (action stop-sync)}]
        """;
    assertThat(sync(held))
        .singleElement()
        .asString()
        .startsWith(
            "SyncControl shop/web is held off by run INC-1 of RollbackPlan shop (action stop-sync).")
        .contains("kubectl -n shop describe synccontrol web");
  }

  @Test
  void aSyncThatPeopleSwitchedOffIsNamed() {
    var off =
        """
        spec: {serviceAccountName: runner, state: Disabled, means: []}
        status: {state: Disabled}
        """;
    assertThat(sync(off))
        .singleElement()
        .asString()
        .contains("is off, because spec.state says so")
        .contains("'{\"spec\":{\"state\":\"Enabled\"}}'");
  }

  @Test
  void aSyncThatIsBeingGivenBackIsNamed() {
    assertThat(sync("status: {state: Enabling}"))
        .singleElement()
        .asString()
        .contains("is in state Enabling. Wait until it is Enabled");
  }

  @Test
  void aRestoreThatGoesOnIsNamed() {
    assertThat(restore("status: {phase: Restoring}"))
        .singleElement()
        .asString()
        .contains("is in phase Restoring")
        .contains("\"state\":\"Aborted\"");
    assertThat(restore("status: {phase: CuttingOver}"))
        .singleElement()
        .asString()
        .contains("replaces the live data (CuttingOver). Wait for its end")
        .doesNotContain("Aborted");
  }

  @Test
  void aRestoreThatKeepsWritersOffIsNamed() {
    var status = "status:\n  phase: HalfRestored\n  run:\n    claim: c\n" + HOLDS.indent(2);
    assertThat(restore(status))
        .singleElement()
        .asString()
        .contains("ended as HalfRestored, and keeps off Deployment worker, Deployment mailer");
  }

  @Test
  void whatCannotBeReadIsNamed() {
    assertThat(plan("status: {phase: Dreaming}"))
        .singleElement()
        .asString()
        .contains("was written by another version");
  }

  @Test
  void allOfItSaysHowOneGoesOn() {
    var installation =
        new Installation("backstep", "backstep-system", 3, List.of(), "backstep-metrics", 2);

    assertThat(Unfinished.all(List.of("First.", "Second."), installation))
        .contains("First.\nSecond.")
        .contains("helm rollback backstep 3 --namespace backstep-system")
        .contains("helm uninstall backstep --namespace backstep-system --no-hooks");
  }
}
