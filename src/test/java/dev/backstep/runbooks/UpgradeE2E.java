package dev.backstep.runbooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Psql;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two releases of an application that is not ours, I hate money, as they are published: the newer
 * one migrates the database when it starts, and throws something away; the older one does not start
 * on what is left.
 */
@Order(1)
class UpgradeE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(1);

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final String BEFORE = "7.1.1";
  private static final String AFTER = "7.2.1";

  private static Incident incident;

  @BeforeAll
  static void open() {
    operator.startWithItsImage();
    incident = Incident.in("upgrade", "dev/budget");
  }

  @AfterAll
  static void close() {
    incident.close();
  }

  @Test
  void codeAndDataGoBackTogether() {
    // given
    var household = Household.begun(incident.app());
    household.pays("Groceries");
    incident.planned(Incident.set("/verification/soak", "\"2s\"")).proven();
    incident.asks("backup-run.yaml").awaitPhase("CHANGE-7", Phase.Recovered);

    // when
    release(AFTER);
    incident.shop().rolledOut("budget");
    onlyOneIsLeft();

    // then
    household.pays("Rent");
    assertThat(household.hasAddresses()).as("%s forgets them", AFTER).isFalse();
    theImageAloneDoesNotStart();
    assertThat(household.bills()).contains("Groceries", "Rent");

    // when
    incident.asks("run.yaml").awaitApproval("INC-31", "restore");

    // then
    assertThat(incident.outcomes()).isEqualTo("revert-image Precondition");
    assertThat(incident.plan().getStatus().transitions().toString())
        .contains(
            "what ran with schema 06884b17c50f, and the database has schema c941aaca38c2 now");

    // when
    incident.approvesLevel().awaitPhase("INC-31", Phase.Recovered).log("INC-31");

    // then
    assertThat(incident.outcomes()).isEqualTo("revert-image Precondition, restore Healthy");
    assertThat(incident.shop().image("budget")).endsWith(":" + BEFORE);
    assertThat(household.hasAddresses()).isTrue();
    assertThat(household.bills()).contains("Groceries").doesNotContain("Rent");
    household.pays("Heating");
    assertThat(household.bills()).contains("Groceries", "Heating");
    assertThat(kept("SELECT count(*) FROM bill")).as("what was written since").isEqualTo("2");
  }

  /** Who is ending, of the release before, may still be asked, and does not know the new schema. */
  private static void onlyOneIsLeft() {
    await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                incident
                        .shop()
                        .kubectl("get", "pods", "-l", "app=budget", "-o", "name")
                        .orThrow()
                        .stdout()
                        .lines()
                        .count()
                    == 1);
  }

  private static void release(String version) {
    incident
        .shop()
        .kubectl("set", "image", "deployment/budget", "app=backstep.dev/ihatemoney:" + version)
        .orThrow();
  }

  /** What a rollback of the image leads to, tried by hand. */
  private static void theImageAloneDoesNotStart() {
    release(BEFORE);
    await()
        .atMost(LIMIT)
        .until(
            () ->
                incident
                    .shop()
                    .kubectl("logs", "-l", "app=budget", "-c", "app", "--tail=-1")
                    .stdout()
                    .contains("exited with code 1"));
    release(AFTER);
    incident.shop().rolledOut("budget");
  }

  /** What the database says that was put aside; nobody is let into it by mistake. */
  private static String kept(String query) {
    var old =
        psql("postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'budget\\_bs%old'");
    psql("postgres", "ALTER DATABASE %s ALLOW_CONNECTIONS true".formatted(old));
    return psql(old, query);
  }

  private static String psql(String database, String query) {
    return new Psql(incident.shop(), "budget-db", "change-me").says(database, query);
  }
}
