package dev.backstep.bench;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.testing.AuditLog;
import dev.backstep.testing.AuditLog.Entry;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.OperatorProcess;
import dev.backstep.testing.Shop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * SyncControls at rest: what they ask the API server, by its audit log, and how much memory they
 * take, as the chart starts the operator. And fifty workers with a flag that are switched off, from
 * the request that wishes it until the last of them was patched, against kubectl scale. Their pods
 * fit on no node.
 */
final class SyncsBench {
  private static final int WORKERS = 50;
  private static final int ROUNDS = 4;
  private static final Duration SETTLED = Duration.ofSeconds(30);
  private static final Duration WATCHED = Duration.ofMinutes(2);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final String FLAG =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: flags}
      data: {sync: "on"}
      """;

  private static final String SYNC =
      """
      ---
      apiVersion: backstep.dev/v1alpha1
      kind: SyncControl
      metadata: {name: sync-%d}
      spec:
        serviceAccountName: runner
        means:
        - {name: flag, setConfig: {configMap: {name: flags, data: {sync: "off"}}, restart: None}}
        - {name: workers, scale: {workloads: [%s]}}
      """;

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

  private SyncsBench() {}

  static void run(int number) {
    var audit = Cluster.get().auditLog().orElseThrow();
    try (var operator = OperatorProcess.startAsInChart();
        var rest = Shop.open("bench-syncs");
        var work = Shop.open("bench-workers")) {
      settle(operator, SETTLED);
      Figures.say("without SyncControls: %d MiB", operator.resident() / 1024);
      rest.idle("worker-0", "v1");
      rest.apply(
          FLAG
              + IntStream.range(0, number)
                  .mapToObj(i -> SYNC.formatted(i, reference(0)))
                  .collect(Collectors.joining()));
      await(rest, "all of them to be ready", SyncsBench::isReady);
      settle(operator, SETTLED);
      var mark = audit.mark();
      settle(operator, WATCHED);
      say(number, audit.since(mark), rest);
      Figures.say("%d SyncControls: %d MiB", number, operator.resident() / 1024);
      workers(audit, work);
      // While there is an operator that takes their finalizers off.
      rest.kubectl("delete", "synccontrols", "--all").orThrow();
      work.kubectl("delete", "synccontrols", "--all").orThrow();
    }
  }

  private static void settle(OperatorProcess operator, Duration duration) {
    Awaitility.await().pollDelay(duration).atMost(duration.plusMinutes(1)).until(operator::isAlive);
  }

  private static String reference(int worker) {
    return "{kind: Deployment, name: worker-%d}".formatted(worker);
  }

  private static void await(Shop shop, String what, Predicate<SyncControlStatus> reached) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () ->
                shop
                    .client()
                    .resources(SyncControl.class)
                    .inNamespace(shop.namespace())
                    .list()
                    .getItems()
                    .stream()
                    .map(SyncControl::said)
                    .allMatch(reached));
  }

  private static boolean isReady(SyncControlStatus status) {
    return status.conditions().stream()
        .anyMatch(it -> it.getType().equals("Ready") && it.getStatus().equals("True"));
  }

  /** Of the operator, which is an administrator here and acts as the ServiceAccount. */
  private static void say(int number, List<Entry> all, Shop shop) {
    var kinds = new TreeMap<String, Integer>();
    all.stream()
        .filter(entry -> entry.namespace().equals(shop.namespace()))
        .filter(entry -> !entry.user().startsWith("system:"))
        .forEach(it -> kinds.merge(it.verb() + " " + it.resource(), 1, Integer::sum));
    Figures.say(
        "%d SyncControls at rest: %d requests in %d min",
        number, kinds.values().stream().mapToInt(it -> it).sum(), WATCHED.toMinutes());
    kinds.forEach((kind, count) -> Figures.say("  %6d %s", count, kind));
  }

  private static void workers(AuditLog audit, Shop shop) {
    var references =
        IntStream.range(0, WORKERS)
            .mapToObj(SyncsBench::reference)
            .collect(Collectors.joining(", "));
    shop.apply(
        FLAG
            + IntStream.range(0, WORKERS)
                .mapToObj(i -> WORKER.formatted("worker-" + i))
                .collect(Collectors.joining())
            + SYNC.formatted(0, references));
    await(shop, "the workers' SyncControl", SyncsBench::isReady);
    var ours = new ArrayList<Double>();
    var proven = new ArrayList<Double>();
    var bare = new ArrayList<Double>();
    for (var round = 0; round < ROUNDS; round++) {
      measure(audit, shop, ours, proven);
      bare.add(scaled(audit, shop));
      Figures.say(
          "round %d: all patched after %.2f s, proven after %.2f s; kubectl scale %.2f s",
          round, ours.get(round), proven.get(round), bare.get(round));
    }
    Figures.say(
        "%d workers and a flag: first %.2f s, later %.2f s; kubectl scale %.2f s (medians)",
        WORKERS, ours.get(0), Figures.median(ours.subList(1, ROUNDS)), Figures.median(bare));
  }

  /** Off, and on again. */
  private static void measure(AuditLog audit, Shop shop, List<Double> ours, List<Double> proven) {
    var mark = audit.mark();
    wish(shop, "Disabled");
    await(shop, "Disabled", status -> status.state() == SwitchState.Disabled);
    var runner = "system:serviceaccount:%s:runner".formatted(shop.namespace());
    var wished =
        audit.since(mark).stream()
            .filter(it -> it.namespace().equals(shop.namespace()))
            .filter(it -> it.resource().equals("synccontrols") && it.verb().equals("patch"))
            .findFirst()
            .orElseThrow()
            .time();
    var patches =
        audit.settledSince(
            mark, it -> runner.equals(it.impersonatedUser()) && it.verb().equals("patch"));
    ours.add(seconds(wished, last(patches, WORKERS + 1)));
    proven.add(seconds(wished, provenAt(shop)));
    wish(shop, "Enabled");
    await(shop, "Enabled", status -> status.state() == SwitchState.Enabled);
  }

  private static Instant provenAt(Shop shop) {
    return shop
        .client()
        .resources(SyncControl.class)
        .inNamespace(shop.namespace())
        .withName("sync-0")
        .require()
        .getStatus()
        .episode()
        .means()
        .stream()
        .map(means -> means.since())
        .max(Instant::compareTo)
        .orElseThrow();
  }

  private static double scaled(AuditLog audit, Shop shop) {
    var arguments = new ArrayList<>(List.of("scale", "--replicas=0"));
    IntStream.range(0, WORKERS).forEach(i -> arguments.add("deployment/worker-" + i));
    var mark = audit.mark();
    var began = Instant.now();
    shop.kubectl(arguments.toArray(String[]::new)).orThrow();
    var patches =
        audit.settledSince(
            mark,
            it ->
                it.namespace().equals(shop.namespace())
                    && it.resource().equals("deployments")
                    && it.subresource().equals("scale")
                    && !it.verb().equals("get"));
    var seconds = seconds(began, last(patches, WORKERS));
    arguments.set(1, "--replicas=1");
    shop.kubectl(arguments.toArray(String[]::new)).orThrow();
    return seconds;
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

  private static void wish(Shop shop, String state) {
    var patch = "{\"spec\":{\"state\":\"%s\"}}".formatted(state);
    shop.kubectl("patch", "synccontrol", "sync-0", "--type=merge", "-p", patch).orThrow();
  }
}
