package dev.backstep.runbooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.OperatorImage;
import dev.backstep.testing.TestOperator;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A release breaks the page of connections, writes garbage for guests' names, keeps its locks, and
 * brings a schema that the release before cannot write to: the whole ladder is needed.
 */
@Order(1)
class ConnectionsE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(2);

  private static final String MAIL =
      """
      INSERT INTO connections (id, platform, label) VALUES (1, 'Airbnb', 'Cottage');
      ALTER TABLE connections ALTER COLUMN id RESTART WITH 2;
      INSERT INTO bookings VALUES ('B-1', 'Grace Hopper'), ('B-2', 'Ada Lovelace');
      INSERT INTO gmail_inbox VALUES
        (1, 'B-1', 'Reservation confirmed for Grace Hopper'),
        (1, 'B-2', 'Reservation confirmed for Ada Lovelace');
      """;

  private static final String NAMES =
      "SELECT string_agg(guest_name, ', ' ORDER BY id) FROM bookings";
  private static final String LOCKS = "SELECT count(*) FROM sync_locks";

  @BeforeAll
  static void start() {
    OperatorImage.make();
    operator.start(Map.of("BACKSTEP_IMAGE_NAME", OperatorImage.NAME));
  }

  @Test
  void theWholeLadderUntilMailIsFetchedAgain() {
    try (var incident = Incident.in("connections")) {
      // given: a release that works, and is known to
      incident.sql("bookings", MAIL);
      fetch(incident, "well");
      assertThat(incident.sql("bookings", NAMES)).isEqualTo("Grace Hopper, Ada Lovelace");
      incident.planned().proven();

      // when: the new one is out
      release(incident);
      fetch(incident, "broken");

      // then: it does what the runbook says
      assertThat(page(incident)).isEqualTo(500);
      assertThat(incident.sql("bookings", NAMES)).isEqualTo("Reservation, Reservation");
      assertThat(syncNow(incident)).isEqualTo(409);
      assertThat(incident.sql("bookings", LOCKS)).isEqualTo("1");
      incident.sql("bookings", "UPDATE sync_locks SET taken_at = now() - interval '1 hour'");

      // what each level would do
      incident.asks("dry-run.yaml").awaitPhase("DRY-20", Phase.Completed);
      assertThat(incident.preview("revert-code")).anyMatch(it -> it.contains("bookings:v1"));
      assertThat(incident.preview("sync-off")).anyMatch(it -> it.contains("/api/sync"));
      assertThat(incident.preview("revert-schema")).anyMatch(it -> it.startsWith("Destroys:"));
      incident.log("connections-dry-run");

      // the release before cannot keep mail in the new table, and nobody fetches any more
      incident.asks("run.yaml").awaitPhase("INC-20", Phase.AwaitingApproval);
      assertThat(incident.outcomes()).isEqualTo("revert-code Unhealthy, sync-off Unhealthy");
      assertThat(page(incident)).isEqualTo(200);
      assertThat(syncNow(incident)).isEqualTo(500);
      assertThat(suspended(incident)).isEqualTo("true");
      assertThat(backend(incident)).isEqualTo("backstep-responder");
      incident.await(
          "what is to be approved",
          it -> incident.condition(ConditionTypes.AWAITING_APPROVAL).contains("Destroys"));
      assertThat(incident.condition(ConditionTypes.AWAITING_APPROVAL))
          .contains("backup: the database is backed up into", "migration-041: Destroys");

      // the schema of the release before, once somebody agreed and signed in
      incident.approvesLevel().awaitItem("sign-in").says("sign-in");
      incident.awaitPhase("INC-20", Phase.Mitigated);
      assertThat(syncNow(incident)).isEqualTo(200);
      assertThat(incident.sql("bookings", NAMES)).isEqualTo("Grace Hopper, Ada Lovelace");
      assertThat(incident.sql("bookings", LOCKS)).isEqualTo("0");
      assertThat(incident.backups()).contains(".dump.manifest.json");

      // by the clock again
      incident.steers("{\"state\":\"Released\",\"stateBy\":\"you@example.com\"}");
      incident.awaitPhase("INC-20", Phase.Released);
      assertThat(suspended(incident)).isNotEqualTo("true");
      assertThat(backend(incident)).isEmpty();
      assertThat(incident.log("connections")).contains("revert-schema", "Released");
    }
  }

  @Test
  void whatGmailRefusesNoReleaseOfOursMends() {
    try (var incident = Incident.in("connections")) {
      // given
      incident.sql("bookings", MAIL);
      incident.planned().proven();
      release(incident);
      incident.sql("bookings", "UPDATE gmail_answers SET status = 401");
      assertThat(syncNow(incident)).isEqualTo(401);

      // when
      incident.asks("run.yaml").awaitPhase("INC-20", Phase.AwaitingAnswer);

      // then
      assertThat(incident.run().question().about()).isEqualTo("gmail-refuses");
      assertThat(incident.run().question().message()).contains("Gmail refuses our tokens");
      assertThat(incident.outcomes()).isEqualTo("revert-code Unhealthy");
      assertThat(suspended(incident)).isNotEqualTo("true");
    }
  }

  private static void release(Incident incident) {
    incident
        .shop()
        .kubectl("set", "image", "deployment/web", "*=backstep.dev/bookings:v2")
        .orThrow();
    incident.shop().rolledOut("web");
  }

  /** What the CronJob does, at once. */
  private static void fetch(Incident incident, String name) {
    var shop = incident.shop();
    shop.kubectl("create", "job", name, "--from=cronjob/fetch-mail").orThrow();
    shop.kubectl("wait", "--for=condition=complete", "job/" + name, "--timeout=60s").orThrow();
  }

  private static int page(Incident incident) {
    return incident.gets("web", "/settings/connections").statusCode();
  }

  private static int syncNow(Incident incident) {
    return incident.posts("web", "/api/sync/1", "").statusCode();
  }

  private static String suspended(Incident incident) {
    return incident
        .shop()
        .kubectl("get", "cronjob", "fetch-mail", "-o", "jsonpath={.spec.suspend}")
        .stdout();
  }

  /** Where requests to sync go; empty: the Ingress does not know that path. */
  private static String backend(Incident incident) {
    var query = "jsonpath={.spec.rules[0].http.paths[?(@.path=='/api/sync')].backend.service.name}";
    return incident.shop().kubectl("get", "ingress", "bookings", "-o", query).stdout();
  }
}
