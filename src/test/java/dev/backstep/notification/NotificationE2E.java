package dev.backstep.notification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Somebody who is told how a run goes, by requests to a real pod. */
class NotificationE2E {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @RegisterExtension static final TestOperator operator = TestOperator.running();

  private static final String LEVELS =
      """
      - name: again
        actions:
        - name: web
          restart: {workloads: [{kind: Deployment, name: web}]}
      """;

  private static final String NOTIFICATIONS =
      """
      notifications:
      - name: pager
        service: {name: pager, port: 80}
        path: /calls/told
      - name: end
        service: {name: pager, port: 80}
        path: /calls/end
        format: Slack
        events: [Ended]
      """;

  /** What the pod was told, which it writes into its log. */
  private static List<String> letters(Shop shop, String name) {
    return shop.kubectl("logs", "deployment/pager")
        .stdout()
        .lines()
        .filter(line -> line.contains(" /calls/%s ".formatted(name)))
        .toList();
  }

  @Test
  void whatNobodyTookIsToldWhenThereIsSomebodyAlsoByTheNextProcess() {
    try (var shop = Shop.open("told")) {
      // given
      shop.idle("web", "v1").plan(LEVELS, NOTIFICATIONS);
      assertThat(shop.awaitCondition("Executable", "False").getMessage())
          .contains("Gate api cannot be measured");

      // when
      shop.run("INC-1", "again").awaitPhase(Phase.AwaitingAnswer);

      // then
      assertThat(shop.awaitCondition("Notified", "False").getMessage())
          .startsWith("Not told to pager: ")
          .contains("Correct spec.notifications");

      // when
      operator.kill();
      shop.serving("pager", "v1");
      operator.restart();

      // then
      shop.await(
          "everybody to be told",
          plan ->
              plan.getStatus().told().stream().allMatch(it -> it.seq() > 1)
                  && plan.getStatus().conditions().stream()
                      .noneMatch(it -> it.getType().equals("Notified")));

      // when
      shop.state("Aborted").awaitPhase(Phase.Aborted);

      // then
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(letters(shop, "end")).hasSize(1);
                assertThat(letters(shop, "told")).hasSize(4);
              });
      assertThat(letters(shop, "told"))
          .satisfiesExactly(
              it -> assertThat(it).contains("\"event\":\"Started\""),
              it -> assertThat(it).contains("\"event\":\"LevelReached\"", "reached level again."),
              it ->
                  assertThat(it)
                      .contains("\"event\":\"AnswerWanted\"", "asks a question.")
                      .contains(
                          "kubectl -n %s describe rollbackplan web".formatted(shop.namespace())),
              it -> assertThat(it).contains("\"event\":\"Ended\"", "is Aborted."));
      assertThat(letters(shop, "end"))
          .singleElement()
          .asString()
          .contains(
              "{\"text\":\"RollbackPlan %s/web, run INC-1, is Aborted."
                  .formatted(shop.namespace()));
    }
  }
}
