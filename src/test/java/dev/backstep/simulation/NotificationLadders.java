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

  static final List<ReferenceLadder> ALL = List.of(TOLD, TOLD_LATER);

  private NotificationLadders() {}

  private static ReferenceLadder ladder(String name) {
    return ReferenceLadder.of(name, GATES + PAGER + BACK).with(deployment("web", "app:v2"));
  }
}
