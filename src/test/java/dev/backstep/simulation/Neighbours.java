package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.TreeSet;

/**
 * NEIGHBOUR: what happens in another namespace is done for a plan of that namespace, with the
 * rights of that namespace, whatever is called the same elsewhere.
 */
final class Neighbours implements SimulatedApiServer.Listener {
  private static final String MARK = "backstep.dev/mark";

  private final Simulation world;
  private final TreeSet<String> namespaces = new TreeSet<>();
  private final TreeSet<String> targets = new TreeSet<>();

  Neighbours(Simulation world) {
    this.world = world;
  }

  @Override
  public void written(SimulatedApiServer.Write write) {
    // An Event goes elsewhere where the namespace takes none any more, and may be lost.
    if (write.namespace().equals(SimulatedApiServer.NAMESPACE)
        || write.resource().equals("events")) {
      return;
    }
    namespaces.add(write.namespace());
    switch (write.resource()) {
      case "deployments", "statefulsets", "daemonsets", "rollouts", "configmaps" -> {
        targets.add(write.resource());
        if (write.writer().operator()) {
          effect(write);
        }
      }
      default -> {}
    }
  }

  private void effect(SimulatedApiServer.Write write) {
    var user = write.writer().request().user();
    require(
        ("system:serviceaccount:%s:runner".formatted(write.namespace())).equals(user),
        "%s was written as %s".formatted(write.name(), user));
    var mark = String.valueOf(Rules.mark(write.after()));
    var claim =
        world.server().get(write.namespace(), SimulatedApiServer.RECORDS, mark.split("/")[0]);
    var plan =
        world.server().get(write.namespace(), SimulatedApiServer.PLANS, ReferenceLadder.PLAN);
    require(
        claim != null
            && plan != null
            && claim.at("/data/ownerUid").equals(plan.at("/metadata/uid")),
        "%s was changed for %s, which is no run of its namespace".formatted(write.name(), mark));
  }

  private void require(boolean holds, String message) {
    if (!holds) {
      world.violated("NEIGHBOUR", message, null);
    }
  }

  /** Why another namespace is not at rest; null: all are. */
  String restless() {
    for (var namespace : namespaces) {
      var plan = world.server().get(namespace, SimulatedApiServer.PLANS, ReferenceLadder.PLAN);
      if (plan != null && unfinished(plan)) {
        return "the run in %s is in %s".formatted(namespace, plan.at("/status/phase").asText());
      }
    }
    return null;
  }

  private static boolean unfinished(JsonNode plan) {
    var run = plan.at("/status/run");
    return plan.at("/spec/run").isObject() && !run.isObject()
        || run.path("active").asBoolean() && !run.path("phase").asText().equals("AwaitingAnswer");
  }

  /** What must be the same however often the operator was killed on the way. */
  String essence() {
    var text = new StringBuilder();
    for (var namespace : namespaces) {
      var plan = world.server().get(namespace, SimulatedApiServer.PLANS, ReferenceLadder.PLAN);
      text.append(namespace).append(' ');
      text.append(plan == null ? "" : plan.at("/status/phase").asText()).append('\n');
      for (var resource : targets) {
        world
            .server()
            .all(namespace, resource)
            .forEach((name, it) -> text.append(name).append(it.path("spec")).append('\n'));
      }
    }
    return text.toString();
  }
}
