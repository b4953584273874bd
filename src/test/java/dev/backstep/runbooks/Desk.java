package dev.backstep.runbooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The application of sample {@code hybrid} as its users see it, the cloud as its owner does, and
 * what is broken in them.
 */
record Desk(Incident incident) {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final String APP = "app";

  /** As the sample has it. */
  private static final String TOKEN = "change-me";

  /** The first pages after the one by which SQLite knows its files. */
  private static final String POWER_CUT =
      """
      apiVersion: batch/v1
      kind: Job
      metadata: {name: power-cut}
      spec:
        backoffLimit: 0
        template:
          spec:
            restartPolicy: Never
            containers:
            - name: cut
              image: backstep.dev/debian:12
              command: [bash, -c, "head -c 40960 /dev/zero | dd of=/data/shop.sqlite bs=4096 seek=1 conv=notrunc"]
              volumeMounts: [{name: data, mountPath: /data}]
            volumes: [{name: data, persistentVolumeClaim: {claimName: shop-data}}]
      """;

  /** What a superuser sees there. */
  String cloud(String statement) {
    return incident.app().sql("cloud", statement);
  }

  /** How many customers the cloud has of whom this is true. */
  int inCloud(String condition, Object... values) {
    var query = "SELECT count(*) FROM customers WHERE " + condition.formatted(values);
    return Integer.parseInt(cloud(query));
  }

  void awaitInCloud(String id) {
    until("customer %s in the cloud".formatted(id), () -> inCloud("id = '%s'", id) == 1);
  }

  /** Adds one, whatever is broken, and says its id. */
  String customer(String name) {
    var body = "{\"name\":\"%s\"}".formatted(name);
    var made = incident.app().postsAsAdmin(TOKEN, APP, "/api/customers", body);
    assertThat(made.statusCode()).as("users go on: %s", made.body()).isEqualTo(201);
    return made.body().replaceAll("(?s).*\"id\":\"(\\w+)\".*", "$1");
  }

  void customers(int number) {
    var body =
        IntStream.range(0, number)
            .mapToObj("{\"name\":\"Customer %d\"}"::formatted)
            .collect(Collectors.joining(",", "[", "]"));
    var made = incident.app().postsAsAdmin(TOKEN, APP, "/api/customers/import", body);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
  }

  void repairOrder(String customer) {
    var body = "{\"customer\":\"%s\"}".formatted(customer);
    incident.app().postsAsAdmin(TOKEN, APP, "/api/repair-orders", body);
  }

  /** More than may fail before it is an alarm. */
  void elevenFail(String name) {
    IntStream.range(0, 11).forEach(it -> customer(name + " " + it));
    until("failures", () -> number("totalFailed") > 10);
  }

  /** What the application says of its sync. */
  String status() {
    return incident.app().gets(APP, "/api/sync/status").body();
  }

  int number(String field) {
    return Integer.parseInt(status().replaceAll("(?s).*\"%s\":(\\d+).*".formatted(field), "$1"));
  }

  /** Also while it is restarted, when nobody answers. */
  void until(String what, BooleanSupplier reached) {
    await(what).atMost(LIMIT).ignoreExceptions().until(reached::getAsBoolean);
  }

  String setting(String configMap) {
    return kubectl("get", "configmap", configMap, "-o", "jsonpath={.data.*}");
  }

  void configures(String spec) {
    kubectl("patch", "synccontrol", "cloud", "--type=merge", "-p", "{\"spec\":%s}".formatted(spec));
  }

  void awaitSync(String what, Predicate<SyncControlStatus> reached) {
    await(what).atMost(LIMIT).until(this::sync, reached);
  }

  private SyncControlStatus sync() {
    return incident
        .shop()
        .client()
        .resources(SyncControl.class)
        .inNamespace(incident.shop().namespace())
        .withName("cloud")
        .require()
        .getStatus();
  }

  /** A release goes wrong. */
  void release(String version) {
    kubectl("set", "image", "deployment/app", "app=backstep.dev/bookings:" + version);
    incident.shop().rolledOut(APP);
  }

  void cloudGoes() {
    cloudIs("nowhere");
    cloud("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sync'");
  }

  void cloudComesBack() {
    cloudIs("cloud-db");
  }

  private void cloudIs(String app) {
    var spec = "{\"spec\":{\"selector\":{\"app\":\"%s\"}}}".formatted(app);
    kubectl("patch", "service", "cloud-db", "--type=merge", "-p", spec);
  }

  /** The node loses its power: the local file is damaged. */
  void powerCut() {
    incident.shop().apply(POWER_CUT);
    kubectl("wait", "--for=condition=complete", "job/power-cut", "--timeout=120s");
    kubectl("delete", "pod", "-l", "app=app", "--wait=false");
    until(
        "users see errors",
        () -> incident.app().gets(APP, "/api/repair-orders?limit=1").statusCode() == 500);
  }

  String kubectl(String... arguments) {
    return incident.shop().kubectl(arguments).orThrow().stdout();
  }
}
