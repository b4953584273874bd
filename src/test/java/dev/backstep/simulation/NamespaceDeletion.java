package dev.backstep.simulation;

import java.util.List;

/**
 * Plays the namespace controller: from now on nothing can be created in the home namespace, and one
 * kind of object after the other is deleted, the ServiceAccount's rights among them.
 */
final class NamespaceDeletion {
  private static final String WHO = "namespace-controller";

  private static final List<String> RESOURCES =
      List.of(
          SimulatedApiServer.PLANS,
          SimulatedApiServer.SYNCS,
          "cronjobs",
          "scaledobjects",
          "applications",
          "configmaps",
          SimulatedApiServer.RECORDS,
          "serviceaccounts",
          "rollouts",
          "daemonsets",
          "statefulsets",
          "deployments",
          "pods");

  private final Simulation world;
  private final int slowest;

  /**
   * @param slowest the last kind of object is gone after so many milliseconds
   */
  NamespaceDeletion(Simulation world, int slowest) {
    this.world = world;
    this.slowest = slowest;
  }

  /** All in the order of the list. */
  void begin() {
    begin(RESOURCES);
  }

  /** All in this order. */
  void begin(List<String> order) {
    world.server().terminate(SimulatedApiServer.NAMESPACE);
    for (var i = 0; i < order.size(); i++) {
      var resource = order.get(i);
      world.time().after((long) slowest * i / order.size(), null, () -> delete(resource));
    }
  }

  static List<String> resources() {
    return RESOURCES;
  }

  private void delete(String resource) {
    world.trace(() -> "the namespace's " + resource + " are deleted");
    for (var name : List.copyOf(world.server().all(resource).keySet())) {
      world.server().delete(WHO, resource, name);
    }
    if (resource.equals("serviceaccounts")) {
      world.forbid(Integer.MAX_VALUE);
    }
  }
}
