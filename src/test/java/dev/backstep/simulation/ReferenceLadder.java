package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.v1alpha1.ApprovalSpec.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A plan or a SyncControl, the application it is for, and what its humans do.
 *
 * @param objects the application, and what else is carried on beside the subject
 * @param subject the plan or SyncControl that it is about, as short as a user writes it
 * @param steps what the humans do, one after the other
 * @param racy true: how far it gets depends on who is faster, so ends are not compared
 * @param journal true: the operator keeps a journal
 */
record ReferenceLadder(
    String name,
    List<ObjectNode> objects,
    ObjectNode subject,
    List<HumanStep> steps,
    boolean racy,
    boolean journal) {
  /** Name of the plan. */
  static final String PLAN = "ladder";

  static final String RUN = "INC-1";

  /** Name of the SyncControl. */
  static final String SYNC = "orders";

  /**
   * Something a human does as soon as a plan, or the SyncControl, is so.
   *
   * @param resource what she looks at
   * @param name its name
   */
  record HumanStep(
      String what,
      String resource,
      String name,
      Predicate<JsonNode> when,
      BiConsumer<Simulation, ObjectNode> edit) {}

  static ReferenceLadder of(String name, String plan) {
    var json =
        Json.yaml(
            """
            apiVersion: backstep.dev/v1alpha1
            kind: RollbackPlan
            metadata: {name: ladder, finalizers: [backstep.dev/rollbackplan]}
            spec:
            """
                + plan.indent(2));
    return about(name, json);
  }

  /** About a SyncControl that has these fields. */
  static ReferenceLadder switching(String name, String sync) {
    return about(name, sync(sync));
  }

  private static ReferenceLadder about(String name, ObjectNode subject) {
    ((ObjectNode) subject.path("spec")).put("serviceAccountName", "runner");
    return new ReferenceLadder(name, List.of(), subject, List.of(), false, false);
  }

  /** A SyncControl that has these fields. */
  static ObjectNode sync(String fields) {
    return Json.yaml(
        """
        apiVersion: backstep.dev/v1alpha1
        kind: SyncControl
        metadata: {name: orders, finalizers: [backstep.dev/synccontrol]}
        spec:
        """
            + fields.indent(2));
  }

  ReferenceLadder with(String... yaml) {
    return with(Stream.of(yaml).map(Json::yaml).toList());
  }

  ReferenceLadder with(List<ObjectNode> others) {
    var more = new ArrayList<>(objects);
    more.addAll(others);
    return new ReferenceLadder(name, List.copyOf(more), subject, steps, racy, journal);
  }

  ReferenceLadder then(
      String what, Predicate<JsonNode> when, BiConsumer<Simulation, ObjectNode> edit) {
    return then(new HumanStep(what, SimulatedApiServer.PLANS, PLAN, when, edit));
  }

  /** As soon as a plan is so, by its name. */
  ReferenceLadder thenPlan(
      String plan, String what, Predicate<JsonNode> when, BiConsumer<Simulation, ObjectNode> edit) {
    return then(new HumanStep(what, SimulatedApiServer.PLANS, plan, when, edit));
  }

  private ReferenceLadder then(HumanStep step) {
    var more = new ArrayList<>(steps);
    more.add(step);
    return new ReferenceLadder(name, objects, subject, List.copyOf(more), racy, journal);
  }

  /** As soon as the SyncControl is so. */
  ReferenceLadder thenSync(
      String what, Predicate<JsonNode> when, BiConsumer<Simulation, ObjectNode> edit) {
    return then(new HumanStep(what, SimulatedApiServer.SYNCS, SYNC, when, edit));
  }

  /** Where the switch stands there, somebody does something. */
  ReferenceLadder thenWhere(String standing, String what, Consumer<Simulation> deed) {
    return thenSync(what, stands(standing), (world, it) -> deed.accept(world));
  }

  /** Some time after the switch stands there, somebody wants it so. */
  ReferenceLadder thenSwitchedLater(int millis, String standing, String wish) {
    return thenWhere(
        standing,
        "switches to " + wish + " after a while",
        world ->
            world
                .human()
                .later(
                    millis,
                    millis + 500,
                    () ->
                        world
                            .human()
                            .edit(
                                "switches to " + wish,
                                SimulatedApiServer.SYNCS,
                                SYNC,
                                it -> switched(it, wish))));
  }

  /** Where the switch stands there, somebody wants it so. */
  ReferenceLadder thenSwitched(String standing, String wish) {
    return thenSync("switches to " + wish, stands(standing), (world, it) -> switched(it, wish));
  }

  /** Who looks sees that the switch stands there. */
  ReferenceLadder thenStands(String standing) {
    return thenSync("sees " + standing, stands(standing), (world, it) -> {});
  }

  /** In this phase a human asks for this state. */
  ReferenceLadder thenState(String phase, String state) {
    return then(state + " in " + phase, in(phase), (world, it) -> state(it, state));
  }

  /** In this phase a human gives this answer. */
  ReferenceLadder thenAnswer(String choice) {
    return then("answers " + choice, in("AwaitingAnswer"), (world, it) -> answer(it, choice));
  }

  /** As {@link #thenAnswer}, to the question with this reason. */
  ReferenceLadder thenAnswer(String choice, String reason) {
    return then("answers " + choice, asked(reason), (world, it) -> answer(it, choice));
  }

  /** The same, and says why, as whoever tries again what may have been done has to. */
  ReferenceLadder thenAnswer(String choice, String reason, String comment) {
    return then(
        "answers " + choice,
        asked(reason),
        (world, it) -> {
          answer(it, choice);
          Simulation.set(it, "/spec/run/answer", "comment", comment);
        });
  }

  ReferenceLadder madeRacy() {
    return new ReferenceLadder(name, objects, subject, steps, true, journal);
  }

  /** The same with an operator that keeps a journal. */
  ReferenceLadder withJournal() {
    return new ReferenceLadder(name, objects, subject, steps, racy, true);
  }

  /** The run that the humans ask for, with these levels. */
  ReferenceLadder thenRun(Predicate<JsonNode> when, String... levels) {
    return then("asks for the run", when, (world, it) -> wish(it, RUN, List.of(levels)));
  }

  /** As {@link #thenRun}, but only to see what would happen, or as a drill. */
  ReferenceLadder thenRunAs(String mode, String... levels) {
    return then(
        "asks for a " + mode,
        in("Idle"),
        (world, it) -> {
          wish(it, RUN, List.of(levels));
          ((ObjectNode) it.at("/spec/run")).put("mode", mode);
        });
  }

  /** As soon as the level wants it, this person approves it. */
  ReferenceLadder thenApproval(String user) {
    return then(
        user + " approves",
        in("AwaitingApproval"),
        (world, it) -> world.consent().say(user, Decision.Approve));
  }

  /** As soon as it wants to be approved, this person says no. */
  ReferenceLadder thenRejection(String user) {
    return then(
        user + " says no",
        in("AwaitingApproval"),
        (world, it) -> world.consent().say(user, Decision.Reject));
  }

  /** Somebody names what she sees, and the plan says which levels help. */
  ReferenceLadder thenSymptom(String symptom) {
    return then(
        "sees " + symptom,
        in("Idle"),
        (world, it) -> {
          wish(it, RUN, List.of());
          var run = (ObjectNode) it.at("/spec/run");
          run.remove("levels");
          run.put("symptom", symptom);
        });
  }

  /** When it is so, this person says of a manual gate or action that it is done, or is not. */
  ReferenceLadder thenItem(String user, String item, Decision decision, Predicate<JsonNode> when) {
    // The times of Approvals are whole seconds: in the same second it would be too early.
    return then(
        user + " answers " + item,
        when,
        (world, it) ->
            world.human().later(1100, 2000, () -> world.consent().say(user, decision, item)));
  }

  /** Who looks sees this phase, for this reason. */
  ReferenceLadder thenSees(String phase, String reason) {
    return then(
        "sees " + phase,
        in(phase).and(plan -> plan.at("/status/run/reason").asText().equals(reason)),
        (world, it) -> {});
  }

  /** Some time after it is so. */
  ReferenceLadder thenAfter(
      int millis, String what, Predicate<JsonNode> when, Consumer<Simulation> deed) {
    return then(
        what,
        when,
        (world, it) -> world.human().later(millis, millis + 500, () -> deed.accept(world)));
  }

  /** Asks for a new run. */
  static void wish(ObjectNode plan, String id, List<String> levels) {
    var run = ((ObjectNode) plan.path("spec")).putObject("run");
    run.put("id", id).put("reason", "the shop shows errors").put("requestedBy", "alice");
    levels.forEach(run.putArray("levels")::add);
  }

  static void state(ObjectNode plan, String state) {
    ((ObjectNode) plan.at("/spec/run")).put("state", state).put("stateBy", "carol");
  }

  static void answer(ObjectNode plan, String choice) {
    ((ObjectNode) plan.at("/spec/run"))
        .putObject("answer")
        .put("question", plan.at("/status/run/question/id").asText())
        .put("choice", choice)
        .put("by", "bob");
  }

  /** Somebody wants a SyncControl so. */
  static void switched(ObjectNode sync, String wish) {
    ((ObjectNode) sync.path("spec")).put("state", wish);
  }

  /** The switch stands there. */
  static Predicate<JsonNode> stands(String state) {
    return sync -> sync.at("/status/state").asText().equals(state);
  }

  static Predicate<JsonNode> in(String phase) {
    return plan -> plan.at("/status/phase").asText().equals(phase);
  }

  /** The question is this one. */
  static Predicate<JsonNode> asked(String reason) {
    return plan -> plan.at("/status/run/question/reason").asText().equals(reason);
  }

  @Override
  public String toString() {
    return name;
  }
}
