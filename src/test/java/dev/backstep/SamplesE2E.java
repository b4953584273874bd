package dev.backstep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.Command;
import dev.backstep.testing.OperatorImage;
import dev.backstep.testing.Sample;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Samples do what their READMEs say: the commands in them are run as they stand. */
@Order(1)
class SamplesE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(12);

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Lines that are indented, one after the other. */
  private static final Pattern COMMANDS = Pattern.compile("(?m)(?:^ {4}.+\n)+");

  private static final Pattern ENDS = Pattern.compile("The run ends as `(\\w+)`");
  private static final Pattern STATE = Pattern.compile("\"state\":\"(\\w+)\"");

  /** Where a README goes on to what is done with the plan. */
  private static final Pattern READY =
      Pattern.compile("(?m)^(?=The backup of the night|The triggers|Off, and on|A person|How far)");

  /** A test need not watch for a quarter of an hour, and looks more often. */
  private static final String SOON =
      """
      [{"op":"add","path":"/spec/verification/soak","value":"2s"},
       {"op":"add","path":"/spec/gates/0/interval","value":"1s"}]
      """;

  /** What backs up and restores needs to know its image. */
  @BeforeAll
  static void start() {
    operator.start(Map.of("BACKSTEP_IMAGE_NAME", OperatorImage.NAME));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"hold", "maintenance", "database", "notifications", "call", "job", "gates"})
  void doesWhatItsReadmeSays(String name) {
    try (var shop = Shop.open(name)) {
      // given
      var sample = Sample.in(shop, name);
      var readme = sample.read("README.md").replace("-n shop", "-n " + shop.namespace());
      var ends = ENDS.matcher(readme);
      assertThat(ends.find()).isTrue();
      shop.kubectl("rollout", "status", "deployment", "--timeout=180s").orThrow();
      run(readme.substring(0, ends.start()));
      sample.apply(sample.read("plan.yaml"));
      var plan = shop.kubectl("get", "rollbackplans", "-o", "name").orThrow().stdout().strip();
      shop.kubectl("patch", plan, "--type=json", "-p", SOON).orThrow();

      // when
      sample.ask("run.yaml");

      // then
      reaches(shop, Phase.valueOf(ends.group(1)));

      // when
      var after = readme.substring(ends.end());
      run(after);

      // then
      STATE.matcher(after).results().forEach(it -> reaches(shop, Phase.valueOf(it.group(1))));
    }
  }

  /** What their plans do is the matter of other tests; all begin at once, to save time. */
  @Test
  void plansOfTheOthersCanBeCarriedOut() {
    Command.run(List.of("dev/queue"), Map.of(), "").orThrow();
    var others =
        List.of(
            Prepared.of("backup", "Executable=True"),
            Prepared.of("restore", "Action restore-orders was never drilled well"),
            Prepared.of("sync", "Executable=True"),
            Prepared.of("queue", "Executable=True"),
            Prepared.of("resync", "Executable=True"));
    try {
      others.forEach(Prepared::plan);
      others.forEach(Prepared::canBeCarriedOut);
    } finally {
      others.forEach(it -> it.shop().close());
    }
  }

  private record Prepared(Shop shop, Sample sample, String says) {
    static Prepared of(String name, String says) {
      var shop = Shop.open(name);
      return new Prepared(shop, Sample.in(shop, name), says);
    }

    void plan() {
      shop.kubectl("rollout", "status", "deployment", "--timeout=180s").orThrow();
      var readme = sample.read("README.md").replace("-n shop", "-n " + shop.namespace());
      run(READY.split(readme)[0]);
      sample.apply(sample.read("plan.yaml"));
    }

    void canBeCarriedOut() {
      Awaitility.await("what the preflight finds")
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(conditions(shop)).contains("Ready=True", says));
    }
  }

  private static String conditions(Shop shop) {
    return shop.kubectl(
            "get",
            "rollbackplans",
            "-o",
            "jsonpath={range .items[*].status.conditions[*]}{.type}={.status} {.message}{'\\n'}{end}")
        .orThrow()
        .stdout();
  }

  private static void run(String text) {
    var cluster = Cluster.get();
    var script =
        COMMANDS
            .matcher(text)
            .results()
            .map(MatchResult::group)
            .map(String::stripIndent)
            .reduce(
                "set -e\nkubectl() { '%s' \"$@\"; }\n".formatted(cluster.program("kubectl")),
                String::concat);
    Command.run(List.of("bash", "-c", script), cluster.environment(), "").orThrow();
  }

  private static void reaches(Shop shop, Phase phase) {
    Awaitility.await("phase " + phase)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(said(shop)).startsWith(phase + ": "));
  }

  /** The plan has no status until the first pass has written one, and no run until it took it. */
  private static String said(Shop shop) {
    var plans = shop.client().resources(RollbackPlan.class).inNamespace(shop.namespace());
    return Optional.ofNullable(plans.list().getItems().get(0).getStatus())
        .map(RollbackPlanStatus::run)
        .map(run -> "%s: %s".formatted(run.phase(), run.message()))
        .orElse("no run");
  }
}
