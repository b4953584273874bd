package dev.backstep.dbrestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Restores that are killed, or that others keep from replacing the data. */
@Order(1)
class DisturbedRestoreE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(7);

  @BeforeAll
  static void start() throws Exception {
    operator.startWithItsImage();
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
}
