package dev.backstep.dbrestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Restores of the SQLite file of an application in a pod, by real Jobs on its volume. */
@Order(1)
class SqliteRestoreE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(6);

  @BeforeAll
  static void start() throws Exception {
    operator.startWithItsImage();
  }

  @Test
  void replacesTheFileOnceItIsProvenAndApprovedAndPutsItBack() {
    try (var shop = FileShop.open("file")) {
      shop.asks("inc-9", "Execute", "shop.sqlite");

      shop.awaitPhase("inc-9", RestorePhase.AwaitingApproval);
      var status = shop.people().restore("inc-9").getStatus();
      assertThat(status.transitions().toString()).contains("orders 100 (now: 7)", "would be lost");
      assertThat(status.source()).isEqualTo("shop.sqlite");
      assertThat(shop.orders()).isEqualTo("7");
      assertThat(shop.shop().deployment("local").getSpec().getReplicas()).isEqualTo(1);

      shop.people().approves("inc-9", null);
      shop.awaitPhase("inc-9", RestorePhase.Succeeded);
      assertThat(shop.orders()).isEqualTo("100");
      assertThat(shop.files()).isEqualTo("shop.db,shop.db_bs_lock,shop.db_bs_note,shop.db_bs_old");
      assertThat(shop.onVolume("ls /backups")).containsPattern("before-.*sqlite.manifest.json");
      assertThat(shop.people().restore("inc-9").getStatus().run().holds()).isEmpty();
      shop.awaitWriting();

      shop.people().wishes("inc-9", "Undone");
      shop.awaitPhase("inc-9", RestorePhase.AwaitingApproval);
      shop.people().approves("inc-9", "undo");
      shop.awaitPhase("inc-9", RestorePhase.Undone);
      assertThat(shop.people().failure("inc-9")).contains("has the data from before again");
      assertThat(shop.orders()).isEqualTo("7");
      assertThat(shop.files()).contains("shop.db_bs_undone").doesNotContain("_old");
      shop.awaitWriting();
    }
  }

  @Test
  void aFileThatIsDamagedIsKeptAndReplaced() {
    try (var shop = FileShop.open("damaged")) {
      shop.stopsApplication();
      shop.onVolume("rm -f /data/shop.db-* && printf 'no database any more' > /data/shop.db");
      shop.shop().kubectl("scale", "deployment/local", "--replicas=1").orThrow();

      shop.asks("inc-9", "Execute", "shop.sqlite");
      shop.awaitPhase("inc-9", RestorePhase.AwaitingApproval);
      shop.people().approves("inc-9", null);
      shop.awaitPhase("inc-9", RestorePhase.Succeeded);

      assertThat(shop.orders()).isEqualTo("100");
      assertThat(shop.onVolume("cat /data/*_old")).isEqualTo("no database any more");
      assertThat(shop.onVolume("cat /backups/before-*.damaged")).isEqualTo("no database any more");
      shop.awaitWriting();
    }
  }

  @Test
  void whatCannotBeRestoredTouchesNothing() {
    try (var shop = FileShop.open("broken")) {
      shop.onVolume(
          "cd /backups && : > empty.db && echo text > text.db && head -c 5000 shop.sqlite > short.db && ln -s shop.sqlite link.db");
      for (var name : new String[] {"empty", "text", "short", "link", "gone"}) {
        shop.asks(name, "Execute", name + ".db");
      }

      for (var name : new String[] {"empty", "text", "short", "link", "gone"}) {
        shop.awaitPhase(name, RestorePhase.Failed);
      }
      assertThat(shop.people().failure("empty")).contains("it is empty");
      assertThat(shop.people().failure("text")).contains("does not begin as a SQLite database");
      assertThat(shop.people().failure("short")).contains("is cut off: it has 5000 bytes of");
      assertThat(shop.people().failure("link")).contains("which is a link");
      assertThat(shop.people().failure("gone")).contains("There is no gone.db in the volume");
      assertThat(shop.orders()).isEqualTo("7");
      assertThat(shop.files()).isEqualTo("shop.db");
      shop.awaitWriting();
    }
  }

  @Test
  void aDrillTouchesNothing() {
    try (var shop = FileShop.open("drill")) {
      shop.people().restricted();
      shop.asks("drill", "Drill", "shop.sqlite");

      shop.awaitPhase("drill", RestorePhase.Drilled);

      assertThat(shop.people().failure("drill")).contains("orders 100 (now: 7)", "It took ");
      assertThat(shop.orders()).isEqualTo("7");
      assertThat(shop.files()).isEqualTo("shop.db");
      shop.awaitWriting();
    }
  }

  @Test
  void goesOnWhereAKilledProcessOrPodWas() {
    try (var shop = FileShop.open("killed")) {
      shop.asks("inc-9", "Execute", "shop.sqlite");
      shop.awaitPhase("inc-9", RestorePhase.AwaitingApproval);
      shop.people().approves("inc-9", null);
      for (var kills = 0; kills < 4; kills++) {
        var seq = shop.people().restore("inc-9").said().seq();
        await()
            .atMost(Duration.ofMinutes(2))
            .until(
                () ->
                    shop.people().restore("inc-9").said().seq() > seq
                        || !shop.people().restore("inc-9").said().phase().isOpen());
        operator.kill();
        shop.shop()
            .kubectl(
                "delete",
                "pods",
                "-l",
                "batch.kubernetes.io/job-name",
                "--field-selector=status.phase=Running",
                "--force",
                "--grace-period=0")
            .orThrow();
        operator.restart();
      }

      shop.awaitPhase("inc-9", RestorePhase.Succeeded);
      assertThat(shop.sql("SELECT count(*), count(DISTINCT id) FROM orders")).isEqualTo("100|100");
      assertThat(shop.files()).isEqualTo("shop.db,shop.db_bs_lock,shop.db_bs_note,shop.db_bs_old");
      shop.awaitWriting();
    }
  }

  @Test
  void aPlanRestoresInALevelAndPutsTheFileBack() {
    try (var shop = FileShop.open("plan")) {
      shop.shop().plan(FileShop.LEVEL);
      shop.people().runs("INC-9", "restore");
      shop.people().awaitsApproval();
      shop.people().approvesLevel("INC-9", "restore");
      shop.shop().awaitPhase(Phase.Recovered);
      assertThat(shop.shop().runStatus().levels().get(0).actions().get(0).message())
          .contains("Database shop.db was replaced by shop.sqlite, and verified.");
      assertThat(shop.orders()).isEqualTo("100");

      shop.people().steers("Undone");
      shop.shop().awaitPhase(Phase.AwaitingApproval);
      assertThat(shop.shop().deployment("local").getSpec().getReplicas()).isEqualTo(1);
      shop.people().approvesLevel("INC-9", "restore");
      shop.shop().awaitPhase(Phase.Undone);
      assertThat(shop.orders()).isEqualTo("7");
      assertThat(shop.shop().deployment("local").getSpec().getReplicas()).isEqualTo(1);
      shop.awaitWriting();
    }
  }
}
