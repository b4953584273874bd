package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.simulation.ReferenceLadder.HumanStep;
import java.util.List;
import java.util.function.Consumer;

/** Does what the ladder's humans do, a moment after they see what they wait for. */
final class Human implements SimulatedApiServer.Listener {
  private final Simulation world;
  private final List<HumanStep> steps;
  private int next;
  private boolean acting;
  private int busy;

  Human(Simulation world, List<HumanStep> steps) {
    this.world = world;
    this.steps = steps;
  }

  /** True when nobody is about to do something. */
  boolean idle() {
    return busy == 0;
  }

  /** What the ladder's humans wanted to do next and never came to; empty: they did it all. */
  String leftUndone() {
    return next == steps.size() ? "" : steps.get(next).what();
  }

  @Override
  public void written(SimulatedApiServer.Write write) {
    if (!acting && next < steps.size() && write.after() != null) {
      var step = steps.get(next);
      if (write.resource().equals(step.resource()) && write.name().equals(step.name())) {
        look(step, write.after());
      }
    }
  }

  private void look(HumanStep step, ObjectNode at) {
    if (step.when().test(at)) {
      next++;
      acting = true;
      later(300, 2000, () -> act(step));
    }
  }

  private void act(HumanStep step) {
    acting = false;
    edit(step.what(), step.resource(), step.name(), it -> step.edit().accept(world, it));
    // The next step may be due already.
    if (!acting && next < steps.size()) {
      var following = steps.get(next);
      var live = world.server().get(following.resource(), following.name());
      if (live != null) {
        look(following, live);
      }
    }
  }

  /** Does something within this time; until then the world is not at rest. */
  void later(long least, long most, Runnable what) {
    busy++;
    world
        .time()
        .after(
            world.time().between(least, most),
            null,
            () -> {
              busy--;
              what.run();
            });
  }

  /** Edits the plan as far as the API server's rules allow it. */
  void edit(String what, Consumer<ObjectNode> change) {
    edit(what, SimulatedApiServer.PLANS, ReferenceLadder.PLAN, change);
  }

  /** Edits a plan or a SyncControl, by its name. */
  void edit(String what, String resource, String name, Consumer<ObjectNode> change) {
    var live = world.server().get(resource, name);
    if (live == null) {
      return;
    }
    var changed = live.deepCopy();
    change.accept(changed);
    var allowed = allowed(live, changed);
    world.trace(() -> "human " + what + (allowed ? "" : ": refused"));
    // Whoever only looked, or did something to another one meanwhile, writes nothing here.
    if (allowed && !changed.equals(live)) {
      world.server().put("human", resource, changed);
    }
  }

  /** The validation rules of the CustomResourceDefinition that couple spec and status. */
  private static boolean allowed(JsonNode live, JsonNode after) {
    var old = live.at("/spec/run");
    var run = after.at("/spec/run");
    if (old.equals(run)) {
      return true;
    }
    var known = after.at("/status/run/id");
    var active = after.at("/status/run/active").asBoolean();
    if (active && !(run.path("id").equals(known) || run.path("id").equals(old.path("id")))) {
      return false;
    }
    var state = run.path("state").asText("Running");
    if (!state.equals("Running") && !run.path("id").equals(known)) {
      return false;
    }
    var fresh = !run.path("id").equals(old.path("id")) && !run.path("id").equals(known);
    if (fresh && run.has("answer")) {
      return false;
    }
    // A question of the release is answered while the state still says so.
    var before = run.path("id").equals(old.path("id")) ? old.path("state").asText() : "";
    return !state.equals("Released")
        || before.equals("Released")
        || !active
        || !run.path("id").equals(known);
  }
}
