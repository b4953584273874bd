package dev.backstep.rollbackplan.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.ApprovalStatusBuilder;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.Question;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a run wants of a human, with the command that gives it. */
class QuestionsTest {
  private static final Says QUESTIONS = new Questions();

  @Test
  void aQuestionShowsItsAnswersAndHowToGiveOne() {
    var choices = List.of(Choice.Retry, Choice.Accept);
    var question = new Question("q-7", "ActionFailed", "It failed.", choices, Said.NOW, null);
    var run = Said.run(Phase.AwaitingAnswer).question(question).build();

    assertThat(Said.text(Said.plan().run(run).by(QUESTIONS), "AwaitingAnswer"))
        .startsWith("True Why: Question q-7: It failed.")
        .contains("kubectl -n shop patch rollbackplan web", "\"q-7\"", "Retry|Accept");
  }

  private static RunStatusBuilder awaiting(ApprovalStatus.Given... given) {
    var approval =
        ApprovalStatusBuilder.builder()
            .level("code")
            .hash("abc")
            .wants(2)
            .given(List.of(given))
            .build();
    var levels = List.of(LevelStatus.waiting("restart"), LevelStatus.waiting("code"));
    return Said.run(Phase.AwaitingApproval).levels(levels).level(1).approval(approval);
  }

  private static String awaitingApproval(Said plan) {
    return Said.text(plan.by(QUESTIONS), "AwaitingApproval");
  }

  @Test
  void anApprovalThatIsWaitedForIsACommandThatCanBePasted() {
    assertThat(awaitingApproval(Said.plan().run(awaiting().build())))
        .startsWith("True Why: What happened. 0 of 2 approved so far.")
        .endsWith(
            """

            kubectl -n shop create -f - <<END
            apiVersion: backstep.dev/v1alpha1
            kind: Approval
            metadata: {generateName: "web-"}
            spec:
              targetRef: {kind: RollbackPlan, name: "web", uid: "plan-uid"}
              runId: "INC-1"
              level: "code"
              hash: "abc"
              decision: Approve
              approver: "$(kubectl auth whoami -o jsonpath={.status.userInfo.username})"
            END\
            """);
  }

  @Test
  void whoApprovedIsSaidWhateverWasSaidLast() {
    var run = awaiting(new ApprovalStatus.Given("u", "bob")).message("Nobody else did.").build();

    assertThat(awaitingApproval(Said.plan().run(run)))
        .startsWith("True Why: Nobody else did. 1 of 2 approved so far (bob).");
  }

  @Test
  void whoApprovesSeesWhatWouldChange() {
    var shown = Map.of("a", List.of("another level"), "b", List.of("web: v2 -> v1", "web: x"));
    var plan = Said.plan().run(awaiting().build()).snapshot(it -> it.preview(shown));

    assertThat(awaitingApproval(plan))
        .contains("\nIt would change now:\n  b: web: v2 -> v1\n  b: web: x\nkubectl")
        .doesNotContain("another level");

    var many = IntStream.range(0, 50).mapToObj("field %d"::formatted).toList();
    var two = Map.of("b", many, "c", List.of("Destroys: all of it", "DROP TABLE messages"));
    assertThat(
            awaitingApproval(Said.plan().run(awaiting().build()).snapshot(it -> it.preview(two))))
        .contains(
            "  b: field 0\n  c: Destroys: all of it\n  b: field 1\n  c: DROP TABLE messages\n  b: field 2");

    var nothing = Said.plan().run(awaiting().build()).snapshot(it -> it.preview(Map.of()));
    assertThat(awaitingApproval(nothing)).contains("\nIt would change nothing now.\nkubectl");
  }

  private static RunStatusBuilder atTheManualAction() {
    var level = LevelStatus.waiting("again").withHash("abc");
    return Said.run(Phase.Acting).levels(List.of(level)).level(0).action(0);
  }

  @Test
  void aManualActionSaysWhatToDoAndHowToSaySo() {
    var plan = Said.plan().run(atTheManualAction().build()).snapshot(it -> it);

    assertThat(awaitingApproval(plan))
        .startsWith("True ItemWanted: A human is wanted for look: Is it well?\n- shop\n- prices\n")
        .contains("  level: \"again\"\n  item: \"look\"\n  hash: \"abc\"\n", "uid: \"plan-uid\"");
  }

  @Test
  void aManualGateSaysSoWhileItIsAsked() {
    var gate = "{name: eyes, use: OnDemand, interval: 10s, manual: {text: Look.}}";
    var run = atTheManualAction().phase(Phase.Verifying).action(null).asking("eyes").build();
    var plan = Said.plan().gate(gate).run(run).snapshot(it -> it);

    assertThat(awaitingApproval(plan))
        .startsWith("True ItemWanted: A human is wanted for eyes: Look.")
        .contains("\n  item: \"eyes\"\n");
  }

  @Test
  void noHumanIsWantedForOtherActionsAndGates() {
    var other = Said.plan().run(awaiting().phase(Phase.Acting).action(0).build());
    assertThat(awaitingApproval(other.snapshot(it -> it))).isEqualTo("not said");

    var asking = atTheManualAction().phase(Phase.Verifying).asking("api").build();
    assertThat(awaitingApproval(Said.plan().run(asking).snapshot(it -> it))).isEqualTo("not said");

    var entering = atTheManualAction().action(null).build();
    assertThat(awaitingApproval(Said.plan().run(entering).snapshot(it -> it)))
        .isEqualTo("not said");
  }

  @Test
  void nothingIsAskedOtherwise() {
    assertThat(Said.plan().run(Said.run(Phase.Acting).build()).by(QUESTIONS).list()).isEmpty();
    assertThat(Said.plan().by(QUESTIONS).list()).isEmpty();
  }
}
