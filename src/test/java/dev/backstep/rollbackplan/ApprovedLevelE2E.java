package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.ChartPolicies;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A level that waits for people: alice runs, carol and dave approve. */
class ApprovedLevelE2E {
  private static final String ALICE = "alice@example.com";
  private static final String CAROL = "carol@example.com";
  private static final String DAVE = "dave@example.com";

  @RegisterExtension static final TestOperator operator = TestOperator.running(3);

  private static Shop shop(String name, String approval) {
    var shop = Shop.open(name).idle("web", "v2");
    shop.apply(
        """
        apiVersion: backstep.dev/v1alpha1
        kind: RollbackPlan
        metadata: {name: web}
        spec:
          serviceAccountName: runner
          verification: {soak: 0s}
          gates:
          - {name: ready, interval: 1s, within: 20s, consecutiveSuccessLimit: 1,
             workload: {kind: Deployment, name: web}}
          - {name: names, use: OnDemand, within: 60s,
             manual: {text: "Open three bookings of today: are the guest names right?"}}
          levels:
          - name: revert
            description: All bookings of the last hour are lost
            approval: %s
            gates: [ready, names]
            actions:
            - name: image
              rollBack:
                workloads: [{kind: Deployment, name: web}]
                to: {images: [{container: app, image: "backstep.dev/app:v1"}]}
        """
            .formatted(approval));
    return shop;
  }

  private static ChartPolicies policies(Shop shop) {
    return ChartPolicies.in(shop)
        .grant("runner", ALICE)
        .grant("approver", ALICE)
        .grant("approver", CAROL)
        .grant("approver", DAVE);
  }

  private static void run(Shop shop) {
    shop.kubectl(
            "--as",
            ALICE,
            "patch",
            "rollbackplan",
            "web",
            "--type=merge",
            "-p",
            """
            {"spec":{"run":{"id":"INC-1","reason":"guest names are garbage since noon",
             "requestedBy":"%s","entry":"Always","levels":["revert"]}}}
            """
                .formatted(ALICE))
        .orThrow();
  }

  private static void answer(Shop shop, String user, String fields) {
    var plan = shop.plan();
    shop.kubectlWith(
            """
            apiVersion: backstep.dev/v1alpha1
            kind: Approval
            metadata: {generateName: a-}
            spec: {targetRef: {kind: RollbackPlan, name: web, uid: %s}, approver: "%s", %s}
            """
                .formatted(plan.getMetadata().getUid(), user, fields),
            "--as",
            user,
            "create",
            "-f",
            "-")
        .orThrow();
  }

  private static void level(Shop shop, String user, String decision) {
    answer(
        shop,
        user,
        "runId: INC-1, level: revert, hash: \"%s\", decision: %s"
            .formatted(shop.runStatus().approval().hash(), decision));
  }

  private static String waiting(Shop shop) {
    return shop.condition(ConditionTypes.AWAITING_APPROVAL).getMessage();
  }

  @Test
  void twoOtherPeopleApproveAndAHumanLooksAfterwards() {
    try (var shop = shop("approved", "{approvers: 2}");
        var policies = policies(shop)) {
      run(shop);
      shop.awaitCondition(ConditionTypes.AWAITING_APPROVAL, "True");
      assertThat(waiting(shop))
          .contains("wants 2 approvals, not from alice@example.com")
          .contains("All bookings of the last hour are lost");
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v2");

      level(shop, ALICE, "Approve");
      shop.awaitRun("her own", run -> !run.approval().ignored().isEmpty());
      assertThat(waiting(shop)).contains("somebody else has to approve it");
      level(shop, CAROL, "Approve");
      shop.awaitRun("one of two", run -> run.approval().given().size() == 1);
      level(shop, CAROL, "Approve");
      shop.awaitRun("twice", run -> run.approval().ignored().size() == 2);
      assertThat(waiting(shop)).contains("each person counts once");
      answer(shop, DAVE, "runId: INC-2, level: revert, hash: abc, decision: Approve");
      shop.awaitRun("another run", run -> run.approval().ignored().size() == 3);
      answer(shop, DAVE, "runId: INC-1, level: other, hash: abc, decision: Approve");
      shop.awaitRun("another level", run -> run.approval().ignored().size() == 4);
      answer(shop, DAVE, "runId: INC-1, level: revert, hash: abc, decision: Approve");
      shop.awaitRun("another hash", run -> run.approval().ignored().size() == 5);
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v2");

      level(shop, DAVE, "Approve");
      shop.awaitRun("the question to a human", run -> "names".equals(run.asking()));
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v1");
      answer(
          shop,
          ALICE,
          "runId: INC-1, level: revert, item: names, hash: \"%s\", decision: Approve"
              .formatted(shop.runStatus().levels().get(0).hash()));
      shop.awaitPhase(Phase.Recovered);
      assertThat(policies).isNotNull();
    }
  }

  @Test
  void aRejectionWinsAndAsks() {
    try (var shop = shop("rejected", "{approvers: 1}");
        var policies = policies(shop)) {
      run(shop);
      shop.awaitPhase(Phase.AwaitingApproval);
      level(shop, CAROL, "Reject");
      shop.awaitPhase(Phase.AwaitingAnswer);

      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.REJECTED);
      assertThat(shop.runStatus().question().message()).contains("carol@example.com said no");
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v2");
      shop.kubectl(
              "--as",
              ALICE,
              "patch",
              "rollbackplan",
              "web",
              "--type=merge",
              "-p",
              """
              {"spec":{"run":{"answer":{"question":"%s","choice":"Retry","by":"%s"}}}}
              """
                  .formatted(shop.runStatus().question().id(), ALICE))
          .orThrow();
      shop.awaitPhase(Phase.AwaitingApproval);
      level(shop, DAVE, "Approve");
      shop.await("the change", plan -> "backstep.dev/app:v1".equals(shop.image("web")));
      assertThat(policies).isNotNull();
    }
  }

  @Test
  void withoutThePolicyNothingIsApproved() {
    try (var shop = shop("no-policy", "{}")) {
      shop.patch(
          """
          {"spec":{"run":{"id":"INC-1","reason":"guest names are garbage since noon",
           "requestedBy":"alice","entry":"Always","levels":["revert"]}}}
          """);
      shop.awaitRest();

      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.POLICY_NOT_IN_FORCE);
      assertThat(shop.runStatus().question().message())
          .contains("a forged approval would have been accepted");
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v2");
    }
  }
}
