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

  /** Another plan's run is over, and holds what is to be set: it is as wanted for that reason. */
  static final ReferenceLadder HELD_ELSEWHERE =
      ReferenceLadder.of(
              "held-elsewhere",
              GATES
                  + levels(
                      """
                      - name: safe
                        actions:
                        - name: safe
                          timeout: 2m
                          setConfig: {configMap: {name: settings, data: {mode: safe}}}
                      """))
          .with(
              deployment("web", "app:v2"),
              """
              apiVersion: v1
              kind: ConfigMap
              metadata:
                name: settings
                labels: {team: shop}
                annotations: {backstep.dev/owner: bs-run-other}
              data: {mode: safe}
              """,
              OTHER.replace("active: true, phase: Acting", "active: false, phase: Mitigated")
                  + """
                    holds:
                    - {run: INC-0, claim: bs-run-other, action: flag, type: setConfig, kind: ConfigMap,
                       name: settings, original: mode=fast, held: mode=safe, since: "2026-01-01T00:00:00Z"}
                  """)
          .thenRun(in("Idle"), "safe")
          .then(
              "gives back what the other plan holds",
              in("AwaitingAnswer")
                  .and(
                      plan -> plan.at("/status/run/question/reason").asText().equals("TargetHeld")),
              (world, plan) -> {
                world.releaseOther();
                ReferenceLadder.answer(plan, "Retry");
              });

  static final List<ReferenceLadder> ALL =
      List.of(UNDO_FOREIGN, ASK_TWICE, OWNED_ENDED, OWNED_HOLD, HELD_ELSEWHERE);

  private ProvokingLadders() {}

  private static String asking(String level) {
    return level.replaceFirst("\n", "\n  onUnhealthy: Ask\n");
  }
}
