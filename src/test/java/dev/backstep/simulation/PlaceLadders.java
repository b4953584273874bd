package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.in;
import static dev.backstep.simulation.ReferenceLadders.BACK;
import static dev.backstep.simulation.ReferenceLadders.COMPLAINTS;
import static dev.backstep.simulation.ReferenceLadders.GATES;
import static dev.backstep.simulation.ReferenceLadders.deployment;
import static dev.backstep.simulation.ReferenceLadders.levels;
import static dev.backstep.simulation.ReferenceLadders.off;

import java.util.List;

/** Ladders about where plans are, and about plans and namespaces that go. */
final class PlaceLadders {
  private static final String MALL = "mall";

  /** A plan of the same name, with a run of the same id, on a workload of the same name. */
  static final ReferenceLadder TWO_NAMESPACES =
      ReferenceLadder.of("two-namespaces", GATES + BACK)
          .with(deployment("web", "app:v2"), elsewhere(deployment("web", "app:v2")), inTheMall())
          .thenRun(in("Idle"), "back")
          .thenSees("Recovered", "Soaked");

  /** The plan is deleted while it holds something. */
  static final ReferenceLadder DELETED =
      held("deleted")
          .thenAfter(
              1000,
              "deletes the plan",
              in("Mitigated"),
              world ->
                  world.server().delete("human", SimulatedApiServer.PLANS, ReferenceLadder.PLAN));

  /** The namespace is deleted while something is held in it: nothing can be kept any more. */
  static final ReferenceLadder TERMINATING =
      held("terminating")
          .thenAfter(
              1000,
              "deletes the namespace",
              in("Mitigated"),
              world -> new NamespaceDeletion(world, 12_000).begin());

  /** The same while the run is open. */
  static final ReferenceLadder TERMINATING_OPEN =
      ReferenceLadder.of("terminating-open", COMPLAINTS + levels(off("stop", "worker")))
          .with(deployment("worker", "app:v2"))
          .thenRun(in("Idle"), "stop")
          .thenAfter(
              500,
              "deletes the namespace",
              in("Acting"),
              world -> new NamespaceDeletion(world, 12_000).begin())
          .madeRacy();

  static final List<ReferenceLadder> ALL =
      List.of(TWO_NAMESPACES, DELETED, TERMINATING, TERMINATING_OPEN);

  private PlaceLadders() {}

  private static ReferenceLadder held(String name) {
    return ReferenceLadder.of(name, COMPLAINTS + levels(off("stop", "worker")))
        .with(deployment("worker", "app:v2"))
        .thenRun(in("Idle"), "stop");
  }

  private static String elsewhere(String object) {
    return object.replace("labels: {team: shop}", "namespace: %s".formatted(MALL));
  }

  private static String inTheMall() {
    var plan = ReferenceLadder.of("mall", GATES + BACK).subject();
    ReferenceLadder.wish(plan, ReferenceLadder.RUN, List.of("back"));
    plan.withObject("/metadata").put("namespace", MALL);
    return plan.toString();
  }
}
