package dev.backstep.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The journal in a real PostgreSQL, and without one. */
class JournalE2E {
  private static final String LEVEL =
      """
      - name: revert
        actions:
        - name: image
          rollBack:
            workloads: [{kind: Deployment, name: web}]
            to: {images: [{container: app, image: "backstep.dev/app:v1"}]}
      """;

  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(1);

  @TempDir Path data;

  @Test
  void hasARowForEachStepAlsoAfterAnOutage() throws IOException, SQLException {
    var postgres = EmbeddedPostgres.builder().setDataDirectory(data).start();
    var port = postgres.getPort();
    operator.start(journalAt(port));
    try (var shop = Shop.open("journal").serving("web", "v2").plan(LEVEL)) {
      shop.run("INC-1", "revert").awaitPhase(Phase.Recovered);
      shop.awaitCondition(ConditionTypes.JOURNAL_WRITTEN, "True");
      // The condition stays as it was while a step is being written.
      var first = postgres;
      Awaitility.await("the rows of the run")
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(rows(first, shop)).isEqualTo(steps(shop)));

      postgres.close();
      shop.release("web", "v2").run("INC-2", "revert");
      shop.await("INC-2", plan -> ended(plan.getStatus().run().id(), plan.getStatus().phase()));
      assertThat(shop.awaitCondition(ConditionTypes.JOURNAL_WRITTEN, "False").getMessage())
          .contains("The run goes on");

      operator.kill();
      postgres = again(port);
      operator.restart();
      shop.awaitCondition(ConditionTypes.JOURNAL_WRITTEN, "True");
      var written = postgres;
      Awaitility.await("the rows of both runs")
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(() -> assertThat(rows(written, shop)).endsWith(last(steps(shop))));
      assertThat(rows(postgres, shop)).containsAll(steps(shop));
    } finally {
      postgres.close();
    }
  }

  private static boolean ended(String run, Phase phase) {
    return "INC-2".equals(run) && phase == Phase.Recovered;
  }

  private EmbeddedPostgres again(int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(true)
        .setPort(port)
        .start();
  }

  private static Map<String, String> journalAt(int port) {
    return Map.of(
        "BACKSTEP_JOURNAL_URL",
        "jdbc:postgresql://localhost:" + port + "/postgres",
        "BACKSTEP_JOURNAL_USERNAME",
        "postgres",
        "BACKSTEP_JOURNAL_PASSWORD",
        "postgres");
  }

  private static List<String> steps(Shop shop) {
    return shop.transitions().stream()
        .map(step -> step.run() + " " + step.seq() + " " + step.phase() + " " + step.reason())
        .toList();
  }

  private static String last(List<String> steps) {
    return steps.get(steps.size() - 1);
  }

  private static List<String> rows(EmbeddedPostgres postgres, Shop shop) throws SQLException {
    var rows = new ArrayList<String>();
    try (var connection = postgres.getPostgresDatabase().getConnection();
        var statement =
            connection.prepareStatement(
                "SELECT run, seq, phase, reason FROM run_transition WHERE namespace = ?"
                    + " ORDER BY run, seq")) {
      statement.setString(1, shop.namespace());
      try (var result = statement.executeQuery()) {
        while (result.next()) {
          rows.add(
              result.getString(1)
                  + " "
                  + result.getLong(2)
                  + " "
                  + result.getString(3)
                  + " "
                  + result.getString(4));
        }
      }
    }
    return rows;
  }
}
