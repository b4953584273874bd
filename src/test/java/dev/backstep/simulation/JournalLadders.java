package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.in;
import static dev.backstep.simulation.ReferenceLadders.BACK;
import static dev.backstep.simulation.ReferenceLadders.GATES;
import static dev.backstep.simulation.ReferenceLadders.deployment;

import java.util.List;

/** Ladders about the journal: each step comes into it, whatever happens to its database. */
final class JournalLadders {
  static final ReferenceLadder JOURNAL =
      ladder("journal").thenRun(in("Idle"), "back").thenSees("Recovered", "Soaked");

  /** It cannot be written from the first effect on, and comes back while the run goes on. */
  static final ReferenceLadder JOURNAL_DOWN =
      ladder("journal-down")
          .thenRun(in("Idle"), "back")
          .then("breaks the database", in("Acting"), (world, plan) -> world.database().down(20_000))
          .thenSees("Recovered", "Soaked");

  /** The plan is deleted while it cannot be written: the plan waits for its last steps. */
  static final ReferenceLadder JOURNAL_DELETED =
      ladder("journal-deleted")
          .thenRun(in("Idle"), "back")
          .then(
              "breaks the database",
              in("Verifying"),
              (world, plan) -> world.database().down(60_000))
          .thenAfter(
              2000,
              "deletes the plan",
              in("Recovered"),
              world ->
                  world.server().delete("human", SimulatedApiServer.PLANS, ReferenceLadder.PLAN));

  static final List<ReferenceLadder> ALL = List.of(JOURNAL, JOURNAL_DOWN, JOURNAL_DELETED);

  private JournalLadders() {}

  private static ReferenceLadder ladder(String name) {
    return ReferenceLadder.of(name, GATES + BACK).with(deployment("web", "app:v2")).withJournal();
  }
}
