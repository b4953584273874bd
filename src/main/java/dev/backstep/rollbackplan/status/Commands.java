package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.approval.ApprovalCommand;
import dev.backstep.rollbackplan.view.PlanView;
import java.util.Optional;
import java.util.stream.Collectors;

/** The commands that conditions tell a human to use, each on lines of its own to be copied. */
final class Commands {
  private static final String ANSWER =
      """

      kubectl -n %s patch rollbackplan %s --type=merge -p '{"spec":{"run":{"answer":{"question":"%s","choice":"%s","by":"YOUR NAME"}}}}'\
      """;
  private static final String STATE =
      """

      kubectl -n %s patch rollbackplan %s --type=merge -p '{"spec":{"run":{"state":"%s","stateBy":"YOUR NAME"}}}'\
      """;

  private Commands() {}

  /** How to answer the run's question. */
  static String answer(PlanView view, RunStatus run) {
    var metadata = view.plan().getMetadata();
    var choices =
        run.question().choices().stream().map(Enum::name).collect(Collectors.joining("|"));
    return ANSWER.formatted(
        metadata.getNamespace(), metadata.getName(), run.question().id(), choices);
  }

  /** How to ask for a state of the run. */
  static String state(PlanView view, String state) {
    var metadata = view.plan().getMetadata();
    return STATE.formatted(metadata.getNamespace(), metadata.getName(), state);
  }

  /** How to approve the level, or the undo, that waits. */
  static String approve(PlanView view, RunStatus run) {
    var approval = run.approval();
    var undo = Optional.ofNullable(approval.undo()).map(ApprovalStatus.Undo::action);
    return approval(view, run, approval.level(), undo, approval.hash());
  }

  /** How to say that a manual action was done, or that a manual gate is green. */
  static String confirm(PlanView view, RunStatus run, String item) {
    var level = run.levels().get(run.level());
    return approval(view, run, level.name(), Optional.of(item), level.hash());
  }

  private static String approval(
      PlanView view, RunStatus run, String level, Optional<String> item, String hash) {
    return new ApprovalCommand(view.plan(), run.id(), Optional.of(level), item, hash).text();
  }
}
