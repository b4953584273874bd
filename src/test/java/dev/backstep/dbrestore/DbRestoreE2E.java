package dev.backstep.dbrestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.OperatorImage;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Restores of a real database in a pod, by real Jobs of the operator's own image. */
@Order(1)
class DbRestoreE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(12);

  @BeforeAll
  static void start() throws Exception {
    OperatorImage.make();
    operator.start(Map.of("BACKSTEP_IMAGE_NAME", OperatorImage.NAME));
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
  void aLoadWhosePodIsKilledIsBegunAnew() {
    try (var shop = RestoreShop.open("pod")) {
      shop.sql(
          "orders",
          "SET ROLE app_owner; CREATE FUNCTION slow(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.2); RETURN $1; END $$; INSERT INTO orders SELECT n, 19 FROM generate_series(8, 100) n");
      shop.sql("orders", "SET ROLE app_owner; CREATE INDEX slowly ON orders (slow(id))");
      shop.dumped("slow.dump");
      shop.sql("orders", "DROP INDEX slowly; DELETE FROM orders WHERE id > 7");
      shop.asks("inc-9", "Execute", "slow.dump");
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> shop.sql("shop", RestoreShop.LOADING).equals("1"));

      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              shop::printed,
              it -> it.matches("(?s).*inc-9 +orders .*Restoring +tables 1 of 1, makes indexes .*"));

      shop.shop()
          .kubectl("delete", "pod", "-l", "batch.kubernetes.io/job-name", "--force")
          .orThrow();

      shop.awaitPhase("inc-9", RestorePhase.AwaitingApproval);
      assertThat(shop.restore("inc-9").getStatus().run().done().attempt()).isEqualTo(2);
      assertThat(shop.databases()).isEqualTo("orders,orders_bs_2");
      assertThat(shop.restore("inc-9").getStatus().transitions().toString())
          .contains("LoadInterrupted", "orders 100 (now: 7)");
    }
  }

  @Test
  void whoComesBackKeepsTheDataFromBeingReplaced() {
    try (var shop = RestoreShop.open("loop")) {
      shop.asks("inc-9", "Execute", "orders.dump");
      shop.awaitPhase("inc-9", RestorePhase.AwaitingApproval);
      try (var loop = shop.stranger("cron", true)) {
        shop.approves("inc-9", null);

        shop.awaitPhase("inc-9", RestorePhase.Failed);
        assertThat(loop.stays()).isTrue();
      }
      assertThat(shop.failure("inc-9"))
          .contains("sessions that may write", "1 of backstep (cron)", "pg_stat_activity");
      assertThat(shop.shop().deployment("web").getSpec().getReplicas()).isEqualTo(1);
      assertThat(shop.sql("orders", "SELECT count(*) FROM orders")).isEqualTo("7");
      assertThat(shop.databases()).isEqualTo("orders");
    }
  }

  @Test
  void whoDoesNotEndInTimeKeepsTheDataFromBeingReplaced() {
    try (var shop = RestoreShop.open("slow")) {
      shop.shop().apply(RestoreShop.SLOW);
      shop.shop().rolledOut("slow");
      shop.asks(
          RestoreShop.RESTORE
              .formatted("inc-9", "Execute", "orders.dump")
              .replace("name: web}]", "name: web}, {kind: Deployment, name: slow}]")
              .replace("timeout: 30s", "timeout: 10s"));
      shop.awaitPhase("inc-9", RestorePhase.AwaitingApproval);
      shop.approves("inc-9", null);

      shop.awaitPhase("inc-9", RestorePhase.Failed);

      assertThat(shop.reason("inc-9")).isEqualTo("NotQuiet");
      assertThat(shop.failure("inc-9")).contains("were not off it within 10s", "slow");
      for (var name : new String[] {"web", "slow"}) {
        assertThat(shop.shop().deployment(name).getSpec().getReplicas()).isEqualTo(1);
      }
      assertThat(shop.sql("orders", "SELECT count(*) FROM orders")).isEqualTo("7");
      assertThat(shop.databases()).isEqualTo("orders");
    }
  }

  /** It is good beside the live data, and not as the live data. */
  @Test
  void nobodyIsLetLooseOnWhatIsNotGoodAndTheDataComesBack() {
    try (var shop = RestoreShop.open("half")) {
      shop.asks(
          RestoreShop.RESTORE.formatted("inc-9", "Execute", "orders.dump")
              + """
                - name: not-live
                  query: SELECT count(*) FROM pg_database WHERE datname = current_database() AND datname = 'orders'
                  successCondition: value == 0
              """);
      shop.awaitPhase("inc-9", RestorePhase.AwaitingApproval);
      shop.approves("inc-9", null);

      shop.awaitPhase("inc-9", RestorePhase.HalfRestored);
      assertThat(shop.failure("inc-9"))
          .contains("Those who write to it are kept off", "not-live", "state: Undone");
      assertThat(shop.shop().deployment("web").getSpec().getReplicas()).isZero();
      assertThat(shop.databases()).isEqualTo("orders,orders_bs_old");

      shop.wishes("inc-9", "Undone");
      shop.awaitPhase("inc-9", RestorePhase.AwaitingApproval);
      shop.approves("inc-9", "undo");
      shop.awaitPhase("inc-9", RestorePhase.Undone);
      assertThat(shop.sql("orders", "SELECT count(*) FROM orders")).isEqualTo("7");
      assertThat(shop.shop().deployment("web").getSpec().getReplicas()).isEqualTo(1);
    }
  }

  @Test
  void whoStaysConnectedIsWaitedForAndEnded() {
    try (var shop = RestoreShop.open("idle")) {
      shop.shop().serving("importer", "v1").apply(RestoreShop.SYNC);
      shop.asks(
          RestoreShop.RESTORE
              .formatted("inc-9", "Execute", "orders.dump")
              .replace(
                  "quiesce: {", "keepOld: 10s\n  quiesce: {syncControlRefs: [{name: importer}], ")
              .replace("timeout: 30s", "timeout: 1m"));
      shop.awaitPhase("inc-9", RestorePhase.AwaitingApproval);
      try (var idle = shop.stranger("pooler", false)) {
        shop.approves("inc-9", null);
        await()
            .atMost(Duration.ofMinutes(1))
            .until(
                () -> shop.condition("inc-9", ConditionTypes.RECONCILING),
                said -> said.contains("it is waited for sessions") && said.contains("(pooler)"));
        assertThat(shop.holders("importer")).contains("inc-9");
        assertThat(shop.shop().deployment("importer").getSpec().getReplicas()).isZero();

        shop.awaitPhase("inc-9", RestorePhase.Succeeded);
        assertThat(idle.stays()).isFalse();
      }
      assertThat(shop.restore("inc-9").getStatus().transitions().toString())
          .contains("sessions of others are ended");
      assertThat(shop.sql("orders", "SELECT count(*) FROM orders")).isEqualTo("100");
      await().atMost(Duration.ofMinutes(1)).until(() -> shop.holders("importer").isEmpty());
      assertThat(shop.shop().deployment("importer").getSpec().getReplicas()).isEqualTo(1);
      await("the data from before to be dropped")
          .atMost(Duration.ofMinutes(1))
          .until(() -> shop.databases().equals("orders"));
    }
  }

  @Test
  void goesOnWhereAKilledProcessWas() {
    try (var shop = RestoreShop.open("killed")) {
      shop.asks(
          RestoreShop.RESTORE
              .formatted("inc-9", "Execute", "orders.dump")
              .replace("timeout: 30s", "timeout: 3m"));
      for (var phase = 0; phase < 2; phase++) {
        var seq = shop.restore("inc-9").said().seq();
        await().atMost(Duration.ofMinutes(2)).until(() -> shop.restore("inc-9").said().seq() > seq);
        operator.kill();
        operator.restart();
      }
      shop.awaitPhase("inc-9", RestorePhase.AwaitingApproval);
      shop.approves("inc-9", null);
      for (var kills = 0; kills < 4; kills++) {
        var seq = shop.restore("inc-9").said().seq();
        await()
            .atMost(Duration.ofMinutes(2))
            .until(
                () ->
                    shop.restore("inc-9").said().seq() > seq
                        || !shop.restore("inc-9").said().phase().isOpen());
        operator.kill();
        operator.restart();
      }

      shop.awaitPhase("inc-9", RestorePhase.Succeeded);
      assertThat(shop.sql("orders", "SELECT count(*), count(DISTINCT id) FROM orders"))
          .isEqualTo("100|100");
      assertThat(shop.shop().deployment("web").getSpec().getReplicas()).isEqualTo(1);
      assertThat(shop.databases()).isEqualTo("orders,orders_bs_old");
    }
  }

  @Test
  void goesOnWhereAKilledServerWas() {
    try (var shop = RestoreShop.open("crash")) {
      // given
      shop.asks("inc-9", "Execute", "orders.dump");
      shop.awaitPhase("inc-9", RestorePhase.AwaitingApproval);

      // when
      try (var idle = shop.stranger("pooler", false)) {
        assertThat(idle.stays()).isTrue();
        shop.approves("inc-9", null);
        shop.awaitPhase("inc-9", RestorePhase.Quiescing);
        shop.killsServer();
      }
      shop.awaitPhase("inc-9", RestorePhase.BackingUp);
      shop.killsServer();

      // then
      shop.awaitPhase("inc-9", RestorePhase.Succeeded);
      assertThat(shop.sql("orders", "SELECT count(*), count(DISTINCT id) FROM orders"))
          .isEqualTo("100|100");
      assertThat(shop.databases()).isEqualTo("orders,orders_bs_old");
      assertThat(shop.shop().deployment("web").getSpec().getReplicas()).isEqualTo(1);
      assertThat(shop.restore("inc-9").getStatus().run().holds()).isEmpty();
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
      shop.shop().awaitPhase(Phase.Undone);
      assertThat(shop.sql("orders", "SELECT count(*) FROM orders")).isEqualTo("7");
    }
  }
}
