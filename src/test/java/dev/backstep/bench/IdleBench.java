package dev.backstep.bench;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.testing.AuditLog.Entry;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.OperatorProcess;
import dev.backstep.testing.Shop;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * What the operator asks and writes for plans at rest, by the API server's audit log: one plan of
 * ten gates, and a hundred small ones.
 */
final class IdleBench {
  private static final int MANY = 100;
  private static final int GATES = 10;
  private static final int LEVELS = 5;
  private static final int CONFIG_MAPS = 5;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Gates slow down after ten equal measurements, and the soak ends. */
  private static final Duration REST = Duration.ofSeconds(30);

  private static final String GATE =
      "- {name: gate-%d, interval: 5s, within: 30s, http: {service: {name: web, port: 80}, path: /api/health, headers: [{name: X-Token, valueFrom: {secretKeyRef: {name: token, key: token}}}]}}";
  private static final String LEVEL =
      "- {name: level-%1$d, actions: [{name: action-%1$d, restart: {workloads: [{kind: Deployment, name: web}]}}]}";

  private static final Set<String> READING = Set.of("get", "list", "watch");

  private IdleBench() {}

  static void run(Duration duration) {
    var audit = Cluster.get().auditLog().orElseThrow();
    try (var operator = OperatorProcess.startEverywhere();
        var one = shop("bench-idle-one");
        var many = shop("bench-idle-many")) {
      one.apply(large());
      many.apply(IntStream.range(0, MANY).mapToObj(IdleBench::small).collect(Collectors.joining()));
      awaitRest(one, plan -> !plan.getStatus().stable().isEmpty());
      awaitRest(many, plan -> true);
      var mark = audit.mark();
      Awaitility.await()
          .pollDelay(duration)
          .atMost(duration.plusMinutes(1))
          .until(operator::isAlive);
      var entries = audit.since(mark);
      say("a plan with %d gates".formatted(GATES), entries, one, duration);
      say("%d plans".formatted(MANY), entries, many, duration);
      // While there is an operator that takes its finalizers off.
      one.kubectl("delete", "rollbackplans", "--all").orThrow();
      many.kubectl("delete", "rollbackplans", "--all").orThrow();
    }
  }

  private static void awaitRest(Shop shop, Predicate<RollbackPlan> more) {
    Awaitility.await("the plans to be healthy")
        .pollDelay(REST)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(2))
        .until(
            () ->
                shop
                    .client()
                    .resources(RollbackPlan.class)
                    .inNamespace(shop.namespace())
                    .list()
                    .getItems()
                    .stream()
                    .allMatch(plan -> isHealthy(plan) && more.test(plan)));
  }

  private static boolean isHealthy(RollbackPlan plan) {
    return plan.getStatus() != null
        && plan.getStatus().conditions().stream()
                .filter(it -> Set.of("Healthy", "Executable").contains(it.getType()))
                .filter(it -> it.getStatus().equals("True"))
                .count()
            == 2;
  }

  private static void say(String what, List<Entry> all, Shop shop, Duration duration) {
    var entries = all.stream().filter(entry -> isOurs(entry, shop)).toList();
    var minutes = duration.toMinutes();
    Figures.say(
        "%s: %d requests in %d min, %.1f per minute; %d writes",
        what, entries.size(), minutes, entries.size() / (double) minutes, writes(entries));
    var kinds = new TreeMap<String, Integer>();
    entries.forEach(it -> kinds.merge(it.verb() + " " + it.resource(), 1, Integer::sum));
    kinds.forEach((kind, number) -> Figures.say("  %6d %s", number, kind));
  }

  /**
   * Of this operator, for these plans: controllers, nodes and other operators are ServiceAccounts.
   */
  private static boolean isOurs(Entry entry, Shop shop) {
    var runner = "system:serviceaccount:%s:runner".formatted(shop.namespace());
    return !entry.user().startsWith("system:")
        && (runner.equals(entry.impersonatedUser()) || entry.namespace().equals(shop.namespace()));
  }

  /** A review is sent as one that is created, but nothing is. */
  private static long writes(List<Entry> entries) {
    return entries.stream()
        .filter(entry -> !READING.contains(entry.verb()))
        .filter(entry -> !entry.resource().endsWith("reviews"))
        .count();
  }

  private static Shop shop(String name) {
    var shop = Shop.open(name).serving("web", "v1");
    shop.apply(
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: secrets}
        rules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: secrets}
        subjects: [{kind: ServiceAccount, name: runner}]
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: secrets}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: token}
        stringData: {token: secret}
        """);
    return shop;
  }

  private static String large() {
    var maps =
        IntStream.range(0, CONFIG_MAPS)
            .mapToObj(
                i ->
                    """
                    ---
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: settings-%d}
                    data: {mode: good}
                    """
                        .formatted(i))
            .collect(Collectors.joining());
    var sources =
        IntStream.range(0, CONFIG_MAPS)
            .mapToObj("{configMapRef: {name: settings-%d}}"::formatted)
            .collect(Collectors.joining(", "));
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: reader}
    spec:
      replicas: 0
      selector: {matchLabels: {app: reader}}
      template:
        metadata: {labels: {app: reader}}
        spec:
          containers: [{name: app, image: "backstep.dev/app:v1", envFrom: [%s]}]
    """
            .formatted(sources)
        + maps
        + plan("large", GATES, LEVELS)
        + "  stable: {workloads: [{kind: Deployment, name: reader}], soak: 10s}\n";
  }

  private static String small(int i) {
    return plan("small-" + i, 1, 2);
  }

  private static String plan(String name, int gates, int levels) {
    return """
    ---
    apiVersion: backstep.dev/v1alpha1
    kind: RollbackPlan
    metadata: {name: %s}
    spec:
      serviceAccountName: runner
      gates:
      %s
      levels:
      %s
    """
        .formatted(name, lines(gates, GATE), lines(levels, LEVEL));
  }

  /** The lines of a list, with their numbers filled in. */
  private static String lines(int number, String line) {
    return IntStream.range(0, number).mapToObj(line::formatted).collect(Collectors.joining("\n  "));
  }
}
