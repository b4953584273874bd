package dev.backstep.bench;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Transition;
import dev.backstep.testing.AuditLog;
import dev.backstep.testing.AuditLog.Entry;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.OperatorProcess;
import dev.backstep.testing.Shop;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Deployments without pods get another image: by one action of a plan, and by a bare client that
 * sends the same PATCHes as concurrently. Both are timed by the same witness, the API server's
 * audit log, from the first PATCH to the last, in turns; the plan's run also from the request that
 * asks for it until its outcome is in the status.
 */
final class TargetsBench {
  private static final int ROUNDS = 6;
  private static final int OF_AN_ACTION = 200;
  private static final int CONCURRENCY = 16;

  private final int targets;

  private TargetsBench(int targets) {
    this.targets = targets;
  }

  static void run(int targets) {
    new TargetsBench(targets).measure();
  }

  private void measure() {
    var audit = Cluster.get().auditLog().orElseThrow();
    try (var operator = OperatorProcess.startEverywhere();
        var shop = Shop.open("bench-targets")) {
      IntStream.range(0, targets).forEach(i -> shop.idle(name(i), "v0"));
      shop.apply(plan());
      shop.awaitCondition("Healthy", "True");
      var ours = new ArrayList<Double>();
      var whole = new ArrayList<Double>();
      var bare = new ArrayList<Double>();
      for (var round = 0; round < ROUNDS; round++) {
        var mark = audit.mark();
        ask(shop, "A-" + round, "a" + round);
        ours.add(seconds(patches(audit, shop, mark)));
        whole.add(untilOutcome(audit, shop, mark));
        mark = audit.mark();
        patchAll(shop, "b" + round);
        bare.add(seconds(patches(audit, shop, mark)));
        Figures.say(
            "round %d: operator %.3f s, from asking to outcome %.3f s; bare client %.3f s",
            round, last(ours), last(whole), last(bare));
      }
      if (!operator.isAlive()) {
        throw new IllegalStateException("the operator died: " + operator.log());
      }
      // The first round warms both up.
      Figures.say(
          "%d targets, first run: ratio %.2f, from asking to outcome %.2f",
          targets, ours.get(0) / bare.get(0), whole.get(0) / bare.get(0));
      var typical = Figures.median(bare.subList(1, ROUNDS));
      Figures.say(
          "%d targets, later runs: ratio %.2f, from asking to outcome %.2f (medians of %d rounds)",
          targets,
          Figures.median(ours.subList(1, ROUNDS)) / typical,
          Figures.median(whole.subList(1, ROUNDS)) / typical,
          ROUNDS - 1);
      Figures.say(
          "status writes of the last run: %d, whatever the number of targets; intent to outcome"
              + " %d ms",
          shop.transitions().size(), intentToOutcome(shop).toMillis());
    }
  }

  private static double last(List<Double> values) {
    return values.get(values.size() - 1);
  }

  private static String name(int i) {
    return "target-" + i;
  }

  /** From the request that asked for the last run until its outcome was recorded. */
  private static double untilOutcome(AuditLog audit, Shop shop, AuditLog.Mark since) {
    var asked =
        audit.since(since).stream()
            .filter(
                it ->
                    it.namespace().equals(shop.namespace())
                        && it.resource().equals("rollbackplans")
                        && it.verb().equals("patch"))
            .findFirst()
            .orElseThrow();
    return Duration.between(asked.time(), outcome(shop).at()).toNanos() / 1e9;
  }

  /** An action names so many workloads at most; more are done by several, one after the other. */
  private String plan() {
    var actions =
        IntStream.iterate(0, from -> from < targets, from -> from + OF_AN_ACTION)
            .mapToObj(from -> action(from, Math.min(from + OF_AN_ACTION, targets)))
            .collect(Collectors.joining());
    return """
    apiVersion: backstep.dev/v1alpha1
    kind: RollbackPlan
    metadata: {name: web}
    spec:
      serviceAccountName: runner
      verification: {soak: 0s}
      args: [{name: version}]
      gates:
      - {name: ready, interval: 1s, within: 5s, consecutiveSuccessLimit: 1,
         workload: {kind: Deployment, name: target-0}}
      levels:
      - name: revert
        actions:
    """
        + actions;
  }

  private static String action(int from, int to) {
    var refs =
        IntStream.range(from, to)
            .mapToObj(i -> "{kind: Deployment, name: " + name(i) + "}")
            .collect(Collectors.joining(", "));
    return """
        - name: image-%d
          rollBack:
            workloads: [%s]
            to: {images: [{container: app, image: "backstep.dev/app:$(args.version)"}]}
    """
        .formatted(from, refs);
  }

  private static void ask(Shop shop, String id, String version) {
    shop.patch(
        """
        {"spec":{"run":{"id":"%s","reason":"how long does it take","requestedBy":"bench",
         "entry":"Always","levels":["revert"],"args":[{"name":"version","value":"%s"}]}}}
        """
            .formatted(id, version));
    shop.await(
        "the end of " + id,
        plan -> {
          var run = plan.getStatus().run();
          return run != null && run.id().equals(id) && !run.active();
        });
  }

  private static List<Entry> patches(AuditLog audit, Shop shop, AuditLog.Mark since) {
    var runner = "system:serviceaccount:" + shop.namespace() + ":runner";
    return audit.settledSince(
        since,
        entry ->
            runner.equals(entry.impersonatedUser())
                && entry.resource().equals("deployments")
                && entry.verb().equals("patch"));
  }

  private double seconds(List<Entry> patches) {
    if (patches.size() != targets) {
      throw new IllegalStateException(patches.size() + " patches instead of " + targets);
    }
    var times = patches.stream().map(Entry::time).sorted().toList();
    return Duration.between(times.get(0), times.get(times.size() - 1)).toNanos() / 1e9;
  }

  private void patchAll(Shop shop, String version) {
    var config =
        new ConfigBuilder(shop.client().getConfiguration())
            .withImpersonateUsername("system:serviceaccount:" + shop.namespace() + ":runner")
            .build();
    var pool = Executors.newFixedThreadPool(CONCURRENCY);
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      var image = "/spec/template/spec/containers/0/image";
      var patch =
          "[{\"op\":\"replace\",\"path\":\"%s\",\"value\":\"backstep.dev/app:%s\"}]"
              .formatted(image, version);
      CompletableFuture.allOf(
              IntStream.range(0, targets)
                  .mapToObj(
                      i -> CompletableFuture.runAsync(() -> patch(client, shop, i, patch), pool))
                  .toArray(CompletableFuture[]::new))
          .join();
    } finally {
      pool.shutdown();
    }
  }

  /** As a reference, so that the client does not read the object first. */
  private static void patch(KubernetesClient client, Shop shop, int i, String patch) {
    var reference =
        new DeploymentBuilder()
            .withNewMetadata()
            .withNamespace(shop.namespace())
            .withName(name(i))
            .endMetadata()
            .build();
    client.resource(reference).patch(PatchContext.of(PatchType.JSON), patch);
  }

  private static Duration intentToOutcome(Shop shop) {
    return Duration.between(last(shop, Reasons.EFFECT_INTENDED).at(), outcome(shop).at());
  }

  private static Transition outcome(Shop shop) {
    return last(shop, Reasons.EFFECT_APPLIED);
  }

  private static Transition last(Shop shop, String reason) {
    return shop.transitions().stream()
        .filter(step -> step.reason().equals(reason))
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }
}
