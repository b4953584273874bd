package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.in;
import static dev.backstep.simulation.ReferenceLadders.BACK;
import static dev.backstep.simulation.ReferenceLadders.GATES;
import static dev.backstep.simulation.ReferenceLadders.OTHER;
import static dev.backstep.simulation.ReferenceLadders.both;
import static dev.backstep.simulation.ReferenceLadders.deployment;
import static dev.backstep.simulation.ReferenceLadders.images;
import static dev.backstep.simulation.ReferenceLadders.levels;
import static dev.backstep.simulation.ReferenceLadders.off;
import static dev.backstep.simulation.ReferenceLadders.owned;
import static dev.backstep.simulation.ReferenceLadders.restart;

import java.util.List;

/** Ladders that go where one rule looks: with a mistake there, it is broken by few seeds. */
final class ProvokingLadders {
  /** Somebody else changes what the run had changed, and then all is to be put back. */
  static final ReferenceLadder UNDO_FOREIGN =
      both("undo-foreign", "")
          .thenRun(in("Idle"), "both")
          .then(
              "wants all put back, after a hotfix",
              in("Mitigated"),
              (world, plan) -> {
                world.change(
                    "team",
                    "deployments",
                    "web",
                    it ->
                        Simulation.set(
                            it, "/spec/template/spec/containers/0", "image", "app:hotfix"));
                ReferenceLadder.state(plan, "Undone");
              });

  /** Two questions, one after the other. */
  static final ReferenceLadder ASK_TWICE =
      ReferenceLadder.of(
              "ask-twice",
              GATES
                  + levels(
                      asking(restart("once", "web"))
                          + asking(restart("twice", "web"))
                          + images("back", "web", "app:v1")))
          .with(deployment("web", "app:v2"))
          .thenRun(in("Idle"), "once", "twice", "back")
          .thenAnswer("NextLevel")
          .then(
              "answers NextLevel to the second question",
              in("AwaitingAnswer").and(plan -> plan.at("/status/run/level").asInt() == 1),
              (world, plan) -> ReferenceLadder.answer(plan, "NextLevel"));

  /** The target says that it belongs to a run that is over: that does not count. */
  static final ReferenceLadder OWNED_ENDED =
      ReferenceLadder.of("owned-ended", GATES + BACK)
          .with(owned(deployment("web", "app:v2")), OTHER.replace("active: true", "active: false"))
          .thenRun(in("Idle"), "back");

  /** What is to be held belongs to another run. */
  static final ReferenceLadder OWNED_HOLD =
      ReferenceLadder.of("owned-hold", GATES + levels(off("stop", "web")))
          .with(owned(deployment("web", "app:v2")), OTHER)
          .thenRun(in("Idle"), "stop")
          .then(
              "ends the other run",
              in("AwaitingAnswer"),
              (world, plan) -> {
                world.endOther();
                ReferenceLadder.answer(plan, "Retry");
              });

  static final List<ReferenceLadder> ALL =
      List.of(UNDO_FOREIGN, ASK_TWICE, OWNED_ENDED, OWNED_HOLD);

  private ProvokingLadders() {}

  private static String asking(String level) {
    return level.replaceFirst("\n", "\n  onUnhealthy: Ask\n");
  }
}
