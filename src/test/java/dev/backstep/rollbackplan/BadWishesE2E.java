package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import io.fabric8.kubernetes.api.model.Event;
import java.util.List;
import java.util.Locale;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wishes that come too late, for the wrong run, or make no sense. */
class BadWishesE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.running();

  private static Shop shop(String name, String more) {
    var shop = Shop.open(name).idle("web", "v2").idle("worker", "v2");
    shop.kubectl("scale", "deployment/worker", "--replicas=1").orThrow();
    shop.apply(
        """
        apiVersion: v1
        kind: Service
        metadata: {name: nobody}
        spec: {selector: {app: nobody}, ports: [{port: 80}]}
        ---
        apiVersion: backstep.dev/v1alpha1
        kind: RollbackPlan
        metadata: {name: web}
        spec:
          serviceAccountName: runner
          verification: {soak: 1s}
          gates:
          - {name: ready, interval: 1s, within: 60s, consecutiveSuccessLimit: 1,
             workload: {kind: Deployment, name: web}}
          - {name: red, use: OnDemand, interval: 1s, within: 60s, consecutiveFailureLimit: 1,
             http: {service: {name: nobody, port: 80}}}
          levels:
          - name: hold
            onUnhealthy: Ask
            actions:
            - {name: stop-worker, scale: {workloads: [{kind: Deployment, name: worker}]}}
          - name: stuck
            gates: [red]
            actions:
            - {name: stop-again, scale: {workloads: [{kind: Deployment, name: worker}]}}
          - name: wait
            approval: {}
            actions:
            - {name: stop-later, scale: {workloads: [{kind: Deployment, name: worker}]}}
        """
            + more.indent(2));
    return shop;
  }

  private static Shop run(Shop shop, String id, String levels) {
    return shop.patch(
        """
        {"spec":{"run":{"id":"%s","reason":"the shop answers 500 since noon","answer":null,
         "state":"Running","stateBy":null,"requestedBy":"alice","entry":"Always","levels":[%s]}}}
        """
            .formatted(id, levels));
  }

  private static int replicas(Shop shop) {
    return shop.deployment("worker").getSpec().getReplicas();
  }

  private static void event(Shop shop, String reason, String words) {
    Awaitility.await(reason)
        .untilAsserted(
            () ->
                assertThat(
                        shop.client().v1().events().inNamespace(shop.namespace()).list().getItems())
                    .filteredOn(event -> event.getReason().equals(reason))
                    .extracting(Event::getMessage)
                    .anyMatch(message -> message.contains(words)));
  }

  @Test
  void namesThatDoNotExistMakeThePlanInvalidWithTheirPlace() {
    var more =
        """
        symptoms: [{name: Slow, severity: Low, levels: [nowhere]}]
        triggers: [{name: down, gates: [nothing], levels: [hold]}]
        """;
    try (var shop = shop("names", more)) {
      var said = shop.awaitCondition(ConditionTypes.READY, "False").getMessage();

      assertThat(said)
          .contains("spec.symptoms, symptom Slow: there is no level nowhere")
          .contains("spec.triggers, trigger down")
          .contains("nothing");
      run(shop, "INC-1", "\"hold\"");
      assertThat(replicas(shop)).isEqualTo(1);
      assertThat(shop.plan().getStatus().run()).isNull();
    }
  }

  @Test
  void aSettledQuestionTakesNoMoreAnswersAndAnEndedRunNoMoreAborts() {
    try (var shop = shop("late", "")) {
      run(shop, "INC-1", "\"stuck\"").awaitPhase(Phase.Verifying);
      shop.patch(
          "{\"spec\":{\"run\":{\"answer\":{\"question\":\"q-1\",\"choice\":\"Accept\",\"by\":\"bob\"}}}}");
      event(shop, Reasons.ANSWER_STALE, "no question is open");
      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Verifying);

      shop.state("Aborted").awaitPhase(Phase.Aborted);
      var steps = shop.transitions().size();
      shop.state("Running").state("Aborted");
      shop.state("Released").awaitPhase(Phase.Released);
      assertThat(replicas(shop)).isEqualTo(1);
      assertThat(shop.transitions().size()).isGreaterThan(steps);

      var ended = shop.transitions().size();
      shop.state("Aborted");
      shop.kubectl("annotate", "rollbackplan", "web", "looked=yes").orThrow();
      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Released);
      assertThat(shop.transitions()).hasSize(ended);
    }
  }

  @Test
  void anEditInFlightDoesNotChangeTheRun() {
    try (var shop = shop("edit", "")) {
      run(shop, "INC-1", "\"stuck\"").awaitPhase(Phase.Verifying);
      shop.patch("{\"spec\":{\"gates\":[%s]}}".formatted(GREEN));
      shop.kubectl("annotate", "rollbackplan", "web", "looked=yes").orThrow();
      shop.await("the edit", plan -> plan.getStatus().observedGeneration() > 1);

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Verifying);
      assertThat(shop.condition("gates.backstep.dev/red").getStatus()).isEqualTo("False");
      shop.state("Aborted").awaitPhase(Phase.Aborted);
    }
  }

  /** Both gates, and the red one green from now on: for the next run. */
  private static final String GREEN =
      """
      {"name":"ready","interval":"1s","workload":{"kind":"Deployment","name":"web"}},
      {"name":"red","use":"OnDemand","interval":"1s","workload":{"kind":"Deployment","name":"web"}}
      """;

  @ParameterizedTest
  @CsvSource({
    "Verifying, stuck",
    "AwaitingAnswer, wait",
    "Soaking, hold",
    "Mitigated, hold",
    "Paused, stuck"
  })
  void aPlanThatIsDeletedInAnyPhaseGivesBackWhatItHolds(String phase, String level) {
    var soak = phase.equals("Soaking") ? "60s" : "1s";
    try (var shop = shop("deleted-" + phase.toLowerCase(Locale.ROOT), "")) {
      shop.patch("{\"spec\":{\"verification\":{\"soak\":\"%s\"}}}".formatted(soak));
      run(shop, "INC-1", "\"" + level + "\"");
      if (phase.equals("Paused")) {
        shop.awaitPhase(Phase.Verifying);
        shop.state("Paused").awaitCondition(ConditionTypes.PAUSED, "True");
      } else {
        shop.awaitPhase(Phase.valueOf(phase));
      }

      shop.kubectl("delete", "rollbackplan", "web", "--timeout=60s").orThrow();

      assertThat(replicas(shop)).isEqualTo(1);
      assertThat(shop.deployment("worker").getMetadata().getAnnotations().keySet())
          .noneMatch(key -> key.startsWith("backstep.dev/held"));
    }
  }

  @Test
  void aNewIdThatInheritsAStateIsRefused() {
    try (var shop = shop("inherit", "")) {
      run(shop, "INC-1", "\"hold\"").awaitRest();
      shop.state("Released").awaitPhase(Phase.Released);

      var inherited =
          shop.kubectl(
              "patch",
              "rollbackplan",
              "web",
              "--type=merge",
              "-p",
              "{\"spec\":{\"run\":{\"id\":\"INC-2\"}}}");

      assertThat(inherited.exit()).isOne();
      assertThat(inherited.stderr()).contains("spec.run");
      assertThat(List.of(replicas(shop))).containsExactly(1);
    }
  }
}
