package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.stands;
import static dev.backstep.simulation.ReferenceLadders.deployment;

import java.util.List;

/** SyncControls that are switched off and on again: each means by itself, and several at once. */
final class ReferenceSwitchings {
  private static final String WORKER =
      """
      - name: worker
        scale: {workloads: [{kind: Deployment, name: worker}]}
      """;

  static final ReferenceLadder SCALE =
      means("switch-scale", WORKER)
          .with(deployment("worker", "app:v1"))
          .thenSwitched("Enabled", "Disabled")
          .thenSwitched("Disabled", "Enabled")
          .thenStands("Enabled");

  /** The right is missing for a while; nobody tries it again and again without a pause. */
  static final ReferenceLadder FORBIDDEN =
      means("switch-forbidden", WORKER)
          .with(deployment("worker", "app:v1"))
          .thenSync(
              "takes the right away, and switches to Disabled",
              stands("Enabled"),
              (world, it) -> {
                world.forbid(90_000);
                ReferenceLadder.switched(it, "Disabled");
              })
          .thenStands("DisableFailed")
          .thenSwitched("Disabled", "Enabled")
          .thenStands("Enabled");

  static final List<ReferenceLadder> ALL = List.of(SCALE, FORBIDDEN);

  private ReferenceSwitchings() {}

  private static ReferenceLadder means(String name, String means) {
    return ReferenceLadder.switching(name, "means:\n" + means);
  }
}
