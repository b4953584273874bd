package dev.backstep.simulation;

import java.nio.charset.StandardCharsets;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/** One thing goes wrong, at the first request of its kind. */
final class Once extends Trouble {
  private final Predicate<Request> when;
  private final BiFunction<Simulation, Request, Fault> what;
  private Simulation world;
  private boolean over;

  private Once(Predicate<Request> when, BiFunction<Simulation, Request, Fault> what) {
    this.when = when;
    this.what = what;
  }

  /** The process dies before the first change of a target, which is never sent. */
  static Trouble diesBeforeItsEffect() {
    return new Once(Once::effect, (world, request) -> Fault.CRASH_BEFORE);
  }

  /** Somebody changes the target right before the first change of it arrives. */
  static Trouble editedBeforeItsEffect() {
    return new Once(Once::effect, Once::edited);
  }

  /** Somebody scales the target right before it is given back. */
  static Trouble scaledBeforeItsRelease() {
    return new Once(
        request -> effect(request) && text(request).matches(".*remove[^}]*held-replicas.*"),
        (world, request) -> {
          world.change(
              "team",
              resource(request),
              name(request),
              it -> it.withObject("/spec").put("replicas", 2));
          return null;
        });
  }

  /** The process dies once the before-image is kept, and somebody changes the target then. */
  static Trouble editedAfterItsImage() {
    return new Once(
        request -> request.method().equals("POST") && text(request).contains("bs-img-"),
        (world, request) -> {
          world.time().after(100, null, () -> edit(world, "deployments", "web"));
          return Fault.CRASH_LOST;
        });
  }

  /** The process dies after its first effect, and the plan is deleted and applied again. */
  static Trouble recreatedAfterItsEffect() {
    return new Once(
        Once::effect,
        (world, request) -> {
          world.time().after(100, null, () -> Faults.recreate(world, world.plan()));
          return Fault.CRASH_AFTER;
        });
  }

  /** The process dies once a replica was told to switch off, before it hears of it. */
  static Trouble diesAfterItWasTold() {
    return new Once(
        request -> request.isOutside() && request.path().endsWith("/" + SimulatedSwitches.OFF),
        (world, request) -> Fault.CRASH_LOST);
  }

  private static boolean effect(Request request) {
    return request.isEffect() && !request.query().containsKey("dryRun");
  }

  private static Fault edited(Simulation world, Request request) {
    edit(world, resource(request), name(request));
    return null;
  }

  private static void edit(Simulation world, String resource, String name) {
    world.change(
        "team", resource, name, it -> it.withObject("/metadata/annotations").put("note", "seen"));
  }

  private static String text(Request request) {
    return new String(request.body(), StandardCharsets.UTF_8);
  }

  private static String name(Request request) {
    return request.path().substring(request.path().lastIndexOf('/') + 1);
  }

  private static String resource(Request request) {
    var path = request.path().split("/");
    return path[path.length - 2];
  }

  @Override
  void begin(Simulation simulation) {
    world = simulation;
  }

  @Override
  Fault strike(SimulatedProcess process, Request request) {
    if (over || !when.test(request)) {
      return null;
    }
    over = true;
    return what.apply(world, request);
  }
}
