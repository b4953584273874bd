package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.value.Manual;
import dev.backstep.condition.Conditions;
import dev.backstep.measure.Verdict;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.text.Sentences;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the run wants of a human: AwaitingAnswer, AwaitingApproval. */
final class Questions implements Says {
  @Override
  public void say(Conditions conditions, PlanView view, RollbackPlanStatus core) {
    var run = core.run();
    if (run == null) {
      return;
    }
    if (run.question() != null) {
      conditions.say(
          ConditionTypes.AWAITING_ANSWER,
          true,
          run.reason(),
          "Question %s: %s%s%s"
              .formatted(
                  run.question().id(),
                  run.question().message(),
                  healthyNow(view),
                  Commands.answer(view, run)));
    }
    if (run.phase() == Phase.AwaitingApproval) {
      conditions.say(
          ConditionTypes.AWAITING_APPROVAL,
          true,
          run.reason(),
          run.message()
              + given(run.approval())
              + (run.approval().undo() == null ? healthyNow(view) + changes(view) : "")
              + Commands.approve(view, run));
    }
    wanted(view, run).ifPresent(item -> manual(conditions, view, run, item));
  }

  /** How many agreed is said whatever was said last, such as that nobody answered in time. */
  private static String given(ApprovalStatus approval) {
    var who =
        approval.given().stream()
            .map(ApprovalStatus.Given::user)
            .collect(Collectors.joining(", ", " (", ")"));
    return " %d of %d approved so far%s."
        .formatted(
            approval.given().size(), approval.wants(), approval.given().isEmpty() ? "" : who);
  }

  /** What the level would change now, as the API server said when it was asked. */
  private static String changes(PlanView view) {
    var preview = view.snapshot() == null ? null : view.snapshot().preview();
    if (preview == null || view.snapshot().level() == null) {
      return "";
    }
    var lines = inTurn(view.snapshot().level().actions(), preview);
    return lines.isEmpty()
        ? "\nIt would change nothing now."
        : "\nIt would change now:\n%s"
            .formatted(
                Sentences.all(lines, "a run of mode DryRun shows all").indent(2).stripTrailing());
  }

  /**
   * The first line of each action, then the second one: who has many leaves room for the others.
   */
  private static List<String> inTurn(List<Action> actions, Map<String, List<String>> preview) {
    var lines = new ArrayList<String>();
    var most = preview.values().stream().mapToInt(List::size).max().orElse(0);
    for (var turn = 0; turn < most; turn++) {
      for (var action : actions) {
        preview.getOrDefault(action.name(), List.of()).stream()
            .skip(turn)
            .limit(1)
            .forEach(line -> lines.add("%s: %s\n".formatted(action.name(), line)));
      }
    }
    return lines;
  }

  /** While a human thinks, the system may recover by itself: that is said, and nothing is done. */
  private static String healthyNow(PlanView view) {
    var snapshot = view.snapshot();
    if (snapshot == null) {
      return "";
    }
    var gates = snapshot.judges().decidingGates();
    var healthy = gates.stream().allMatch(gate -> snapshot.verdict(gate) == Verdict.HEALTHY);
    return healthy && !gates.isEmpty() ? " All gates are healthy now." : "";
  }

  /** Something that a human does or looks at. */
  private record Item(String name, Manual manual) {}

  /** The manual action that is under way, or the manual gate that is asked just now. */
  private static Optional<Item> wanted(PlanView view, RunStatus run) {
    var snapshot = view.snapshot();
    if (snapshot == null || run.level() == null || run.levels().get(run.level()).hash() == null) {
      return Optional.empty();
    }
    return run.asking() != null ? gate(snapshot, run.asking()) : action(snapshot, run);
  }

  private static Optional<Item> gate(RunSnapshot snapshot, String name) {
    return snapshot.plan().gates().stream()
        .filter(gate -> gate.name().equals(name) && gate.manual() != null)
        .map(gate -> new Item(name, gate.manual()))
        .findFirst();
  }

  private static Optional<Item> action(RunSnapshot snapshot, RunStatus run) {
    if (run.phase() != Phase.Acting || run.action() == null) {
      return Optional.empty();
    }
    return snapshot.levelNamed(run.levels().get(run.level()).name()).actions().stream()
        .skip(run.action())
        .limit(1)
        .filter(action -> action.manual() != null)
        .map(action -> new Item(action.name(), action.manual()))
        .findFirst();
  }

  private static void manual(Conditions conditions, PlanView view, RunStatus run, Item item) {
    var list = item.manual().checklist();
    var steps = list == null ? "" : "\n- " + String.join("\n- ", list);
    conditions.say(
        ConditionTypes.AWAITING_APPROVAL,
        true,
        Reasons.ITEM_WANTED,
        "A human is wanted for %s: %s%s\nThen say so (Reject: not done, or not well):%s"
            .formatted(
                item.name(),
                Sentences.bounded(item.manual().text()),
                Sentences.bounded(steps),
                Commands.confirm(view, run, item.name())));
  }
}
