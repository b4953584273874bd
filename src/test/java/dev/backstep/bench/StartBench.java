package dev.backstep.bench;

import dev.backstep.testing.AuditLog;
import dev.backstep.testing.AuditLog.Entry;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.OperatorProcess;
import dev.backstep.testing.Shop;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * What a run asks of the API server, by its audit log: 200 workloads that share three ConfigMaps go
 * back to what was stable last, twice; and a few with pods, whose roll-out takes a while.
 */
final class StartBench {
  private static final int WORKLOADS = 200;
  private static final int ROLLING = 5;
  private static final int CONFIG_MAPS = 3;

  /** A pod counts only then, so a roll-out takes this long. */
  private static final int MIN_READY_SECONDS = 20;

  private static final Duration SOAK = Duration.ofSeconds(15);

  private StartBench() {}

  static void run() {
    var audit = Cluster.get().auditLog().orElseThrow();
    try (var operator = OperatorProcess.startEverywhere()) {
      measure(audit, WORKLOADS, 0);
      measure(audit, ROLLING, 1);
      if (!operator.isAlive()) {
        throw new IllegalStateException("the operator died: " + operator.log());
      }
    }
  }

  private static void measure(AuditLog audit, int workloads, int replicas) {
    try (var shop = Shop.open("bench-start")) {
      shop.apply(maps() + deployments(workloads, replicas));
      shop.apply(plan(workloads));
      shop.await("a stable state", plan -> plan.getStatus().stable().size() == 1);
      for (var round = 1; round <= 2; round++) {
        release(shop, "v" + (round + 1));
        Awaitility.await().pollDelay(SOAK).atMost(SOAK.multipliedBy(2)).until(() -> true);
        var mark = audit.mark();
        ask(shop, "run-" + round);
        var entries = audit.settledSince(mark, it -> isOurs(it, shop));
        say("%d workloads, run %d".formatted(workloads, round), entries, workloads);
      }
      shop.kubectl("delete", "rollbackplans", "--all").orThrow();
    }
  }

  private static void release(Shop shop, String version) {
    shop.kubectl("set", "image", "deployments", "--all", "app=backstep.dev/app:" + version)
        .orThrow();
  }

  private static void ask(Shop shop, String id) {
    shop.patch(
        """
        {"spec":{"run":{"id":"%s","reason":"how much does it ask","requestedBy":"bench",
         "entry":"Always","levels":["revert"]}}}
        """
            .formatted(id));
    shop.await(
        "the end of " + id,
        plan -> {
          var run = plan.getStatus().run();
          return run != null && run.id().equals(id) && !run.active();
        });
  }

  private static boolean isOurs(Entry entry, Shop shop) {
    var runner = "system:serviceaccount:%s:runner".formatted(shop.namespace());
    return !entry.user().startsWith("system:")
        && (runner.equals(entry.impersonatedUser()) || entry.namespace().equals(shop.namespace()))
        && !isOfBench(entry);
  }

  /** The operator gets and patches no plan; the bench does nothing else. */
  private static boolean isOfBench(Entry entry) {
    return entry.resource().equals("rollbackplans")
        && entry.subresource().isEmpty()
        && !entry.verb().equals("list")
        && !entry.verb().equals("watch");
  }

  private static void say(String what, List<Entry> entries, int workloads) {
    var inOrder = entries.stream().sorted((a, b) -> a.time().compareTo(b.time())).toList();
    var before = inOrder.stream().takeWhile(it -> !isEffect(it)).toList();
    var effects = inOrder.stream().filter(StartBench::isEffect).count();
    Figures.say(
        "%s: %d requests before the first effect; %d in all, %d of them effects on %d workloads, so %d others",
        what, before.size(), inOrder.size(), effects, workloads, inOrder.size() - effects);
    Figures.say(
        "  before the first effect: %s",
        before.stream().map(StartBench::kind).collect(Collectors.joining(", ")));
    var afterwards = new TreeMap<String, Integer>();
    inOrder.stream()
        .skip(before.size())
        .filter(it -> !isEffect(it))
        .forEach(it -> afterwards.merge(kind(it), 1, Integer::sum));
    Figures.say("  afterwards: %s", afterwards);
  }

  private static String kind(Entry entry) {
    var subresource = entry.subresource().isEmpty() ? "" : "/" + entry.subresource();
    var name = entry.name().isEmpty() ? "" : " " + entry.name();
    return entry.verb() + " " + entry.resource() + subresource + name;
  }

  private static boolean isEffect(Entry entry) {
    return entry.verb().equals("patch") && entry.resource().equals("deployments");
  }

  private static String maps() {
    return IntStream.range(0, CONFIG_MAPS)
        .mapToObj(
            i ->
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: settings-%d}
                data: {mode: good}
                ---
                """
                    .formatted(i))
        .collect(Collectors.joining());
  }

  private static String deployments(int number, int replicas) {
    var sources =
        IntStream.range(0, CONFIG_MAPS)
            .mapToObj("{configMapRef: {name: settings-%d}}"::formatted)
            .collect(Collectors.joining(", "));
    return IntStream.range(0, number)
        .mapToObj(
            i ->
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web-%1$d}
                spec:
                  replicas: %2$d
                  minReadySeconds: %3$d
                  selector: {matchLabels: {app: web-%1$d}}
                  template:
                    metadata: {labels: {app: web-%1$d}}
                    spec:
                      terminationGracePeriodSeconds: 1
                      containers: [{name: app, image: "backstep.dev/app:v1", envFrom: [%4$s]}]
                ---
                """
                    .formatted(i, replicas, MIN_READY_SECONDS, sources))
        .collect(Collectors.joining());
  }

  private static String plan(int workloads) {
    var refs =
        IntStream.range(0, workloads)
            .mapToObj("{kind: Deployment, name: web-%d}"::formatted)
            .collect(Collectors.joining(", "));
    return """
    apiVersion: backstep.dev/v1alpha1
    kind: RollbackPlan
    metadata: {name: web}
    spec:
      serviceAccountName: runner
      verification: {soak: 0s}
      stable: {workloads: [%1$s], soak: 5s}
      gates:
      - {name: ready, interval: 1s, within: 5m, consecutiveSuccessLimit: 1,
         workload: {kind: Deployment, name: web-0}}
      levels:
      - name: revert
        actions:
        - {name: back, rollBack: {workloads: [%1$s], to: {lastStable: {}}}}
    """
        .formatted(refs);
  }
}
