package dev.backstep.bench;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.testing.AuditLog;
import dev.backstep.testing.AuditLog.Entry;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.OperatorProcess;
import dev.backstep.testing.PodDatabase;
import dev.backstep.testing.Psql;
import dev.backstep.testing.Shop;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Fifty workers, a flag and a queue of many rows that one SyncControl switches off: from the
 * request that wishes it until the last worker was patched, and until all is proven, against
 * kubectl scale and one UPDATE. What the operator wrote before the first worker says where the time
 * goes. The pods fit on no node.
 */
final class FleetBench {
  private static final int WORKERS = 50;
  private static final int ROUNDS = 3;

  private static final String WORKER =
      """
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: %1$s}
      spec:
        replicas: 1
        selector: {matchLabels: {app: %1$s}}
        template:
          metadata: {labels: {app: %1$s}}
          spec:
            nodeSelector: {there: is-none}
            containers: [{name: app, image: "backstep.dev/app:v1"}]
      """;

  private static final String SYNC =
      """
      ---
      apiVersion: backstep.dev/v1alpha1
      kind: SyncControl
      metadata: {name: fleet}
      spec:
        serviceAccountName: runner
        timeout: 10m
        means:
        - {name: flag, setConfig: {configMap: {name: flags, data: {sync: "off"}}, restart: None}}
        - {name: workers, scale: {workloads: [%s]}}
        - name: jobs
          jobTable:
            databaseRef: {name: db}
            table: worker_jobs
            key: [id]
            pause: {where: status = 'pending', set: {status: "'paused'", updated_at: now()}}
      """;

  private static final String ROWS =
      """
      CREATE TABLE worker_jobs (id bigint PRIMARY KEY, status text NOT NULL, updated_at timestamptz);
      INSERT INTO worker_jobs SELECT n, 'pending', now() FROM generate_series(1, %d) n;
      CREATE INDEX ON worker_jobs (id) WHERE status = 'pending';
      """;

  private static final String BY_HAND =
      "UPDATE worker_jobs SET status = '%s', updated_at = now() WHERE status = '%s'";

  private final AuditLog audit = Cluster.get().auditLog().orElseThrow();
  private final Shop shop;

  private FleetBench(Shop shop) {
    this.shop = shop;
  }

  static void run(int rows) {
    try (var operator = OperatorProcess.startAsInChart();
        var shop = Shop.open("bench-fleet")) {
      new FleetBench(shop).measure(rows);
      // While there is an operator that takes its finalizer off.
      shop.kubectl("delete", "synccontrols", "--all").orThrow();
      Figures.say("the operator: %d MiB", operator.resident() / 1024);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void measure(int rows) throws SQLException {
    shop.apply(PodDatabase.DATABASE);
    shop.rolledOut("db");
    shop.apply(PodDatabase.SECRET.formatted(PodDatabase.address(shop, "db")));
    shop.apply(PodDatabase.MAY_READ);
    Psql.of(shop).says(ROWS.formatted(rows));
    shop.apply(SyncsBench.FLAG + workers() + SYNC.formatted(references()));
    SyncsBench.await(shop, "the SyncControl to be ready", SyncsBench::isReady);
    for (var round = 0; round < ROUNDS; round++) {
      Psql.of(shop).says("VACUUM ANALYZE worker_jobs");
      var ours = off();
      Psql.of(shop).says("VACUUM ANALYZE worker_jobs");
      var byHand = byHand();
      Figures.say(
          "round %d: %d workers and the flag patched after %.2f s, %d rows and all proven after %.1f s; kubectl scale and an UPDATE %.1f s",
          round, WORKERS, ours.patched(), rows, ours.proven(), byHand);
      ours.before().forEach(line -> Figures.say("  %s", line));
    }
  }

  private static String workers() {
    return IntStream.range(0, WORKERS)
        .mapToObj(i -> WORKER.formatted("worker-" + i))
        .collect(Collectors.joining());
  }

  private static String references() {
    return IntStream.range(0, WORKERS)
        .mapToObj("{kind: Deployment, name: worker-%d}"::formatted)
        .collect(Collectors.joining(", "));
  }

  /**
   * How long it took, in seconds from the wish.
   *
   * @param before what was written before, with its time
   */
  private record Off(double patched, double proven, List<String> before) {}

  /** Off, and on again. */
  private Off off() {
    var mark = audit.mark();
    wish("Disabled");
    SyncsBench.await(shop, "Disabled", status -> status.state() == SwitchState.Disabled);
    var wished =
        audit.since(mark).stream()
            .filter(this::isHere)
            .filter(it -> it.resource().equals("synccontrols") && it.verb().equals("patch"))
            .findFirst()
            .orElseThrow()
            .time();
    var runner = "system:serviceaccount:%s:runner".formatted(shop.namespace());
    var patches =
        audit.settledSince(
            mark, it -> runner.equals(it.impersonatedUser()) && it.verb().equals("patch"));
    var last = last(patches, WORKERS + 1);
    var before =
        audit.since(mark).stream()
            .filter(this::isHere)
            .filter(it -> List.of("create", "update", "patch").contains(it.verb()))
            .filter(it -> !it.resource().equals("deployments"))
            .filter(it -> !it.resource().equals("events") && !it.time().isAfter(last))
            .map(it -> line(it, wished))
            .toList();
    var off = new Off(seconds(wished, last), seconds(wished, provenAt()), before);
    wish("Enabled");
    SyncsBench.await(shop, "Enabled", status -> status.state() == SwitchState.Enabled);
    return off;
  }

  private boolean isHere(Entry entry) {
    return entry.namespace().equals(shop.namespace());
  }

  private static String line(Entry entry, Instant wished) {
    return "%5.2f s %s %s %s"
        .formatted(
            seconds(wished, entry.time()), entry.verb(), entry.resource(), entry.subresource());
  }

  private Instant provenAt() {
    return shop
        .client()
        .resources(SyncControl.class)
        .inNamespace(shop.namespace())
        .withName("fleet")
        .require()
        .getStatus()
        .episode()
        .means()
        .stream()
        .map(means -> means.since())
        .max(Instant::compareTo)
        .orElseThrow();
  }

  /** As a runbook has it: one after the other. */
  private double byHand() throws SQLException {
    var began = Instant.now();
    scale(0);
    Psql.of(shop).says(BY_HAND.formatted("paused", "pending"));
    var seconds = seconds(began, Instant.now());
    Psql.of(shop).says(BY_HAND.formatted("pending", "paused"));
    scale(1);
    return seconds;
  }

  private void scale(int replicas) {
    var arguments = new ArrayList<>(List.of("scale", "--replicas=" + replicas));
    IntStream.range(0, WORKERS).forEach(i -> arguments.add("deployment/worker-" + i));
    shop.kubectl(arguments.toArray(String[]::new)).orThrow();
  }

  private static Instant last(List<Entry> writes, int number) {
    if (writes.size() != number) {
      throw new IllegalStateException("%d writes in place of %d".formatted(writes.size(), number));
    }
    return writes.stream().map(Entry::time).max(Instant::compareTo).orElseThrow();
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toMillis() / 1e3;
  }

  private void wish(String state) {
    var patch = "{\"spec\":{\"state\":\"%s\"}}".formatted(state);
    shop.kubectl("patch", "synccontrol", "fleet", "--type=merge", "-p", patch).orThrow();
  }
}
