package dev.backstep.synccontrol;

import static dev.backstep.testing.PodDatabase.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.testing.Command;
import dev.backstep.testing.PodDatabase;
import dev.backstep.testing.Psql;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A queue in a real PostgreSQL that grows while the remote is away, dead letters that an endpoint
 * counts, and a sync that is held off until the queue is empty again.
 */
class QueueE2E {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String SYNC =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: SyncControl
      metadata: {name: orders}
      spec:
        serviceAccountName: runner
        readBack: 5s
        means:
        - name: workers
          scale: {workloads: [{kind: Deployment, name: importer}]}
        queue:
          interval: 1s
          size:
            sql: {databaseRef: {name: db}, query: SELECT count(*) FROM queue}
            warnAbove: 10
            unhealthyAbove: 100
            overflowAbove: 10000
          failed:
            http: {service: {name: web, port: 80}, path: /calls}
            value: "body == null ? 0 : size(body)"
          lastSync:
            sql: {databaseRef: {name: db}, query: SELECT max(at) FROM synced}
            maxAge: 1h
        notifications:
        - name: pager
          service: {name: web, port: 80}
          path: /api/sync/queue/add/alarm
        autoDisable:
        - {name: outage, when: size > 100, for: 5s, until: size < 10, cooldown: 1s}
        - {name: letters, when: failed > 2, for: 5s, cooldown: 10s}
      """;

  @RegisterExtension static final TestOperator operator = TestOperator.running(2);

  private static Shop shop(String name) {
    var shop = Shop.open(name).idle("importer", "v1");
    shop.apply(PodDatabase.MAY_READ);
    shop.apply(PodDatabase.DATABASE);
    shop.serving("web", "v1").rolledOut("db");
    shop.apply(PodDatabase.SECRET.formatted(address(shop, "db")));
    shop.kubectl("scale", "deployment/importer", "--replicas=2").orThrow();
    Psql.of(shop).says("CREATE TABLE queue (id serial PRIMARY KEY)");
    Psql.of(shop).says("CREATE TABLE synced (at timestamptz)");
    shop.apply(SYNC);
    return shop;
  }

  private static SyncControlStatus status(Shop shop) {
    return shop.client()
        .resources(SyncControl.class)
        .inNamespace(shop.namespace())
        .withName("orders")
        .require()
        .getStatus();
  }

  private static SyncControlStatus await(
      Shop shop, String what, Predicate<SyncControlStatus> reached) {
    return Awaitility.await()
        .alias(what)
        .atMost(PATIENCE)
        .until(() -> status(shop), status -> status != null && reached.test(status));
  }

  private static boolean says(SyncControlStatus status, String type, String is, String reason) {
    return status.conditions().stream()
        .filter(it -> it.getType().equals(type))
        .anyMatch(it -> it.getStatus().equals(is) && it.getReason().equals(reason));
  }

  private static void awaitCondition(Shop shop, String type, String is, String reason) {
    await(shop, "%s=%s, %s".formatted(type, is, reason), it -> says(it, type, is, reason));
  }

  private static String message(Shop shop, String type) {
    return status(shop).conditions().stream()
        .filter(it -> it.getType().equals(type))
        .findFirst()
        .orElseThrow()
        .getMessage();
  }

  private static int replicas(Shop shop) {
    return shop.deployment("importer").getSpec().getReplicas();
  }

  private static void deadLetters(Shop shop, int number) throws Exception {
    for (var i = 0; i < number; i++) {
      var call = URI.create("http://%s/calls/letter-%d".formatted(address(shop, "web"), i));
      var request = HttpRequest.newBuilder(call).POST(HttpRequest.BodyPublishers.noBody()).build();
      HttpClient.newHttpClient().send(request, BodyHandlers.discarding());
    }
  }

  /** How often people were told: the application keeps each letter in a queue of its own. */
  private static int alarms(Shop shop) throws Exception {
    var queue = URI.create("http://%s/api/sync/queue".formatted(address(shop, "web")));
    var request = HttpRequest.newBuilder(queue).build();
    var body = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    return body.split("\"alarm\"", -1).length - 1;
  }

  @Test
  void aSyncIsHeldOffWhileItsQueueGrowsAndComesBackByItself() throws Exception {
    try (var shop = shop("queue")) {
      awaitCondition(shop, "QueueHealthy", "True", "QueueHealthy");
      awaitCondition(shop, "SyncFresh", "False", "NeverSynced");
      Awaitility.await("people to be told").atMost(PATIENCE).until(() -> alarms(shop) == 1);
      Psql.of(shop).says("INSERT INTO synced VALUES (now())");
      awaitCondition(shop, "SyncFresh", "True", "SyncFresh");
      assertThat(shop.kubectl("get", "synccontrols").orThrow().stdout())
          .containsPattern("STATE +DESIRED +HOLDERS +QUEUE +FAILED +LAST-SYNC +AGE")
          .containsPattern("orders +Enabled +Enabled +0 +0 +0 +[0-9a-z]+ +[0-9]");

      Psql.of(shop).says("INSERT INTO queue SELECT generate_series(1, 500)");
      awaitCondition(shop, "QueueHealthy", "False", "QueueUnhealthy");
      await(shop, "the rule counts", it -> !it.autoDisable().isEmpty());
      operator.kill();
      operator.restart();
      var held = await(shop, "Disabled", it -> it.state() == SwitchState.Disabled);
      assertThat(held.holders())
          .extracting(it -> it.id(), it -> it.holder())
          .containsExactly(tuple("auto-outage", "autoDisable outage (size was 500)"));
      assertThat(message(shop, "AutoDisabled")).contains("It lets go when size < 10");
      assertThat(replicas(shop)).isZero();
      assertThat(shop.kubectl("get", "events").orThrow().stdout()).contains("QueueUnhealthy");
      Awaitility.await("people to be told").atMost(PATIENCE).until(() -> alarms(shop) == 2);

      Psql.of(shop).says("DELETE FROM queue");
      await(shop, "Enabled", it -> it.state() == SwitchState.Enabled);
      assertThat(replicas(shop)).isEqualTo(2);
      awaitCondition(shop, "QueueHealthy", "True", "QueueHealthy");
      assertThat(status(shop).holders()).isEmpty();
      assertThat(alarms(shop)).as("once, also by the process that came later").isEqualTo(2);
    }
  }

  @Test
  void aHumanEndsAHoldThatHasNoUntilWithTheCommandThatIsShown() throws Exception {
    try (var shop = shop("letters")) {
      awaitCondition(shop, "QueueHealthy", "True", "QueueHealthy");
      deadLetters(shop, 3);
      await(shop, "Disabled", it -> it.state() == SwitchState.Disabled);
      assertThat(status(shop).holders()).hasSize(1);

      shop.serving("web", "v1").kubectl("rollout", "restart", "deployment/web").orThrow();
      shop.rolledOut("web");
      var command = message(shop, "AutoDisabled").strip();
      var arguments = command.substring(command.indexOf("kubectl ") + "kubectl ".length());
      run(shop, arguments.split(" ")).orThrow();
      await(shop, "Enabled", it -> it.state() == SwitchState.Enabled);
      assertThat(replicas(shop)).isEqualTo(2);

      Psql.of(shop).says("DROP TABLE queue");
      awaitCondition(shop, "QueueHealthy", "Unknown", "NotMeasurable");
      assertThat(message(shop, "QueueHealthy")).contains("\"queue\" does not exist");
      assertThat(status(shop).state()).as("nobody knows").isEqualTo(SwitchState.Enabled);
    }
  }

  /** As it is shown, which names the namespace itself. */
  private static Command.Result run(Shop shop, String... arguments) {
    assertThat(arguments).startsWith("-n", shop.namespace());
    return shop.kubectl(Arrays.copyOfRange(arguments, 2, arguments.length));
  }
}
