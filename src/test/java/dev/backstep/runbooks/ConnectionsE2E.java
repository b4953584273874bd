package dev.backstep.runbooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Evidence;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
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
  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(1);

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
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @BeforeAll
  static void start() {
    operator.startWithItsImage();
  }

  /** One team's bad days, in their order: each begins where the one before ended. */
  @Test
  void theWholeLadderThenASuspicionThenWhatNoReleaseMends() {
    try (var incident = Incident.in("connections")) {
      theWholeLadderUntilMailIsFetchedAgain(incident);
      aSuspicionIsInvestigatedFirst(incident);
      whatGmailRefusesNoReleaseOfOursMends(incident);
    }
  }

  private static void theWholeLadderUntilMailIsFetchedAgain(Incident incident) {
    // given: a release that works, and is known to
    incident.app().sql("bookings", MAIL);
    fetch(incident, "well");
    assertThat(names(incident)).isEqualTo("Grace Hopper, Ada Lovelace");
    incident.planned().proven();

    // when: the new one is out
    release(incident);
    fetch(incident, "broken");

    // then: it does what the runbook says
    assertThat(page(incident)).isEqualTo(500);
    assertThat(names(incident)).isEqualTo("Reservation, Reservation");
    assertThat(syncNow(incident)).isEqualTo(409);
    assertThat(locks(incident)).isEqualTo("1");
    incident.app().sql("bookings", "UPDATE sync_locks SET taken_at = now() - interval '1 hour'");

    // what each level would do
    incident.dryRuns("DRY-20");
    assertThat(incident.preview("revert-code")).anyMatch(it -> it.contains("bookings:v1"));
    assertThat(incident.preview("sync-off")).anyMatch(it -> it.contains("/api/sync"));
    assertThat(incident.preview("revert-schema")).anyMatch(it -> it.startsWith("Destroys:"));

    // the release before cannot keep mail in the new table, and nobody knows what it is
    incident.asks("run.yaml").steers("{\"cause\":\"\"}");
    incident.awaitQuestion("INC-20", Reasons.STOP_CONDITION);
    assertThat(incident.run().question().about()).isEqualTo("no-cause");
    assertThat(incident.outcomes()).isEqualTo("revert-code Unhealthy, sync-off Unhealthy");
    assertThat(page(incident)).isEqualTo(200);
    assertThat(syncNow(incident)).isEqualTo(500);
    assertThat(suspended(incident)).isEqualTo("true");
    assertThat(backend(incident)).isEqualTo("backstep-responder");

    // now somebody does
    incident
        .steers("{\"cause\":\"release v2 with migration 041_email_processing\"}")
        .answers("Retry")
        .awaitApproval("INC-20", "revert-schema");
    assertThat(incident.condition(ConditionTypes.AWAITING_APPROVAL))
        .contains("backup: the database is backed up into", "migration-041: Destroys");

    // the schema of the release before, once somebody agreed and signed in
    incident.approvesLevel().awaitItem("sign-in").says("sign-in");
    incident.awaitPhase("INC-20", Phase.Mitigated);
    assertThat(syncNow(incident)).isEqualTo(200);
    assertThat(names(incident)).isEqualTo("Grace Hopper, Ada Lovelace");
    assertThat(locks(incident)).isEqualTo("0");
    assertThat(incident.app().backups()).contains(".dump.manifest.json");
    // two mails were fetched by each of two releases, and perhaps by the clock
    var messages = seenAtStart(incident, "messages-of-the-last-hour");
    assertThat(Integer.parseInt(messages)).isGreaterThanOrEqualTo(4);
    assertThat(seenAtStart(incident, "most-messages-of-the-last-hour")).isEqualTo(messages);
    assertThat(seenAtStart(incident, "orphan-messages")).isEqualTo("0");

    // by the clock again
    incident.releases("INC-20");
    assertThat(suspended(incident)).isNotEqualTo("true");
    assertThat(backend(incident)).isEmpty();
    assertThat(incident.log("connections"))
        .contains("**Executed By**: you@example.com", "revert-schema", "Released");
  }

  private static void aSuspicionIsInvestigatedFirst(Incident incident) {
    // given
    release(incident);

    // when
    incident
        .runs("INC-21", "\"symptom\":\"LeakedMessages\"")
        .awaitQuestion("INC-21", Reasons.CONFIRM);

    // then
    assertThat(incident.run().question().message())
        .contains("For symptom LeakedMessages level revert-code is a maybe: investigate first.");
    assertThat(incident.shop().image("web")).endsWith(":v2");
    incident.aborts("INC-21");
  }

  private static void whatGmailRefusesNoReleaseOfOursMends(Incident incident) {
    // given
    incident.app().sql("bookings", "UPDATE gmail_answers SET status = 401");
    await().atMost(LIMIT).until(() -> page(incident) == 500);
    assertThat(syncNow(incident)).isEqualTo(401);

    // when
    incident
        .runs("INC-22", "\"symptom\":\"IntegrationFailure\"")
        .awaitQuestion("INC-22", Reasons.STOP_CONDITION);

    // then
    assertThat(incident.run().question().about()).isEqualTo("gmail-refuses");
    assertThat(incident.run().question().message())
        .contains("Gmail refuses our tokens", "Call: Sidra (Engineering lead, sidra@example.com)");
    assertThat(incident.outcomes()).isEqualTo("revert-code Unhealthy");
    assertThat(suspended(incident)).isNotEqualTo("true");
    incident.log("connections-gmail");
  }

  private static String names(Incident incident) {
    return incident.app().sql("bookings", NAMES);
  }

  private static String locks(Incident incident) {
    return incident.app().sql("bookings", LOCKS);
  }

  private static String seenAtStart(Incident incident, String gate) {
    return incident.run().evidence().stream()
        .filter(it -> it.gate().equals(gate) && it.at() == Evidence.Moment.Start)
        .map(Evidence::value)
        .findFirst()
        .orElseThrow();
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
    return incident.app().gets("web", "/settings/connections").statusCode();
  }

  private static int syncNow(Incident incident) {
    return incident.app().posts("web", "/api/sync/1", "").statusCode();
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
