package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.in;
import static dev.backstep.simulation.ReferenceLadder.stands;
import static dev.backstep.simulation.ReferenceLadders.COMPLAINTS;
import static dev.backstep.simulation.ReferenceLadders.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** SyncControls that plans hold off, and people: who lets go last, switches it on. */
final class HolderSwitchings {
  /** Name of the second plan. */
  private static final String SECOND = "second";

  private static final String STOP =
      """
      levels:
      - name: stop
        actions:
        - name: stop
          timeout: 2m
          disableSync: {syncControlRef: {name: orders}}
      """;

  private static final String SYNC =
      """
      serviceAccountName: runner
      means:
      - name: worker
        scale: {workloads: [{kind: Deployment, name: worker}]}
      """;

  static final ReferenceLadder HELD =
      plan("held-off")
          .thenState("Mitigated", "Released")
          .thenAnswer("Accept")
          .thenStands("Enabled");

  static final ReferenceLadder UNDONE =
      plan("held-off-undone").thenState("Mitigated", "Undone").thenSees("Undone", "Undone");

  static final ReferenceLadder ABORTED =
      plan("held-off-aborted")
          .thenState("Acting", "Aborted")
          .thenState("Aborted", "Released")
          .madeRacy();

  /** The SyncControl is deleted while it is held: it waits. */
  static final ReferenceLadder DELETED =
      plan("held-off-deleted")
          .then(
              "deletes the SyncControl",
              in("Mitigated"),
              (world, plan) ->
                  world.server().delete("human", SimulatedApiServer.SYNCS, ReferenceLadder.SYNC))
          .thenSync(
              "releases it",
              sync -> sync.path("metadata").has("deletionTimestamp"),
              (world, sync) -> release(world, ReferenceLadder.PLAN));

  /** Somebody takes the plan's entry away: that does not say that it was given back. */
  static final ReferenceLadder ENTRY_TAKEN =
      plan("held-off-entry-taken")
          .then(
              "takes the entry away",
              in("Mitigated"),
              (world, plan) ->
                  world.change(
                      "human",
                      SimulatedApiServer.SYNCS,
                      ReferenceLadder.SYNC,
                      sync -> ((ObjectNode) sync.path("metadata")).remove("annotations")))
          .thenAfter(
              40_000, "releases it", in("Mitigated"), world -> release(world, ReferenceLadder.PLAN))
          .thenAnswer("Accept")
          .thenStands("Enabled");

  /** A plan and a SyncControl scale the same workers down at once, and let go one by one. */
  static final ReferenceLadder SHARED =
      ReferenceLadder.of(
              "held-shared",
              COMPLAINTS + ReferenceLadders.levels(ReferenceLadders.off("stop", "worker")))
          .with(deployment("worker", "app:v1"))
          .with(List.of(ReferenceLadder.sync(SYNC)))
          .then(
              "wants both",
              in("Idle"),
              (world, plan) -> {
                switchTo(world, "Disabled");
                run(plan);
              })
          .then(
              "releases the run",
              in("Mitigated"),
              (world, plan) -> ReferenceLadder.state(plan, "Released"))
          .then("switches it on", in("Released"), (world, plan) -> switchTo(world, "Enabled"))
          .thenSync("sees it on", stands("Enabled").and(held(0, "Enabled")), (world, sync) -> {});

  /** Who holds it, and how each lets go. */
  private enum Holder {
    PLAN {
      @Override
      void letGo(Simulation world) {
        release(world, ReferenceLadder.PLAN);
      }
    },
    OTHER_PLAN {
      @Override
      void letGo(Simulation world) {
        release(world, SECOND);
      }
    },
    PERSON {
      @Override
      void letGo(Simulation world) {
        switchTo(world, "Enabled");
      }
    };

    abstract void letGo(Simulation world);
  }

  static final List<ReferenceLadder> ALL =
      Stream.concat(
              Stream.of(HELD, UNDONE, ABORTED, DELETED, ENTRY_TAKEN, SHARED),
              Stream.of(
                  three(Holder.PLAN, Holder.OTHER_PLAN, Holder.PERSON),
                  three(Holder.PLAN, Holder.PERSON, Holder.OTHER_PLAN),
                  three(Holder.OTHER_PLAN, Holder.PLAN, Holder.PERSON),
                  three(Holder.OTHER_PLAN, Holder.PERSON, Holder.PLAN),
                  three(Holder.PERSON, Holder.PLAN, Holder.OTHER_PLAN),
                  three(Holder.PERSON, Holder.OTHER_PLAN, Holder.PLAN)))
          .toList();

  private HolderSwitchings() {}

  private static ReferenceLadder plan(String name) {
    return ReferenceLadder.of(name, COMPLAINTS + STOP)
        .with(deployment("worker", "app:v2"))
        .with(List.of(ReferenceLadder.sync(SYNC)))
        .thenRun(in("Idle"), "stop");
  }

  /** Two plans and a person hold it, and let go in this order. */
  private static ReferenceLadder three(Holder first, Holder then, Holder last) {
    var name =
        "held-by-three-%s-%s-%s".formatted(first, then, last).toLowerCase().replace('_', '-');
    var second =
        ReferenceLadder.of(name, COMPLAINTS.replace("name: complaints", "name: others") + STOP)
            .subject();
    ((ObjectNode) second.path("metadata")).put("name", SECOND);
    return ReferenceLadder.of(name, COMPLAINTS + STOP)
        .with(deployment("worker", "app:v1"))
        .with(List.of(ReferenceLadder.sync(SYNC), second))
        .then("asks for the run", in("Idle"), (world, plan) -> run(plan))
        .thenPlan(SECOND, "asks for the other run", in("Idle"), (world, plan) -> run(plan))
        .thenPlan(SECOND, "sees it held", in("Mitigated"), (world, plan) -> {})
        .then(
            "switches it off as well", in("Mitigated"), (world, it) -> switchTo(world, "Disabled"))
        .thenSync(first + " lets go", held(2, "Disabled"), (world, sync) -> first.letGo(world))
        .thenSync(then + " lets go", off(first), (world, sync) -> then.letGo(world))
        .thenSync(last + " lets go", off(first, then), (world, sync) -> last.letGo(world))
        .thenSync("sees it on", stands("Enabled").and(held(0, "Enabled")), (world, sync) -> {});
  }

  private static void run(ObjectNode plan) {
    ReferenceLadder.wish(plan, "INC-" + plan.at("/metadata/name").asText(), List.of("stop"));
    ((ObjectNode) plan.at("/spec/run")).put("entry", "Always");
  }

  private static void release(Simulation world, String plan) {
    world
        .human()
        .edit(
            "releases " + plan,
            SimulatedApiServer.PLANS,
            plan,
            it -> ReferenceLadder.state(it, "Released"));
  }

  private static void switchTo(Simulation world, String wish) {
    world
        .human()
        .edit(
            "switches to " + wish,
            SimulatedApiServer.SYNCS,
            ReferenceLadder.SYNC,
            it -> ReferenceLadder.switched(it, wish));
  }

  /** These let go, and it is off still. */
  private static Predicate<JsonNode> off(Holder... gone) {
    var all = List.of(gone);
    var plans = 2 - (int) all.stream().filter(holder -> holder != Holder.PERSON).count();
    return stands("Disabled")
        .and(held(plans, all.contains(Holder.PERSON) ? "Enabled" : "Disabled"));
  }

  private static Predicate<JsonNode> held(int holders, String wish) {
    return sync ->
        sync.at("/status/holders").size() == holders
            && sync.at("/spec/state").asText().equals(wish)
            && sync.at("/status/observedGeneration").equals(sync.at("/metadata/generation"));
  }
}
