package dev.backstep.synccontrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.Command;
import dev.backstep.testing.Psql;
import dev.backstep.testing.Sample;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The sample of a job queue that is not ours, with its workers in pods: Procrastinate, as it is
 * published. Table mails has a row for each begin and each end of a job, so it shows what was lost
 * and what was done twice.
 */
@Order(1)
class ForeignQueueE2E {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** More than the workers can do while an operator starts: they do some eight in a second. */
  private static final int MANY = 600;

  private static final int SOME = 120;

  private static final String PAUSED = "status = 'todo' AND scheduled_at > '9000-01-01'";

  @RegisterExtension static final TestOperator operator = TestOperator.running(2);

  @BeforeAll
  static void queue() {
    assumeTrue(
        Cluster.get().auditLog().isPresent(),
        "skipped: dev/queue serves the project's own cluster only");
    Command.run(List.of("dev/queue"), Map.of(), "").orThrow();
  }

  private static Sample workers(Shop shop) {
    var sample = Sample.in(shop, "jobs");
    shop.rolledOut("mailer");
    return sample;
  }

  private static void send(Shop shop, int first, int last) {
    var python = "import mailer; mailer.send(%d, %d)".formatted(first, last);
    shop.kubectl("exec", "deployment/mailer", "--", "python3.11", "-c", python).orThrow();
  }

  private static String psql(Shop shop, String sql) {
    return new Psql(shop, "mail-db", "change-me").says("mail", sql);
  }

  private static int mails(Shop shop, String step) {
    return Integer.parseInt(
        psql(shop, "SELECT count(*) FROM mails WHERE step = '%s'".formatted(step)));
  }

  private static int count(Shop shop, String where) {
    return Integer.parseInt(psql(shop, "SELECT count(*) FROM procrastinate_jobs WHERE " + where));
  }

  /** How many are in which state, and whether they are due at some time. */
  private static String jobs(Shop shop) {
    return psql(
        shop,
        "SELECT status, scheduled_at IS NOT NULL, count(*) FROM procrastinate_jobs GROUP BY 1, 2 ORDER BY 1, 2");
  }

  private static SyncControlStatus sync(Shop shop) {
    return shop.client()
        .resources(SyncControl.class)
        .inNamespace(shop.namespace())
        .withName("invoices")
        .require()
        .getStatus();
  }

  private static void await(Shop shop, String what, Predicate<SyncControlStatus> reached) {
    Awaitility.await()
        .alias(what)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(sync(shop)).as(what).isNotNull().matches(reached));
  }

  private static void await(Shop shop, SwitchState state) {
    await(shop, state.name(), status -> status.state() == state);
  }

  private static void awaitPhase(Shop shop, Phase phase) {
    Awaitility.await()
        .alias(phase.name())
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        shop.client()
                            .resources(RollbackPlan.class)
                            .inNamespace(shop.namespace())
                            .withName("invoices")
                            .require()
                            .getStatus())
                    .isNotNull()
                    .matches(status -> status.phase() == phase));
  }

  /** Some are under way, and many wait. */
  private static void awaitWork(Shop shop) {
    Awaitility.await().atMost(PATIENCE).until(() -> mails(shop, "begun") >= 12);
  }

  private static void eachIsSentOnce(Shop shop, int number) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(500, TimeUnit.MILLISECONDS)
        .untilAsserted(() -> assertThat(count(shop, "status <> 'succeeded'")).isZero());
    assertThat(
            psql(
                shop,
                "SELECT step, count(*), count(DISTINCT invoice), min(invoice), max(invoice) FROM mails GROUP BY 1 ORDER BY 1"))
        .isEqualTo("begun|%1$d|%1$d|1|%1$d\nsent|%1$d|%1$d|1|%1$d".formatted(number));
  }

  @Test
  void aRunKeepsItOffAndNoJobIsLostAndNoneIsDoneTwice() {
    try (var shop = Shop.open("queue")) {
      // given
      var sample = workers(shop);
      sample.apply(sample.read("plan.yaml"));
      await(shop, SwitchState.Enabled);
      send(shop, 1, MANY - 1);
      awaitWork(shop);

      // when
      sample.ask("run.yaml");
      await(shop, "the first intent", status -> status.episode() != null);
      operator.kill();
      operator.restart();

      // then
      awaitPhase(shop, Phase.Mitigated);
      assertThat(sync(shop).state()).isEqualTo(SwitchState.Disabled);
      assertThat(replicas(shop)).isZero();
      var sent = mails(shop, "sent");
      assertThat(sent).isLessThan(MANY - 1);
      assertThat(mails(shop, "begun")).as("what was begun was finished").isEqualTo(sent);
      assertThat(jobs(shop))
          .isEqualTo("todo|t|%d\nsucceeded|f|%d".formatted(MANY - 1 - sent, sent));

      // when
      comes(shop, MANY, "now()");
      release(shop);
      await(shop, "on its way", status -> status.state() != SwitchState.Disabled);
      operator.kill();
      operator.restart();

      // then
      awaitPhase(shop, Phase.Released);
      assertThat(sync(shop).state()).isEqualTo(SwitchState.Enabled);
      assertThat(replicas(shop)).isEqualTo(2);
      shop.kubectl("scale", "deployment/mailer", "--replicas=6").orThrow();
      eachIsSentOnce(shop, MANY);
    }
  }

  /** They look for jobs all the time, and take those that they find at once. */
  @Test
  void workersThatStayFindNoJob() {
    try (var shop = Shop.open("workers")) {
      // given
      workers(shop);
      patch(
          shop,
          "synccontrol",
          "json",
          """
          [{"op":"test","path":"/spec/means/0/name","value":"workers"},
           {"op":"remove","path":"/spec/means/0"},
           {"op":"add","path":"/spec/readBack","value":"5s"}]
          """);
      send(shop, 1, SOME - 1);
      awaitWork(shop);

      // when
      wish(shop, "Disabled");

      // then
      await(shop, SwitchState.Disabled);
      Awaitility.await().until(() -> count(shop, "status = 'doing'") == 0);
      var sent = mails(shop, "sent");
      assertThat(sent).isLessThan(SOME - 1);

      // when
      comes(shop, SOME, "now() + interval '20 seconds'");

      // then
      Awaitility.await().atMost(PATIENCE).until(() -> count(shop, PAUSED) == SOME - sent);
      assertThat(mails(shop, "begun")).isEqualTo(sent);

      // when
      wish(shop, "Enabled");

      // then
      await(shop, SwitchState.Enabled);
      eachIsSentOnce(shop, SOME);
    }
  }

  private static int replicas(Shop shop) {
    return shop.deployment("mailer").getSpec().getReplicas();
  }

  /** Another application has something sent. */
  private static void comes(Shop shop, int invoice, String due) {
    psql(
        shop,
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at) VALUES ('invoices', 'send_invoice', '{\"invoice\": %d}', %s)"
            .formatted(invoice, due));
  }

  private static void release(Shop shop) {
    patch(
        shop,
        "rollbackplan",
        "merge",
        "{\"spec\":{\"run\":{\"state\":\"Released\",\"stateBy\":\"alice\"}}}");
  }

  private static void wish(Shop shop, String state) {
    patch(shop, "synccontrol", "merge", "{\"spec\":{\"state\":\"%s\"}}".formatted(state));
  }

  private static void patch(Shop shop, String kind, String type, String json) {
    shop.kubectl("patch", kind, "invoices", "--type=" + type, "-p", json).orThrow();
  }
}
