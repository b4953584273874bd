package dev.backstep.bench;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.testing.AuditLog.Entry;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.OperatorProcess;
import dev.backstep.testing.Shop;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * SyncControls at rest: what they ask the API server, by its audit log, and how much memory they
 * take, as the chart starts the operator.
 */
final class SyncsBench {
  private static final Duration SETTLED = Duration.ofSeconds(30);
  private static final Duration WATCHED = Duration.ofMinutes(2);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  static final String FLAG =
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

  private SyncsBench() {}

  static void run(int number) {
    var audit = Cluster.get().auditLog().orElseThrow();
    try (var operator = OperatorProcess.startAsInChart();
        var rest = Shop.open("bench-syncs")) {
      settle(operator, SETTLED);
      Figures.say("without SyncControls: %d MiB", operator.resident() / 1024);
      rest.idle("worker-0", "v1");
      rest.apply(
          FLAG
              + IntStream.range(0, number)
                  .mapToObj(i -> SYNC.formatted(i, "{kind: Deployment, name: worker-0}"))
                  .collect(Collectors.joining()));
      await(rest, "all of them to be ready", SyncsBench::isReady);
      settle(operator, SETTLED);
      var mark = audit.mark();
      settle(operator, WATCHED);
      say(number, audit.since(mark), rest);
      Figures.say("%d SyncControls: %d MiB", number, operator.resident() / 1024);
      // While there is an operator that takes their finalizers off.
      rest.kubectl("delete", "synccontrols", "--all").orThrow();
    }
  }

  private static void settle(OperatorProcess operator, Duration duration) {
    Awaitility.await().pollDelay(duration).atMost(duration.plusMinutes(1)).until(operator::isAlive);
  }

  static void await(Shop shop, String what, Predicate<SyncControlStatus> reached) {
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

  static boolean isReady(SyncControlStatus status) {
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
}
