package dev.backstep.bench;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.OperatorProcess;
import dev.backstep.testing.Shop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A ladder of twelve levels whose action finds nothing to change and whose gate stays red: how long
 * a transition takes, from its cause (a deadline, the write before it) to the answer of its status
 * PUT.
 */
final class LadderBench {
  private static final Pattern TOOK = Pattern.compile("seq=(\\d+) .* took=(\\d+)ms");
  private static final Duration WITHIN = Duration.ofSeconds(5);

  private LadderBench() {}

  /** Climbs the ladder twice; the first time warms up. */
  static void run() {
    try (var operator = OperatorProcess.startEverywhere();
        var shop = Shop.open("bench-ladder").idle("web", "v1")) {
      shop.apply(plan());
      climb(shop, operator, "warm-up");
      climb(shop, operator, "measured");
    }
  }

  private static void climb(Shop shop, OperatorProcess operator, String id) {
    var before = operator.log().length();
    shop.patch(
        """
        {"spec":{"run":{"id":"%s","reason":"how long does it take","requestedBy":"bench",
         "entry":"Always","levels":[%s]}}}
        """
            .formatted(
                id,
                IntStream.range(0, 12)
                    .mapToObj(i -> "\"l" + i + "\"")
                    .collect(Collectors.joining(","))));
    shop.await(
        "the end",
        plan -> {
          var run = plan.getStatus().run();
          return run != null && run.id().equals(id) && run.phase() == Phase.Exhausted;
        });
    var took = new ArrayList<Double>();
    operator
        .log()
        .substring(before)
        .lines()
        .map(TOOK::matcher)
        .filter(Matcher::find)
        .forEach(
            line ->
                took.add(
                    late(shop, Long.parseLong(line.group(1))) + Double.parseDouble(line.group(2))));
    Figures.say(
        "%s: %d transitions, p50 %.0f ms, p95 %.0f ms, max %.0f ms",
        id,
        took.size(),
        Figures.median(took),
        Figures.percentile(took, 0.95),
        Figures.percentile(took, 1));
  }

  /** How late a level was left, whose gate had to be green within its time. */
  private static double late(Shop shop, long seq) {
    var steps = shop.transitions();
    for (var i = 1; i < steps.size(); i++) {
      var left =
          steps.get(i).reason().equals(Reasons.LEVEL_ENTERED)
              || steps.get(i).reason().equals(Reasons.EXHAUSTED);
      if (steps.get(i).seq() == seq && left && steps.get(i - 1).phase() == Phase.Verifying) {
        var due = steps.get(i - 1).at().plus(WITHIN);
        return Duration.between(due, steps.get(i).at()).toMillis();
      }
    }
    return 0;
  }

  private static String plan() {
    return """
    apiVersion: backstep.dev/v1alpha1
    kind: RollbackPlan
    metadata: {name: web}
    spec:
      serviceAccountName: runner
      gates:
      - {name: red, interval: 1s, within: 5s, http: {service: {name: nobody, port: 80}}}
      levels:
    """
        + IntStream.range(0, 12)
            .mapToObj(
                i ->
                    """
                    - name: l%1$d
                      actions:
                      - name: a%1$d
                        rollBack:
                          workloads: [{kind: Deployment, name: web}]
                          to: {images: [{container: app, image: "backstep.dev/app:v1"}]}
                    """
                        .formatted(i)
                        .indent(2))
            .collect(Collectors.joining())
        + """
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: nobody}
        spec: {selector: {app: nobody}, ports: [{port: 80}]}
        """;
  }
}
