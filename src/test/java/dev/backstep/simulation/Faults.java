package dev.backstep.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.v1alpha1.ApprovalSpec.Decision;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.claim.Claims;
import dev.backstep.measure.Reading;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Faults as a seed decides: each history has some kinds of fault, some often and some rarely, so
 * that rare combinations come up as well. After a while they stop.
 */
final class Faults extends Trouble {
  private static final List<Fault> ON_THE_WIRE =
      List.of(
          Fault.CRASH_BEFORE,
          Fault.CRASH_LATE,
          Fault.CRASH_LOST,
          Fault.CRASH_AFTER,
          Fault.LOST_RESPONSE,
          Fault.UNAVAILABLE,
          Fault.DUPLICATE_REQUEST,
          Fault.SLOW_REQUEST,
          Fault.ZOMBIE,
          Fault.FOREIGN_EDIT,
          Fault.FOREIGN_SCALE);

  private static final List<Fault> AT_A_MOMENT =
      List.of(
          Fault.CRASH_IDLE,
          Fault.TWO_LEADERS,
          Fault.FOREIGN_EDIT,
          Fault.FOREIGN_SCALE,
          Fault.FORBIDDEN,
          Fault.STALE_CACHE,
          Fault.DUPLICATE_EVENT,
          Fault.HUMAN_ABORT,
          Fault.HUMAN_RELEASE,
          Fault.HUMAN_PAUSE,
          Fault.HUMAN_UNDO,
          Fault.POLICY_OFF,
          Fault.STALE_ANSWER,
          Fault.SPEC_EDIT,
          Fault.SUSPENDED,
          Fault.CAUSE,
          Fault.JOURNAL_DOWN,
          Fault.NEXT_RUN);

  /** These end what the ladder is about, so most histories are without. */
  private static final List<Fault> GRAVE =
      List.of(
          Fault.WIPED_STATUS,
          Fault.RECREATED_PLAN,
          Fault.DELETED_PLAN,
          Fault.DELETED_TARGET,
          Fault.RECREATED_TARGET,
          Fault.DELETED_NAMESPACE,
          Fault.DELETED_IMAGE);

  private final Random random;
  private final Map<Fault, Integer> likely = new EnumMap<>(Fault.class);
  private final long lasts;
  private final boolean events;
  private final boolean journal;
  private Simulation world;
  private long moodUntil;
  private Reading.Color mood;
  private int runs = 1;

  Faults(long seed) {
    random = new Random(seed * 31 + 7);
    lasts = 30_000 + random.nextInt(70_000);
    events = chance(20);
    journal = chance(15);
    for (var fault : Fault.values()) {
      if (GRAVE.contains(fault) ? chance(8) : chance(35)) {
        likely.put(fault, 1 + random.nextInt(4));
      }
    }
  }

  @Override
  boolean lively() {
    return true;
  }

  @Override
  boolean withEvents() {
    return events;
  }

  @Override
  boolean withJournal() {
    return journal;
  }

  @Override
  long lasts() {
    return lasts;
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private boolean over() {
    return world.time().elapsed() >= lasts;
  }

  @Override
  Fault strike(SimulatedProcess process, Request request) {
    if (over()) {
      return null;
    }
    for (var fault : ON_THE_WIRE) {
      var rate = likely.get(fault);
      if (rate != null && random.nextInt(1000) < rate * weight(request)) {
        var foreign = fault == Fault.FOREIGN_EDIT || fault == Fault.FOREIGN_SCALE;
        if (!foreign) {
          return fault;
        }
        if (request.isEffect() || intends(request)) {
          foreign(fault, target(request));
        }
      }
    }
    return null;
  }

  /** The status write that records what is about to be changed. */
  private static boolean intends(Request request) {
    return request.isStatusWrite()
        && new String(request.body(), StandardCharsets.UTF_8).contains("\"EffectIntended\"");
  }

  /** The workload that an effect is about to change; else any. */
  private String target(Request request) {
    var name = request.path().substring(request.path().lastIndexOf('/') + 1);
    var known = request.isEffect() && world.controllers().workloads().contains(name);
    return known && chance(70) ? name : anyWorkload();
  }

  /** Most is learned where something is written. */
  private static int weight(Request request) {
    if (request.isEffect() || intends(request)) {
      return 25;
    }
    return request.isStatusWrite() ? 12 : request.writes() ? 6 : 2;
  }

  @Override
  void begin(Simulation simulation) {
    world = simulation;
    for (var fault : AT_A_MOMENT) {
      for (var i = 0; i < likely.getOrDefault(fault, 0); i++) {
        at(fault);
      }
    }
    for (var fault : GRAVE) {
      if (likely.containsKey(fault)) {
        at(fault);
      }
    }
    for (var i = 0; i < likely.getOrDefault(Fault.GATE_ERROR, 0); i++) {
      world.time().after(random.nextInt((int) lasts), null, () -> moody(Fault.GATE_ERROR));
    }
    for (var i = 0; i < likely.getOrDefault(Fault.FLAPPING_GATE, 0); i++) {
      world.time().after(random.nextInt((int) lasts), null, () -> moody(Fault.FLAPPING_GATE));
    }
    world.server().listen(this::answer);
    world.server().listen(this::decide);
    world.server().listen(this::item);
  }

  private void at(Fault fault) {
    world.time().after(random.nextInt((int) lasts), null, () -> happen(fault));
  }

  private void moody(Fault fault) {
    fired(fault);
    moodUntil = world.time().elapsed() + random.nextInt(30_000);
    mood =
        fault == Fault.GATE_ERROR
            ? Reading.Color.ERROR
            : chance(50) ? Reading.Color.RED : Reading.Color.GREEN;
  }

  @Override
  Reading.Color gateMood() {
    return world.time().elapsed() < moodUntil ? mood : null;
  }

  @Override
  long gateDelay() {
    if (over() || !likely.containsKey(Fault.SLOW_GATE) || !chance(20)) {
      return 0;
    }
    fired(Fault.SLOW_GATE);
    return 1 + random.nextInt(9000);
  }

  @Override
  boolean slowRollOut() {
    var slow = !over() && likely.containsKey(Fault.SLOW_ROLLOUT) && chance(40);
    if (slow) {
      fired(Fault.SLOW_ROLLOUT);
    }
    return slow;
  }

  @Override
  long clockSkew() {
    if (!likely.containsKey(Fault.CLOCK_SKEW)) {
      return 0;
    }
    if (world != null) {
      fired(Fault.CLOCK_SKEW);
    }
    return random.nextInt(3000) - 1500;
  }

  @Override
  int staleStart() {
    if (world == null || over() || !likely.containsKey(Fault.STALE_START)) {
      return 0;
    }
    fired(Fault.STALE_START);
    return random.nextInt(8);
  }

  private void fired(Fault fault) {
    world.fired(fault, null, null);
  }

  private void happen(Fault fault) {
    var process = anyProcess();
    var plan = world.plan();
    switch (fault) {
      case CRASH_IDLE -> {
        if (process != null) {
          world.fired(fault, process, null);
          process.die();
          world.successor(random.nextInt(20_000));
        }
      }
      case TWO_LEADERS -> {
        if (world.alive().size() == 1) {
          world.fired(fault, process, null);
          world.start();
          world.time().after(1 + random.nextInt(overlap()), null, process::end);
        }
      }
      case STALE_CACHE -> {
        if (process != null) {
          world.fired(fault, process, null);
          var resource = chance(50) ? SimulatedApiServer.PLANS : "deployments";
          process.freeze(resource, random.nextInt(20_000));
        }
      }
      case DUPLICATE_EVENT -> {
        if (process != null) {
          world.fired(fault, process, null);
          process.wake();
        }
      }
      case FORBIDDEN -> {
        fired(fault);
        world.forbid(random.nextInt(40_000));
      }
      case JOURNAL_DOWN -> {
        if (world.withJournal()) {
          fired(fault);
          world.database().down(random.nextInt(60_000));
        }
      }
      case RECREATED_TARGET -> createAgain(anyWorkload());
      case DELETED_NAMESPACE -> deleteNamespace();
      case POLICY_OFF -> {
        fired(fault);
        world.consent().policyOff(random.nextInt(30_000));
      }
      case FOREIGN_EDIT, FOREIGN_SCALE -> foreign(fault, anyWorkload());
      case DELETED_TARGET -> delete(fault, "deployments", anyWorkload());
      case DELETED_IMAGE -> delete(fault, SimulatedApiServer.RECORDS, anyImage());
      default -> {
        if (plan != null) {
          toPlan(fault, plan);
        }
      }
    }
  }

  /** Two leaders write their views of the world over each other: mostly a few seconds of it do. */
  private int overlap() {
    return chance(85) ? 2500 : 15_000;
  }

  private void toPlan(Fault fault, ObjectNode plan) {
    var wish = plan.at("/spec/run");
    var human = world.human();
    switch (fault) {
      case HUMAN_ABORT -> {
        if (wish.isObject()) {
          fired(fault);
          human.edit("aborts", it -> ReferenceLadder.state(it, "Aborted"));
        }
      }
      case HUMAN_UNDO -> {
        if (wish.isObject()) {
          fired(fault);
          human.edit("wants all put back", it -> ReferenceLadder.state(it, "Undone"));
        }
      }
      case HUMAN_PAUSE -> {
        if (wish.isObject() && wish.path("state").asText("Running").equals("Running")) {
          fired(fault);
          human.edit("pauses", it -> ReferenceLadder.state(it, "Paused"));
          human.later(1000, 60_000, this::goOn);
        }
      }
      case HUMAN_RELEASE -> {
        if (wish.isObject() && !plan.at("/status/run/active").asBoolean()) {
          fired(fault);
          human.edit("releases", it -> ReferenceLadder.state(it, "Released"));
        }
      }
      case STALE_ANSWER -> {
        if (wish.isObject()) {
          fired(fault);
          human.edit("answers too late", this::staleAnswer);
        }
      }
      case CAUSE -> {
        if (wish.isObject()) {
          fired(fault);
          human.edit("suspects", it -> ((ObjectNode) it.at("/spec/run")).put("cause", "schema"));
        }
      }
      case SUSPENDED -> {
        fired(fault);
        human.edit("suspends the plan", it -> suspend(it, true));
        human.later(1000, 60_000, () -> human.edit("lets it go on", it -> suspend(it, false)));
      }
      case SPEC_EDIT -> {
        fired(fault);
        human.edit("edits the plan", it -> Simulation.set(it, "/spec/gates/0", "within", "45s"));
      }
      case NEXT_RUN -> {
        if (wish.isObject() && !plan.at("/status/run/active").asBoolean()) {
          fired(fault);
          // An id is known for as long as its claim is kept.
          var id = chance(20) && claimIsKept(plan) ? ReferenceLadder.RUN : "INC-" + ++runs;
          human.edit("asks for " + id, it -> ReferenceLadder.wish(it, id, levels(it)));
        }
      }
      case WIPED_STATUS -> {
        fired(fault);
        var wiped = plan.deepCopy();
        wiped.remove("status");
        world.server().putStatus("restore", SimulatedApiServer.PLANS, wiped);
      }
      case DELETED_PLAN -> {
        fired(fault);
        world.server().delete("human", SimulatedApiServer.PLANS, ReferenceLadder.PLAN);
      }
      case RECREATED_PLAN -> recreate(plan);
      default -> throw new IllegalArgumentException(fault.toString());
    }
  }

  private boolean claimIsKept(ObjectNode plan) {
    var owner = Json.CLIENT.convertValue(plan, RollbackPlan.class);
    var claim = Claims.name(owner, ReferenceLadder.RUN);
    return world.server().get(SimulatedApiServer.RECORDS, claim) != null;
  }

  /** Somebody forces the plan away and applies it again, with its run still in it. */
  private void recreate(ObjectNode plan) {
    fired(Fault.RECREATED_PLAN);
    recreate(world, plan);
  }

  static void recreate(Simulation world, ObjectNode plan) {
    var fresh = plan.deepCopy();
    ((ObjectNode) fresh.path("metadata")).remove(List.of("uid", "deletionTimestamp"));
    fresh.remove("status");
    if (fresh.at("/spec/run").isObject()) {
      ((ObjectNode) fresh.at("/spec/run")).remove(List.of("answer", "state", "stateBy"));
    }
    world.change(
        "human",
        SimulatedApiServer.PLANS,
        ReferenceLadder.PLAN,
        it -> ((ObjectNode) it.path("metadata")).remove("finalizers"));
    world.server().delete("human", SimulatedApiServer.PLANS, ReferenceLadder.PLAN);
    world.server().put("human", SimulatedApiServer.PLANS, fresh);
  }

  private static List<String> levels(ObjectNode plan) {
    return plan.at("/spec/levels").findValuesAsText("name").stream()
        .filter(name -> isLevel(plan, name))
        .distinct()
        .toList();
  }

  private static boolean isLevel(ObjectNode plan, String name) {
    for (var level : plan.at("/spec/levels")) {
      if (level.path("name").asText().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private static void suspend(ObjectNode plan, boolean suspended) {
    ((ObjectNode) plan.path("spec")).put("suspend", suspended);
  }

  private void createAgain(String name) {
    var live = name == null ? null : world.server().get("deployments", name);
    if (live != null) {
      fired(Fault.RECREATED_TARGET);
      var fresh = live.deepCopy();
      var metadata = (ObjectNode) fresh.path("metadata");
      metadata.remove(List.of("uid", "annotations", "resourceVersion"));
      fresh.remove("status");
      world.server().delete("team", "deployments", name);
      world.server().put("team", "deployments", fresh);
    }
  }

  private void deleteNamespace() {
    fired(Fault.DELETED_NAMESPACE);
    var order = new ArrayList<>(NamespaceDeletion.resources());
    Collections.shuffle(order, random);
    new NamespaceDeletion(world, 1 + random.nextInt(30_000)).begin(order);
  }

  private void staleAnswer(ObjectNode plan) {
    ((ObjectNode) plan.at("/spec/run"))
        .putObject("answer")
        .put("question", "q-" + random.nextInt(1 + plan.at("/status/run/seq").asInt()))
        .put("choice", List.of("Retry", "NextLevel", "Accept").get(random.nextInt(3)))
        .put("by", "dave");
  }

  private void goOn() {
    var plan = world.plan();
    if (plan != null && plan.at("/spec/run/state").asText().equals("Paused")) {
      world.human().edit("lets it go on", it -> ReferenceLadder.state(it, "Running"));
    }
  }

  /** Whoever is asked for an approval says something after a while, mostly yes. */
  private void decide(SimulatedApiServer.Write write) {
    if (!write.resource().equals(SimulatedApiServer.PLANS)
        || write.after() == null
        || write.before() == null
        || !write.writer().operator()) {
      return;
    }
    var approval = write.after().at("/status/run/approval/hash");
    if (approval.isMissingNode()
        || approval.equals(write.before().at("/status/run/approval/hash"))) {
      return;
    }
    if (likely.containsKey(Fault.REJECTION)) {
      world.human().later(300, 20_000, () -> say(Fault.REJECTION, "erin", Decision.Reject));
    }
    if (likely.containsKey(Fault.APPROVAL)) {
      for (var user : List.of("alice", "carol", "dave", "carol")) {
        world.human().later(300, 20_000, () -> say(Fault.APPROVAL, user, Decision.Approve));
      }
    }
  }

  /** Whoever is to look or to do something says so after a while, mostly that it is good. */
  private void item(SimulatedApiServer.Write write) {
    if (!SimulatedApiServer.isLadder(write)
        || write.after() == null
        || write.before() == null
        || !write.writer().operator()
        || !likely.containsKey(Fault.ITEM_ANSWER)) {
      return;
    }
    var run = write.after().at("/status/run");
    if (run.path("seq").equals(write.before().at("/status/run/seq"))) {
      return;
    }
    for (var item : wanted(write.after())) {
      var decision = chance(75) ? Decision.Approve : Decision.Reject;
      var user = chance(50) ? "carol" : "dave";
      world.human().later(300, 20_000, () -> say(item, user, decision));
    }
  }

  /** The manual gate or action that the run waits for. */
  private static List<String> wanted(ObjectNode plan) {
    var run = plan.at("/status/run");
    if (run.hasNonNull("asking")) {
      return List.of(run.path("asking").asText());
    }
    var status = run.at("/levels/" + run.path("level").asText("none"));
    var action = status.path("actions").path(run.path("action").asInt()).path("name").asText();
    var level = Json.named(plan.at("/spec/levels"), status.path("name").asText());
    var manual = Json.named(level.path("actions"), action).hasNonNull("manual");
    return manual ? List.of(action) : List.of();
  }

  private void say(String item, String user, Decision decision) {
    fired(Fault.ITEM_ANSWER);
    world.consent().say(user, decision, item);
  }

  private void say(Fault fault, String user, Decision decision) {
    fired(fault);
    world.consent().say(user, decision);
  }

  /** Questions are answered after a while, by any choice that fits. */
  private void answer(SimulatedApiServer.Write write) {
    if (!write.resource().equals(SimulatedApiServer.PLANS)
        || write.after() == null
        || !write.writer().operator()
        || !likely.containsKey(Fault.HUMAN_ANSWER)) {
      return;
    }
    var question = write.after().at("/status/run/question");
    var asked = question.isObject() && !question.equals(write.before().at("/status/run/question"));
    if (asked && chance(80)) {
      var id = question.path("id").asText();
      var choices = question.path("choices");
      var choice = choices.get(random.nextInt(choices.size())).asText();
      world.human().later(1000, 30_000, () -> answer(id, choice));
    }
  }

  private void answer(String question, String choice) {
    var plan = world.plan();
    if (plan != null
        && plan.at("/spec/run").isObject()
        && plan.at("/status/run/question/id").asText().equals(question)) {
      fired(Fault.HUMAN_ANSWER);
      world.human().edit("answers " + choice, it -> ReferenceLadder.answer(it, choice));
    }
  }

  private void foreign(Fault fault, String name) {
    if (name == null) {
      return;
    }
    fired(fault);
    var resource = world.server().get("deployments", name) == null ? "statefulsets" : "deployments";
    var scales = fault == Fault.FOREIGN_SCALE && resource.equals("deployments");
    if (scales) {
      var replicas = random.nextInt(5);
      world.change(
          "foreign",
          resource,
          name,
          it -> ((ObjectNode) it.path("spec")).put("replicas", replicas));
      return;
    }
    var value = String.valueOf(random.nextInt(1000));
    var image = chance(50) ? "app:v2" : "app:hotfix";
    switch (random.nextInt(resource.equals("deployments") ? 4 : 2)) {
      case 0 -> world.change("foreign", resource, name, it -> label(it, value));
      case 1 -> world.change("foreign", resource, name, it -> annotate(it, value));
      case 2 ->
          world.change(
              "foreign",
              resource,
              name,
              it -> ((ObjectNode) it.path("spec")).put("minReadySeconds", random.nextInt(3)));
      default ->
          world.change(
              "foreign",
              resource,
              name,
              it -> Simulation.set(it, "/spec/template/spec/containers/0", "image", image));
    }
  }

  private static void label(ObjectNode object, String value) {
    object.withObject("/metadata/labels").put("foreign", value);
  }

  private static void annotate(ObjectNode object, String value) {
    object.withObject("/metadata/annotations").put("foreign", value);
  }

  private void delete(Fault fault, String resource, String name) {
    if (name != null) {
      fired(fault);
      world.server().delete("human", resource, name);
    }
  }

  private SimulatedProcess anyProcess() {
    var alive = world.alive();
    return alive.isEmpty() ? null : alive.get(random.nextInt(alive.size()));
  }

  private String anyWorkload() {
    var all = world.controllers().workloads();
    return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
  }

  private String anyImage() {
    var images =
        world.server().all(SimulatedApiServer.RECORDS).keySet().stream()
            .filter(name -> name.startsWith("bs-img-"))
            .toList();
    return images.isEmpty() ? null : images.get(random.nextInt(images.size()));
  }
}
