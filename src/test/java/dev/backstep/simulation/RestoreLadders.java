package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.in;
import static dev.backstep.simulation.ReferenceLadders.GATES;
import static dev.backstep.simulation.ReferenceLadders.deployment;
import static dev.backstep.simulation.ReferenceLadders.levels;
import static dev.backstep.simulation.ReferenceLadders.wedged;

import dev.backstep.api.v1alpha1.ApprovalSpec.Decision;
import java.util.List;

/** A database is replaced by a backup, on a server that shows what is done to it. */
final class RestoreLadders {
  static final ReferenceLadder RESTORE_UNDONE =
      restore("restore-undone")
          .thenApproval("carol")
          .thenState("Recovered", "Undone")
          .thenApproval("dave")
          .thenSees("Undone", "Undone");

  /** Who has it undone may not agree to it, and somebody says no before another one says yes. */
  static final ReferenceLadder RESTORE_UNDO_REJECTED =
      restore("restore-undo-rejected")
          .thenApproval("carol")
          .thenState("Recovered", "Undone")
          .thenRejection("dave")
          .thenAnswer("Retry", "UndoRejected")
          .thenApproval("erin")
          .thenSees("Undone", "Undone");

  /** Somebody stops it, wherever it is, and has everything put back. */
  static final ReferenceLadder RESTORE_ABORTED =
      restore("restore-aborted")
          .thenApproval("carol")
          .then(
              "aborts it after a while",
              in("Acting"),
              (world, plan) ->
                  world
                      .human()
                      .later(
                          500,
                          30_000,
                          () ->
                              world
                                  .human()
                                  .edit("aborts", it -> ReferenceLadder.state(it, "Aborted"))))
          .thenState("Aborted", "Undone")
          .then(
              "dave approves that, if he is asked",
              in("AwaitingApproval").or(in("Undone")),
              (world, it) -> world.consent().say("dave", Decision.Approve))
          .madeRacy();

  static final ReferenceLadder RESTORE_DRILL =
      ladder("restore-drill").thenRunAs("Drill", "only").thenSees("Completed", "Drilled");

  static final List<ReferenceLadder> ALL =
      List.of(RESTORE_UNDONE, RESTORE_UNDO_REJECTED, RESTORE_ABORTED, RESTORE_DRILL);

  private RestoreLadders() {}

  private static ReferenceLadder restore(String name) {
    return ladder(name).thenRun(in("Idle"), "only");
  }

  private static ReferenceLadder ladder(String name) {
    var level =
        """
        - name: only
          approval: {approvers: 1}
          actions:
          - name: data
            timeout: 10m
            inDrill: Run
            dbRestore:
              target: {databaseRef: {name: orders-admin}}
              source: {from: {volume: {claimName: backups}}, path: orders.dump}
              quiesce: {workloads: [{kind: Deployment, name: web}]}
              safetyBackup: {to: {volume: {claimName: backups}}, prefix: before-}
              verify:
              - {name: orders, query: SELECT count(*) FROM orders,
                 successCondition: value == 100 && before == 7}
        """;
    return ReferenceLadder.of(name, GATES + levels(level))
        .with(wedged(deployment("web", "app:v1")));
  }
}
