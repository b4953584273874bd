package dev.backstep.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;

/** Plays KEDA: what a ScaledObject scales has no replicas while that is paused, and else three. */
final class SimulatedKeda implements SimulatedApiServer.Listener {
  static final String PAUSED = "autoscaling.keda.sh/paused-replicas";

  private static final int WANTED = 3;

  private final Simulation world;

  SimulatedKeda(Simulation world) {
    this.world = world;
  }

  @Override
  public void written(SimulatedApiServer.Write write) {
    if (write.resource().equals("scaledobjects") && write.after() != null) {
      var before = write.before() == null ? null : Json.annotation(write.before(), PAUSED);
      if (write.before() == null
          || !Objects.equals(before, Json.annotation(write.after(), PAUSED))) {
        world.time().after(world.time().between(50, 400), null, () -> scale(write.name()));
      }
    }
  }

  private void scale(String name) {
    var live = world.server().get("scaledobjects", name);
    if (live == null) {
      return;
    }
    var paused = Json.annotation(live, PAUSED);
    var replicas = paused == null ? WANTED : Integer.parseInt(paused);
    world.change(
        SimulatedControllers.WHO,
        "deployments",
        live.at("/spec/scaleTargetRef/name").asText(),
        it -> it.withObject("/spec").put("replicas", replicas));
    world.server().putStatus(SimulatedControllers.WHO, "scaledobjects", said(live, paused));
  }

  private static ObjectNode said(ObjectNode live, String paused) {
    var said = live.deepCopy();
    var status = said.putObject("status");
    status
        .putArray("conditions")
        .addObject()
        .put("type", "Paused")
        .put("status", paused == null ? "False" : "True");
    if (paused != null) {
      status.put("pausedReplicaCount", Integer.parseInt(paused));
    }
    return said;
  }
}
