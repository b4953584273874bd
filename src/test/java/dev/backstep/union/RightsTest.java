package dev.backstep.union;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.Actions;
import dev.backstep.action.Scopes;
import dev.backstep.effect.Author;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.testing.PlanYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The rights on a page are those that its example is asked for, in the world of its sample. Actions
 * on databases and endpoints want the Secrets that they name, which their own tests show.
 */
class RightsTest {
  private final MemoryCluster cluster = new MemoryCluster();

  @ParameterizedTest
  @CsvSource({
    "rollBack, quickstart",
    "restart, quickstart",
    "scale, hold",
    "setConfig, maintenance",
    "job, job",
    "manual, ladder"
  })
  void areThoseOfTheExample(String action, String sample) throws IOException {
    // given
    for (var object : Files.readString(Path.of("samples", sample, "app.yaml")).split("\n---\n")) {
      if (object.contains("kind: Deployment")) {
        cluster.given(object.replace("namespace: shop", ""));
      }
    }
    var page = Files.readString(Path.of("docs", "actions", action + ".md"));
    var rights = page.substring(page.indexOf("## Rights"), page.indexOf("## Undo"));
    var scope = Scopes.of().with().author(new Author(MemoryCluster.NAMESPACE, "runner")).build();

    // when
    var asked =
        PlanYaml.spec(plan(page))
            .allActions()
            .flatMap(it -> cluster.bean(Actions.class).rights(it, scope).stream())
            .toList();

    // then
    assertThat(asked.isEmpty()).isEqualTo(action.equals("manual"));
    assertThat(asked)
        .allSatisfy(
            right ->
                assertThat(rights)
                    .contains("`%s`".formatted(right.verb()), "`%s`".formatted(right.resource())));
  }

  private static String plan(String page) {
    var example = page.substring(page.indexOf("```yaml\n") + 8, page.lastIndexOf("```"));
    return "serviceAccountName: runner\ngates: []\nlevels:\n- name: level\n  actions:\n"
        + example.indent(2);
  }
}
