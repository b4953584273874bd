package dev.backstep.bench;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.OperatorProcess;
import dev.backstep.testing.Shop;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * A run beside fifty plans at rest, while the API server answers after five seconds, and then not
 * at all for two minutes: when is an abort obeyed that was asked for meanwhile, what does the plan
 * say, and how often is the same logged?
 */
final class BrownoutBench {
  private static final int PLANS = 50;
  private static final Duration LATE = Duration.ofMinutes(1);
  private static final Duration GONE = Duration.ofMinutes(2);
  private static final Duration REST = Duration.ofSeconds(15);

  /** Minute, level, and what is said of which plan, without its times. */
  private static final Pattern LINE =
      Pattern.compile("^(\\d\\d:\\d\\d):\\d\\d,\\d+ (?:WARN|ERROR) +\\[[^]]*] (.*)$");

  private BrownoutBench() {}

  static void run() {
    try (var api = new WeakApi();
        var operator = OperatorProcess.startEverywhere(api.kubeconfig());
        var shop = Shop.open("bench-brownout").idle("web", "v1")) {
      shop.apply(
          plan(Shop.PLAN)
              + IntStream.range(0, PLANS)
                  .mapToObj(i -> plan("idle-" + i))
                  .collect(Collectors.joining()));
      shop.await("the plan to be looked at", plan -> plan.getStatus().phase() == Phase.Idle);
      pass(REST);
      shop.patch(
          """
          {"spec":{"run":{"id":"A","reason":"how long does it take","requestedBy":"bench",
           "entry":"Always","levels":["revert"]}}}
          """);
      shop.awaitPhase(Phase.Verifying);
      var before = operator.log().length();
      api.be(WeakApi.Mood.LATE);
      pass(LATE);
      Figures.say("after %s of late answers: %s", LATE, held(shop));
      api.be(WeakApi.Mood.GONE);
      pass(GONE.dividedBy(2));
      shop.state("Aborted");
      pass(GONE.dividedBy(2));
      api.be(WeakApi.Mood.WELL);
      var again = Instant.now();
      var said = awaitEnd(shop);
      Figures.say("obeyed %.1f s after the API server answers again", seconds(again));
      Figures.say("the plan said meanwhile: %s", said);
      repeated(operator.log().substring(before));
      shop.kubectl("delete", "rollbackplans", "--all").orThrow();
    }
  }

  private static double seconds(Instant since) {
    return Duration.between(since, Instant.now()).toMillis() / 1000.0;
  }

  private static void pass(Duration duration) {
    Awaitility.await().pollDelay(duration).atMost(duration.plusMinutes(1)).until(() -> true);
  }

  /** What the plan said of its requests last, before the run ended. */
  private static String awaitEnd(Shop shop) {
    var said = new StringBuilder("nothing");
    shop.await(
        "the run to be aborted",
        plan -> {
          var held = held(plan);
          if (!held.equals("nothing")) {
            said.setLength(0);
            said.append(held);
          }
          return plan.getStatus().phase() == Phase.Aborted;
        });
    return said.toString();
  }

  private static String held(Shop shop) {
    return held(shop.plan());
  }

  private static String held(RollbackPlan plan) {
    return plan.getStatus().conditions().stream()
        .filter(it -> it.getType().equals(ConditionTypes.HELD_UP))
        .map(it -> it.getReason() + ": " + it.getMessage())
        .findFirst()
        .orElse("nothing");
  }

  /** The warning that came most often within a minute, and how many there were. */
  private static void repeated(String log) {
    var times = new HashMap<List<String>, Integer>();
    log.lines()
        .map(LINE::matcher)
        .filter(line -> line.find())
        .forEach(line -> times.merge(List.of(line.group(1), line.group(2)), 1, Integer::sum));
    Figures.say("%d warnings", times.values().stream().mapToInt(it -> it).sum());
    times.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .ifPresent(
            it -> Figures.say("most often in a minute: %d x %s", it.getValue(), it.getKey()));
  }

  private static String plan(String name) {
    return """
    ---
    apiVersion: backstep.dev/v1alpha1
    kind: RollbackPlan
    metadata: {name: %s}
    spec:
      serviceAccountName: runner
      gates:
      - {name: red, interval: 1s, within: 30m, http: {service: {name: nobody, port: 80}}}
      levels:
      - name: revert
        actions:
        - name: image
          rollBack:
            workloads: [{kind: Deployment, name: web}]
            to: {images: [{container: app, image: "backstep.dev/app:v0"}]}
    """
        .formatted(name);
  }
}
