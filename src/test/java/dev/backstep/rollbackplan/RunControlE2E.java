package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.status.Evidence;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.UndoStatus;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What humans can do to a run, and what a run asks of them, on a real API server. */
class RunControlE2E {
  /** Three Deployments; what is remembered of them is compared by a witness of the test's own. */
  private static final String LADDER =
      """
      - name: revert
        actions:
        - name: image
          rollBack:
            workloads: [{kind: Deployment, name: web}, {kind: Deployment, name: api}]
            to: {images: [{container: app, image: "backstep.dev/app:v1"}]}
        - name: hold
          scale: {workloads: [{kind: Deployment, name: worker}]}
      """;

  @RegisterExtension static final TestOperator operator = TestOperator.running(30);

  private static Shop shop(String name) {
    var shop = Shop.open(name).idle("web", "v2").idle("api", "v3").idle("worker", "v2");
    shop.kubectl("scale", "deployment/worker", "--replicas=1").orThrow();
    return shop;
  }

  /** A plan whose gate is green as long as Deployment web is rolled out. */
  private static Shop plan(Shop shop, String levels, String more) {
    shop.apply(
        """
        apiVersion: backstep.dev/v1alpha1
        kind: RollbackPlan
        metadata: {name: web}
        spec:
          serviceAccountName: runner
          verification: {soak: 1s}
          gates:
          - {name: ready, interval: 1s, within: 20s, consecutiveSuccessLimit: 1,
             consecutiveFailureLimit: 1, workload: {kind: Deployment, name: web}}
          - {name: never, use: OnDemand, interval: 1s, within: 5s, consecutiveFailureLimit: 1,
             http: {service: {name: nobody, port: 80}}}
          levels:
        """
            + (levels.stripTrailing() + "\n" + more.stripTrailing()).indent(2)
            + """
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: nobody}
            spec: {selector: {app: nobody}, ports: [{port: 80}]}
            """);
    return shop;
  }

  private static Shop run(Shop shop, String more) {
    return shop.patch(
        """
        {"spec":{"run":{"id":"INC-1","reason":"the shop answers 500 since noon",
         "requestedBy":"alice","entry":"Always",%s}}}
        """
            .formatted(more));
  }

  /** What the targets are, without what every write moves and Backstep's own annotations. */
  private static String witness(Shop shop) {
    return Stream.of("web", "api", "worker")
        .map(shop::deployment)
        .map(
            deployment ->
                deployment.getMetadata().getName()
                    + deployment.getMetadata().getLabels()
                    + deployment.getSpec())
        .collect(Collectors.joining("\n"));
  }

  @Test
  void undoneReturnsTheStateToWhatItWas() {
    try (var shop = plan(shop("undo"), LADDER, "")) {
      var before = witness(shop);
      run(shop, "\"levels\":[\"revert\"]").awaitRest();
      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Mitigated);
      assertThat(witness(shop)).isNotEqualTo(before);

      shop.state("Undone").awaitPhase(Phase.Undone);

      assertThat(witness(shop)).isEqualTo(before);
      assertThat(shop.runStatus().reason()).isEqualTo(Reasons.UNDONE);
      assertThat(shop.runStatus().undone())
          .extracting(UndoStatus::action)
          .containsExactly("hold", "image");
      assertThat(shop.plan().getStatus().holding()).isZero();
    }
  }

  @Test
  void undoLeavesAloneWhatSomebodyElseChangedAndSaysSo() {
    try (var shop = plan(shop("undo-partly"), LADDER, "")) {
      run(shop, "\"levels\":[\"revert\"]").awaitRest();
      shop.kubectl("set", "image", "deployment/api", "app=backstep.dev/app:v9").orThrow();

      shop.state("Undone").awaitPhase(Phase.Undone);

      assertThat(shop.runStatus().reason()).isEqualTo(Reasons.PARTLY_UNDONE);
      assertThat(shop.runStatus().message()).contains("Deployment api: somebody else changed it");
      assertThat(shop.image("api")).isEqualTo("backstep.dev/app:v9");
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v2");
    }
  }

  @Test
  void anOpenRunCanBeUndone() {
    var stuck = LADDER + "  gates: [never]\n  onUnhealthy: Ask\n";
    try (var shop = plan(shop("undo-open"), stuck, "")) {
      var before = witness(shop);
      run(shop, "\"levels\":[\"revert\"]").awaitPhase(Phase.Verifying);

      shop.state("Undone").awaitPhase(Phase.Undone);

      assertThat(witness(shop)).isEqualTo(before);
    }
  }

  @Test
  void aPausedRunBeginsNothingUntilItRunsAgain() {
    try (var shop = plan(shop("pause"), LADDER, "")) {
      var before = witness(shop);
      run(shop, "\"levels\":[\"revert\"],\"state\":\"Paused\",\"stateBy\":\"alice\"")
          .awaitCondition(ConditionTypes.PAUSED, "True");

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Pending);
      assertThat(witness(shop)).isEqualTo(before);

      shop.state("Running").awaitRest();
      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Mitigated);
      assertThat(shop.plan().getStatus().conditions())
          .noneMatch(condition -> condition.getType().equals(ConditionTypes.PAUSED));
    }
  }

  @Test
  void aDryRunShowsEveryChangeAndWritesNothing() {
    try (var shop = plan(shop("dry-run"), LADDER, "")) {
      var before = witness(shop);
      run(shop, "\"levels\":[\"revert\"],\"mode\":\"DryRun\"").awaitRest();

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Completed);
      assertThat(witness(shop)).isEqualTo(before);
      var actions = shop.runStatus().levels().get(0).actions();
      assertThat(actions.get(0).preview())
          .containsExactly(
              "Deployment web /spec/template/spec/containers/0/image: backstep.dev/app:v2 ->"
                  + " backstep.dev/app:v1",
              "Deployment api /spec/template/spec/containers/0/image: backstep.dev/app:v3 ->"
                  + " backstep.dev/app:v1");
      assertThat(actions.get(1).preview())
          .containsExactly("Deployment worker /spec/replicas: 1 -> 0");
    }
  }

  @Test
  void aDrillDoesWhatItMayAndPutsItBack() {
    var drilled = LADDER.replace("- name: image", "- name: image\n    inDrill: Run");
    try (var shop = plan(shop("drill"), drilled, "")) {
      var before = witness(shop);
      run(shop, "\"levels\":[\"revert\"],\"mode\":\"Drill\"").awaitRest();

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Completed);
      assertThat(witness(shop)).isEqualTo(before);
      assertThat(shop.runStatus().undone()).extracting(UndoStatus::action).containsExactly("image");
      assertThat(shop.runStatus().levels().get(0).actions().get(0).changed()).isEqualTo(2);
      assertThat(shop.runStatus().levels().get(0).actions().get(1).preview()).hasSize(1);
    }
  }

  @Test
  void aHoldForTheLevelIsPutBackBeforeTheGates() {
    var held =
        """
        - name: revert
          actions:
          - name: hold
            holdUntil: LevelActed
            scale: {workloads: [{kind: Deployment, name: worker}]}
          - name: image
            verify: [ready]
            rollBack:
              workloads: [{kind: Deployment, name: web}]
              to: {images: [{container: app, image: "backstep.dev/app:v1"}]}
        """;
    try (var shop = plan(shop("level-hold"), held, "")) {
      run(shop, "\"levels\":[\"revert\"]").awaitRest();

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Recovered);
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v1");
      assertThat(shop.deployment("worker").getSpec().getReplicas()).isEqualTo(1);
      assertThat(shop.transitions()).extracting(step -> step.reason()).contains(Reasons.PROVING);
    }
  }

  @Test
  void aStopConditionAndAnUnmetPreconditionKeepALevelFromActing() {
    var ladder =
        """
        - name: quick
          preconditions: [never]
          actions:
          - {name: hold, scale: {workloads: [{kind: Deployment, name: worker}]}}
        - name: slow
          actions:
          - name: image
            rollBack:
              workloads: [{kind: Deployment, name: web}]
              to: {images: [{container: app, image: "backstep.dev/app:v1"}]}
        """;
    var stops =
        """
        stopConditions:
        - name: nobody-there
          before: slow
          when: gates['never'] == 'Unhealthy' && symptom == 'Slow'
          message: Call the people who own the queue first.
        symptoms:
        - {name: Slow, severity: High, levels: [quick, slow]}
        objectives:
        - {severity: High, respondWithin: 1s, mitigateWithin: 2s}
        escalation: {message: Wake somebody., contacts: [{name: Ann, contact: "+49 1"}]}
        """;
    try (var shop = plan(shop("stop"), ladder, stops)) {
      var before = witness(shop);
      run(shop, "\"symptom\":\"Slow\"").awaitRest();

      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.STOP_CONDITION);
      assertThat(shop.runStatus().question().message())
          .contains("Call the people who own the queue first.");
      assertThat(witness(shop)).isEqualTo(before);
      shop.awaitRun("the missed objective", run -> !run.missed().isEmpty());
      assertThat(shop.awaitCondition(ConditionTypes.OBJECTIVE_MISSED, "True").getMessage())
          .contains("respond within 1s");

      shop.answer("Proceed").awaitRun("the end", run -> !run.active());
      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Recovered);
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v1");
      assertThat(shop.deployment("worker").getSpec().getReplicas()).isEqualTo(1);
    }
  }

  @Test
  void aHumanWhoNamesASymptomIsAskedWhenEveryGateIsGreen() {
    var more = "symptoms: [{name: Slow, severity: Low, levels: [revert]}]";
    try (var shop = plan(shop("healthy"), LADDER, more)) {
      shop.patch(
          """
          {"spec":{"run":{"id":"INC-1","reason":"guest names are garbage",
           "requestedBy":"alice","symptom":"Slow"}}}
          """);
      shop.awaitRest();

      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.ALREADY_HEALTHY);
      assertThat(shop.runStatus().question().choices())
          .containsExactly(Choice.Proceed, Choice.Accept);
      assertThat(shop.condition(ConditionTypes.AWAITING_ANSWER).getMessage())
          .contains("All gates are healthy now.");
      shop.answer("Accept").awaitRun("the end", run -> !run.active());
      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Recovered);
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v2");
    }
  }

  @Test
  void aTriggerStartsARunThatAHumanCanSteer() {
    var more =
        """
        triggers:
        - {name: down, gates: [front], failingFor: 5s, levels: [revert]}
        """;
    try (var shop = shop("trigger")) {
      plan(shop, LADDER + "  onUnhealthy: Ask\n", more);
      shop.patch(
          """
          {"spec":{"gates":[{"name":"front","interval":"1s","within":"60s",
           "consecutiveFailureLimit":1,"http":{"service":{"name":"nobody","port":80}}}]}}
          """);
      shop.awaitPhase(Phase.Verifying);

      var id = shop.runStatus().id();
      assertThat(id).startsWith("down-");
      assertThat(shop.runStatus().requestedBy()).isEqualTo("trigger:down");
      assertThat(shop.plan().getSpec().run()).isNull();
      shop.patch(
          """
          {"spec":{"run":{"id":"%s","reason":"we look ourselves now","requestedBy":"alice",
           "levels":["revert"],"state":"Aborted","stateBy":"alice"}}}
          """
              .formatted(id));
      shop.awaitPhase(Phase.Aborted);
    }
  }

  @Test
  void aSecondPlanAsksForATargetThatARunOwns() {
    var stuck = LADDER + "  gates: [never]\n  onUnhealthy: Ask\n";
    try (var shop = plan(shop("owned"), stuck, "")) {
      run(shop, "\"levels\":[\"revert\"]").awaitRest();
      assertThat(shop.runStatus().phase()).isEqualTo(Phase.AwaitingAnswer);

      shop.apply(
          """
          apiVersion: backstep.dev/v1alpha1
          kind: RollbackPlan
          metadata: {name: other}
          spec:
            serviceAccountName: runner
            gates:
            - {name: ready, interval: 1s, workload: {kind: Deployment, name: web}}
            levels:
            - name: revert
              actions:
              - name: other-image
                rollBack:
                  workloads: [{kind: Deployment, name: web}]
                  to: {images: [{container: app, image: "backstep.dev/app:v7"}]}
            run: {id: INC-9, reason: another team does the same, requestedBy: carol,
                  levels: [revert], entry: Always}
          """);
      shop.kubectl("wait", "--for=condition=AwaitingAnswer", "rollbackplan/other", "--timeout=90s")
          .orThrow();
      var asks =
          shop.kubectl(
                  "get", "rollbackplan", "other", "-o", "jsonpath={.status.run.question.message}")
              .orThrow()
              .stdout();
      assertThat(asks).contains("Deployment web belongs to run INC-1 of RollbackPlan web");
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v1");
    }
  }

  @Test
  void aRepairThatSomebodyChangesBackDuringTheSoakAsks() {
    var soak = "{\"spec\":{\"verification\":{\"soak\":\"60s\"}}}";
    try (var shop = plan(shop("overwritten"), LADDER, "").patch(soak)) {
      run(shop, "\"levels\":[\"revert\"]").awaitPhase(Phase.Soaking);
      shop.kubectl("set", "image", "deployment/web", "app=backstep.dev/app:v2").orThrow();
      shop.awaitRest();

      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.OVERWRITTEN);
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v2");
      shop.answer("Retry").awaitPhase(Phase.Soaking);
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v1");
    }
  }

  @Test
  void aReleaseWaitsForItsGatesAndAHumanMayGoOnInSpiteOfThem() {
    try (var shop = plan(shop("release-gate"), LADDER, "release: {gates: [never]}")) {
      run(shop, "\"levels\":[\"revert\"]").awaitRest();
      shop.state("Released").awaitPhase(Phase.AwaitingAnswer);

      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.RELEASE_GATE);
      assertThat(shop.deployment("worker").getSpec().getReplicas()).isZero();

      shop.answer("Proceed").awaitPhase(Phase.Released);
      assertThat(shop.deployment("worker").getSpec().getReplicas()).isEqualTo(1);
    }
  }

  @Test
  void aGateThatIsMeasuredOnceIsAskedOneTimeAfterTheOthers() {
    var once =
        """
        {"spec":{"gates":[
         {"name":"ready","interval":"1s","consecutiveSuccessLimit":2,
          "workload":{"kind":"Deployment","name":"web"}},
         {"name":"order","interval":"1s","http":{"service":{"name":"shop","port":80},
          "path":"/api/health","method":"POST","body":"{\\"a\\":1}"}},
         {"name":"never","use":"OnDemand","http":{"service":{"name":"nobody","port":80}}}]}}
        """;
    try (var shop = plan(shop("once").serving("shop", "v1"), LADDER, "").patch(once)) {
      run(shop, "\"levels\":[\"revert\"]").awaitRest();

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Mitigated);
      assertThat(shop.runStatus().once())
          .extracting(result -> result.gate() + " " + result.green())
          .containsExactly("order true");
      var asked =
          shop.kubectl("logs", "deployment/shop")
              .orThrow()
              .stdout()
              .lines()
              .filter(line -> line.contains("/api/health"));
      assertThat(asked).hasSize(1);
    }
  }

  @Test
  void aTargetThatSomebodyKeepsChangingBackIsContested() {
    var ladder =
        """
        - name: revert
          actions:
          - name: image
            rollBack:
              workloads: [{kind: Deployment, name: web}, {kind: Deployment, name: stuck}]
              to: {images: [{container: app, image: "backstep.dev/app:absent"}]}
        """;
    try (var shop = plan(shop("contested").serving("stuck", "v1"), ladder, "")) {
      run(shop, "\"levels\":[\"revert\"]").awaitPhase(Phase.Acting);
      Awaitility.await("somebody else's patience")
          .pollInterval(Duration.ofMillis(300))
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                shop.kubectl("set", "image", "deployment/web", "app=backstep.dev/app:v2").orThrow();
                return shop.runStatus().phase() != Phase.Acting;
              });
      shop.awaitRest();

      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.CONTESTED);
      assertThat(shop.runStatus().question().message())
          .contains("3 times")
          .contains("kubectl")
          .contains("(metadata.managedFields)");
      assertThat(shop.condition(ConditionTypes.CONTESTED).getStatus()).isEqualTo("True");
    }
  }

  @Test
  void evidenceIsTakenAtTheStartAndAtTheEnd() {
    var evidence =
        """
        {"spec":{"gates":[
         {"name":"ready","interval":"1s","consecutiveSuccessLimit":1,
          "workload":{"kind":"Deployment","name":"web"}},
         {"name":"seen","use":"Evidence","interval":"1s","redact":"[0-9]+ of",
          "workload":{"kind":"Deployment","name":"worker"}},
         {"name":"never","use":"OnDemand","http":{"service":{"name":"nobody","port":80}}}]}}
        """;
    try (var shop = plan(shop("evidence"), LADDER, "").patch(evidence)) {
      run(shop, "\"levels\":[\"revert\"]").awaitRest();

      assertThat(shop.runStatus().evidence())
          .extracting(Evidence::at)
          .containsExactly(Evidence.Moment.Start, Evidence.Moment.End);
      assertThat(shop.runStatus().evidence()).allMatch(seen -> seen.seen().contains("[redacted]"));
    }
  }
}
