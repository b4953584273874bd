package dev.backstep.union;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.PlanFacts;
import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.StableRevision;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Records;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.effect.Author;
import dev.backstep.gate.Probes;
import dev.backstep.runbook.ItemAnswers;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.stable.StableRevisions;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rights that a page, and the table of all of them, name are those that plans are asked for:
 * with every way to write an action and a gate, in a world where each finds what it is about.
 */
class RightsTest {
  private static final Path VALID = Path.of("src", "test", "resources", "crd", "valid");
  private static final Pattern WORD = Pattern.compile("`([^`]+)`");
  private static final Set<String> VERBS = Set.of("get", "list", "create", "patch", "delete");
  private static final Set<String> RESOURCES =
      Set.of(
          "deployments",
          "statefulsets",
          "synccontrols",
          "daemonsets",
          "rollouts",
          "configmaps",
          "secrets",
          "jobs",
          "horizontalpodautoscalers",
          "pods",
          "pods/log",
          "ingresses",
          "httproutes");

  /** Everybody reads the ConfigMap that is set, and what is stable had it too. */
  private static final String WORKLOAD =
      """
      apiVersion: %1$s
      kind: %2$s
      metadata: {name: %3$s}
      spec:
        selector: {matchLabels: {app: %3$s}}
        template:
          metadata: {labels: {app: %3$s}}
          spec: {containers: [{name: app, image: a, envFrom: [{configMapRef: {name: web}}]}]}
      """;

  private static final String CONFIG =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: web}
      data: {maintenance: "false"}
      """;

  @ParameterizedTest
  @MethodSource("dev.backstep.union.UnionTest#kinds")
  void areWhatPlansAreAskedFor(String kind) throws IOException {
    // when
    var asked = asked(kind);

    // then
    assertThat(named(onItsPage(kind), VERBS))
        .as("verbs on the page")
        .isEqualTo(asked.stream().map(Right::verb).collect(Collectors.toSet()));
    assertThat(named(onItsPage(kind), RESOURCES))
        .as("resources on the page")
        .isEqualTo(asked.stream().map(Right::resource).collect(Collectors.toSet()));
    assertThat(named(inTheTable(kind), VERBS))
        .as("verbs in docs/operations.md")
        .isEqualTo(named(onItsPage(kind), VERBS));
    assertThat(named(inTheTable(kind), RESOURCES))
        .as("resources in docs/operations.md")
        .isEqualTo(named(onItsPage(kind), RESOURCES));
  }

  private static Set<String> named(List<String> rows, Set<String> words) {
    return rows.stream()
        .flatMap(row -> WORD.matcher(row).results())
        .map(it -> it.group(1))
        .filter(words::contains)
        .collect(Collectors.toSet());
  }

  private static List<String> onItsPage(String kind) throws IOException {
    var page = Files.readString(Path.of("docs", kind.replaceFirst("/", "s/") + ".md"));
    var part = page.substring(page.indexOf("## Rights"));
    return rows(part.substring(0, part.indexOf("\n## ")));
  }

  /** Those whose first cell names the kind; the rights are in the second one. */
  private static List<String> inTheTable(String kind) throws IOException {
    var text = Files.readString(Path.of("docs", "operations.md"));
    var part = text.substring(text.indexOf("## Rights"), text.indexOf("### Rights in databases"));
    var name = kind.substring(kind.indexOf('/') + 1);
    var rows =
        rows(part).stream()
            .map(row -> row.split("\\|"))
            .filter(cells -> cells[1].strip().startsWith("gate ") == kind.startsWith("gate/"))
            .filter(cells -> !cells[1].strip().startsWith("means "))
            .filter(cells -> firstWords(cells[1]).contains(name))
            .map(cells -> cells[2])
            .toList();
    assertThat(rows).as("rows of docs/operations.md for %s", kind).isNotEmpty();
    return rows;
  }

  /** What a row is about, without what follows with it. */
  private static List<String> firstWords(String cell) {
    var kinds = cell.split(" with | of ")[0];
    return WORD.matcher(kinds).results().map(it -> it.group(1)).toList();
  }

  private static List<String> rows(String text) {
    return text.lines().filter(line -> line.startsWith("|")).toList();
  }

  /** In every way to write it. */
  private static Set<Right> asked(String kind) throws IOException {
    var actions = kind.startsWith("action/");
    var rights =
        actions
            ? Stream.concat(
                ofActions(kind, "every-action.yaml"), ofActions(kind, "every-field.yaml"))
            : Stream.concat(ofGates(kind, "every-gate.yaml"), ofGates(kind, "every-gate-use.yaml"));
    return rights.collect(Collectors.toSet());
  }

  private static Stream<Right> ofActions(String kind, String file) throws IOException {
    var cluster = world(file);
    var all = cluster.complete(Actions.class);
    var scope = scope(cluster);
    return cluster
        .plan()
        .getSpec()
        .allActions()
        .filter(action -> kind.endsWith("/" + all.type(action)))
        .flatMap(action -> all.rights(action, scope).stream());
  }

  private static Stream<Right> ofGates(String kind, String file) throws IOException {
    var cluster = world(file);
    var all = cluster.complete(Probes.class);
    return cluster.plan().getSpec().gates().stream()
        .filter(gate -> kind.endsWith("/" + type(gate)))
        .flatMap(gate -> all.rights(gate).stream());
  }

  private static String type(Record gate) {
    return Stream.of(gate.getClass().getRecordComponents())
        .filter(component -> component.getType().isRecord())
        .filter(component -> value(gate, component) != null)
        .findFirst()
        .orElseThrow()
        .getName();
  }

  private static Object value(Record gate, RecordComponent component) {
    try {
      return component.getAccessor().invoke(gate);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static MemoryCluster world(String file) throws IOException {
    var cluster = new MemoryCluster();
    cluster.given(CONFIG);
    cluster.given(WORKLOAD.formatted("apps/v1", "Deployment", "web"));
    cluster.given(WORKLOAD.formatted("apps/v1", "StatefulSet", "db"));
    cluster.given(WORKLOAD.formatted("apps/v1", "DaemonSet", "agent"));
    cluster.given(WORKLOAD.formatted("argoproj.io/v1alpha1", "Rollout", "shop"));
    var sync = Files.readString(VALID.resolve("sync-every-field.yaml"));
    cluster.given(sync.replace("name: orders\n", "name: shop\n"));
    var hybrid = Files.readString(VALID.resolve("sync-queue-clear-http.yaml"));
    cluster.given(hybrid.replace("name: orders\n", "name: hybrid\n"));
    cluster.given(Files.readString(VALID.resolve(file)));
    return cluster;
  }

  private static ActionScope scope(MemoryCluster cluster) {
    var plan = cluster.plan();
    var schema = Optional.ofNullable(plan.getSpec().stable()).map(stable -> stable.schema());
    var facts =
        new PlanFacts(
            stable(cluster, plan),
            null,
            schema,
            ItemAnswers.NONE,
            false,
            Optional.empty(),
            Optional.empty());
    return Scopes.of(facts).with().author(new Author(MemoryCluster.NAMESPACE, "runner")).build();
  }

  /** One state of all of them. */
  private static List<StableRevision> stable(MemoryCluster cluster, RollbackPlan plan) {
    var revisions = cluster.complete(StableRevisions.class);
    var lookup = cluster.complete(WorkloadLookup.class);
    var all = lookup.in(MemoryCluster.NAMESPACE).map(Workload::ref).toList();
    var running = revisions.running(MemoryCluster.NAMESPACE, all, lookup);
    var content = revisions.now(MemoryCluster.NAMESPACE, running);
    return List.of(revisions.keep(Records.Owner.of(plan), content, Scopes.SINCE));
  }
}
