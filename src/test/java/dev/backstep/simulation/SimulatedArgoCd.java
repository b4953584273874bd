package dev.backstep.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Plays Argo CD: Deployment web gets the image that its Application's revision is called, whenever
 * the Application syncs by itself, and from an operation that runs, whatever the Application says.
 */
final class SimulatedArgoCd implements SimulatedApiServer.Listener {
  static final String APPLICATIONS = "applications";

  private static final String WHO = "argocd";
  private static final String TARGET = "web";
  private static final String REFRESH = "argocd.argoproj.io/refresh";

  /** An operation that nobody ends lasts so long. */
  private static final long OPERATION = 8_000;

  private final Simulation world;

  SimulatedArgoCd(Simulation world) {
    this.world = world;
  }

  @Override
  public void written(SimulatedApiServer.Write write) {
    if (write.after() == null) {
      return;
    }
    if (write.resource().equals(APPLICATIONS)) {
      application(write);
    } else if (write.resource().equals("deployments") && write.name().equals(TARGET)) {
      world.server().all(APPLICATIONS).keySet().forEach(this::healSoon);
    }
  }

  private void application(SimulatedApiServer.Write write) {
    var name = write.name();
    healSoon(name);
    if (Json.annotation(write.after(), REFRESH) != null) {
      soon(() -> compare(name));
    }
    if (phase(write.after()).equals("Terminating")) {
      soon(() -> ended(name, "Terminating", "Failed"));
    }
    if (write.before() == null && phase(write.after()).equals("Running")) {
      world.time().after(OPERATION, null, () -> operate(name));
    }
  }

  private static String phase(ObjectNode application) {
    return application.at("/status/operationState/phase").asText();
  }

  private void soon(Runnable work) {
    world.time().after(world.time().between(50, 300), null, work);
  }

  private void healSoon(String name) {
    soon(() -> heal(name));
  }

  private void heal(String name) {
    var live = world.server().get(APPLICATIONS, name);
    var automated = live == null ? null : live.at("/spec/syncPolicy/automated");
    if (automated != null && automated.isObject() && automated.path("enabled").asBoolean(true)) {
      deploy(live);
    }
  }

  private void deploy(ObjectNode application) {
    world.change(
        WHO,
        "deployments",
        TARGET,
        it ->
            ((ObjectNode) it.at("/spec/template/spec/containers/0"))
                .put("image", git(application)));
  }

  private static String git(ObjectNode application) {
    return application.at("/spec/source/targetRevision").asText();
  }

  private void operate(String name) {
    var live = world.server().get(APPLICATIONS, name);
    if (live != null && phase(live).equals("Running")) {
      deploy(live);
      ended(name, "Running", "Succeeded");
    }
  }

  private void ended(String name, String from, String to) {
    world.change(
        WHO,
        APPLICATIONS,
        name,
        it -> {
          if (phase(it).equals(from)) {
            ((ObjectNode) it.at("/status/operationState")).put("phase", to);
            it.remove("operation");
          }
        });
  }

  private void compare(String name) {
    var target = world.server().get("deployments", TARGET);
    world.change(
        WHO,
        APPLICATIONS,
        name,
        it -> {
          var same =
              target != null
                  && target.at("/spec/template/spec/containers/0/image").asText().equals(git(it));
          var said = same ? "Synced" : "OutOfSync";
          it.withObject("/status/sync").put("status", said);
          ((ObjectNode) it.path("status"))
              .putArray("resources")
              .addObject()
              .put("kind", "Deployment")
              .put("name", TARGET)
              .put("status", said);
          it.withObject("/metadata/annotations").remove(REFRESH);
        });
  }
}
