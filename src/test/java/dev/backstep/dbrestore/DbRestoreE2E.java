package dev.backstep.dbrestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Restores of a real database in a pod, by real Jobs of the operator's own image. */
@Order(1)
class DbRestoreE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(5);

  @BeforeAll
  static void start() throws Exception {
    operator.startWithItsImage();
  }

  @Test
  void replacesTheDataOnceItIsProvenAndApprovedAndPutsItBack() {
    try (var shop = RestoreShop.open("restore")) {
      shop.asks("inc-9", "Execute", "orders.dump");

      shop.awaitPhase("inc-9", RestorePhase.AwaitingApproval);
      assertThat(shop.condition("inc-9", ConditionTypes.AWAITING_APPROVAL))
          .contains("0 of 1 approvals", "may not give one", "kind: DbRestore");
      assertThat(shop.restore("inc-9").getStatus().transitions().toString())
          .contains("orders 100 (now: 7)", "would be lost");
      assertThat(shop.printed())
          .containsPattern("NAME +TARGET +SOURCE +PHASE +PROGRESS +DATA-AGE +AGE\n")
          .containsPattern("inc-9 +orders +orders\\.dump +AwaitingApproval +\\w+ +\\w+\n");
      assertThat(shop.sql("orders", "SELECT count(*) FROM orders")).isEqualTo("7");
      assertThat(shop.shop().deployment("web").getSpec().getReplicas()).isEqualTo(1);

      shop.approves("inc-9", null);
      var status = shop.awaitPhase("inc-9", RestorePhase.Succeeded);
      assertThat(shop.sql("orders", "SELECT count(*) FROM orders")).isEqualTo("100");
      assertThat(shop.shop().deployment("web").getSpec().getReplicas()).isEqualTo(1);
      assertThat(status.run().holds()).isEmpty();
      assertThat(status.run().keptUntil()).isNotNull();
      assertThat(shop.databases()).isEqualTo("orders,orders_bs_old");
      assertThat(shop.condition("inc-9", ConditionTypes.DATA_REPLACED)).contains("Undone");

      shop.sql("orders", "INSERT INTO orders VALUES (1000, 19)");
      shop.wishes("inc-9", "Undone");
      shop.awaitPhase("inc-9", RestorePhase.AwaitingApproval);
      shop.approves("inc-9", "undo");
      shop.awaitPhase("inc-9", RestorePhase.Undone);
      assertThat(shop.failure("inc-9"))
          .contains("has the data from before again", "_undone\"; once nobody needs it.");
      assertThat(shop.sql("orders", "SELECT count(*) FROM orders")).isEqualTo("7");
      assertThat(shop.databases()).isEqualTo("orders,orders_bs_undone");
    }
  }

  @Test
  void aDrillTouchesNothing() {
    try (var shop = RestoreShop.open("drill")) {
      shop.restricted();
      var drill = RestoreShop.DRILL.formatted("drill", "Drill", "orders.dump");
      assertThat(shop.refused(drill.replace(RestoreShop.ALICE, RestoreShop.BOB)))
          .contains("spec.requestedBy must name who asks for the restore");
      shop.asks(drill);
      assertThat(shop.refused("drill", "{\"spec\":{\"state\":\"Aborted\",\"stateBy\":\"bob\"}}"))
          .contains("spec.stateBy must name who asks for the state");
      assertThat(shop.refused("drill", "{\"spec\":{\"keepOld\":\"1h\"}}"))
          .contains("a restore cannot be changed");

      shop.awaitPhase("drill", RestorePhase.Drilled);
      assertThat(shop.printed()).containsPattern("drill +orders +orders\\.dump +Drilled");

      assertThat(shop.failure("drill")).contains("orders 100 (now: 7)", "It took ");
      assertThat(shop.restore("drill").getStatus().recoveryTime()).isNotBlank();
      assertThat(shop.restore("drill").getStatus().recoveryPoint()).isNotBlank();
      assertThat(shop.sql("orders", "SELECT count(*) FROM orders")).isEqualTo("7");
      assertThat(shop.databases()).isEqualTo("orders");
    }
  }

  @Test
  void aPlanDrillsByTheCalendarAndWantsThatItWasDrilled() {
    try (var shop = RestoreShop.open("calendar")) {
      shop.shop().plan(RestoreShop.LEVEL);
      shop.changesPlan("{\"drillWithin\":\"24h\"}");
      await()
          .atMost(Duration.ofMinutes(2))
          .until(
              () -> shop.executable(),
              said -> said.contains("Action orders was never drilled well"));

      shop.changesPlan(
          "{\"triggers\":[{\"name\":\"drill\",\"schedule\":\"* * * * *\",\"mode\":\"Drill\",\"levels\":[\"restore\"]}]}");
      await()
          .atMost(Duration.ofMinutes(5))
          .until(() -> !shop.shop().plan().getStatus().drills().isEmpty());
      shop.changesPlan("{\"triggers\":[]}");
      var drill = shop.shop().plan().getStatus().drills().get(0);
      assertThat(drill.run()).startsWith("drill-");
      assertThat(drill.message()).contains("orders 100 (now: 7)", "would be lost");
      assertThat(drill.took()).isNotBlank();
      await().atMost(Duration.ofMinutes(2)).until(() -> shop.databases().equals("orders"));
      assertThat(shop.sql("orders", "SELECT count(*) FROM orders")).isEqualTo("7");
      assertThat(shop.shop().deployment("web").getSpec().getReplicas()).isEqualTo(1);
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> shop.executable(), said -> said.startsWith("True"));
    }
  }

  @Test
  void whatCannotBeRestoredTouchesNothing() {
    try (var shop = RestoreShop.open("broken")) {
      shop.shop()
          .kubectl(
              "exec",
              "deployment/keeper",
              "--",
              "bash",
              "-c",
              "head -c $(($(stat -c %s /backups/orders.dump) * 6 / 10)) /backups/orders.dump > /backups/short.dump && chmod 644 /backups/*")
          .orThrow();
      shop.asks("short", "Execute", "short.dump").asks("gone", "Execute", "gone.dump");

      shop.awaitPhase("short", RestorePhase.Failed);
      shop.awaitPhase("gone", RestorePhase.Failed);

      assertThat(shop.failure("gone")).contains("gone.dump");
      assertThat(shop.failure("short")).contains("cut off", "Nothing live was touched");

      shop.asks("stopped", "Execute", "orders.dump");
      shop.awaitPhase("stopped", RestorePhase.AwaitingApproval);
      shop.wishes("stopped", "Aborted");
      shop.awaitPhase("stopped", RestorePhase.Aborted);
      assertThat(shop.databases()).isEqualTo("orders");
      assertThat(shop.sql("orders", "SELECT count(*) FROM orders")).isEqualTo("7");
    }
  }

  @Test
  void aPlanRestoresInALevelAndPutsTheDataBack() {
    try (var shop = RestoreShop.open("plan")) {
      shop.shop().plan(RestoreShop.LEVEL);
      shop.runs("INC-9", "restore");
      shop.awaitsApproval();
      assertThat(shop.shop().condition(ConditionTypes.AWAITING_APPROVAL).getMessage())
          .contains("orders.dump", "orders 100 (now: 7)", "would be lost");
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () ->
                  assertThat(shop.shop().condition(ConditionTypes.AWAITING_APPROVAL).getMessage())
                      .contains("what it takes away is kept first"));
      assertThat(shop.shop().runStatus().levels().get(0).pins().get("orders"))
          .anyMatch(pin -> pin.matches("backup orders.dump, sha256 [0-9a-f]{64}"))
          .contains("check orders found 100 in it, and 7 in what is live");
      assertThat(shop.shop().deployment("web").getSpec().getReplicas()).isEqualTo(1);
      assertThat(shop.sql("orders", "SELECT count(*) FROM orders")).isEqualTo("7");

      shop.approvesLevel("INC-9", "restore");
      shop.shop().awaitPhase(Phase.Recovered);
      assertThat(shop.shop().runStatus().levels().get(0).actions().get(0).message())
          .contains("Database orders was replaced by orders.dump, and verified.");
      assertThat(shop.sql("orders", "SELECT count(*) FROM orders")).isEqualTo("100");
      assertThat(shop.shop().deployment("web").getSpec().getReplicas()).isEqualTo(1);
      assertThat(shop.databases()).isEqualTo("orders,orders_bs_old");

      shop.steers("Undone");
      shop.shop().awaitPhase(Phase.AwaitingApproval);
      assertThat(shop.sql("orders", "SELECT count(*) FROM orders")).isEqualTo("100");
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () ->
                  assertThat(shop.shop().condition(ConditionTypes.AWAITING_APPROVAL).getMessage())
                      .contains(
                          "To put back action orders wants 1 approval, not from alice@example.com",
                          "Database orders gets the data from before the restore again",
                          "item: \"orders\""));
      shop.approvesLevel("INC-9", "restore");
      shop.shop().awaitPhase(Phase.Undone);
      assertThat(shop.sql("orders", "SELECT count(*) FROM orders")).isEqualTo("7");
    }
  }
}
