package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.in;
import static dev.backstep.simulation.ReferenceLadders.BACK;
import static dev.backstep.simulation.ReferenceLadders.GATES;
import static dev.backstep.simulation.ReferenceLadders.deployment;

import java.util.List;

/** Ladders about who is told how a run goes. */
final class NotificationLadders {
  private static final String PAGER =
      """
      notifications:
      - {name: pager, service: {name: pager, port: 80}}
      """;

  static final ReferenceLadder TOLD =
      ladder("told").thenRun(in("Idle"), "back").thenSees("Recovered", "Soaked");

  /** Nobody takes anything from the first effect on, and the run does not wait. */
  static final ReferenceLadder TOLD_LATER =
      ladder("told-later")
          .thenRun(in("Idle"), "back")
          .then(
              "sends everybody to sleep",
              in("Acting"),
              (world, plan) -> world.outside().pager().away(90_000))
          .thenSees("Recovered", "Soaked");

  /** The next run begins before anybody was told of the end of the one before. */
  static final ReferenceLadder TOLD_NEXT =
      ladder("told-next")
          .thenRun(in("Idle"), "back")
          .then(
              "sends everybody to sleep",
              in("Soaking"),
              (world, plan) -> world.outside().pager().away(90_000))
          .then(
              "asks for another run",
              in("Recovered"),
              (world, plan) -> ReferenceLadder.wish(plan, "INC-2", List.of("back")))
          .thenSees("Recovered", "AlreadyHealthy");

  static final List<ReferenceLadder> ALL = List.of(TOLD, TOLD_LATER, TOLD_NEXT);

  private NotificationLadders() {}

  private static ReferenceLadder ladder(String name) {
    return ReferenceLadder.of(name, GATES + PAGER + BACK).with(deployment("web", "app:v2"));
  }
}
