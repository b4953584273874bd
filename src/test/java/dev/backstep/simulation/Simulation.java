package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.gate.GateScope;
import dev.backstep.measure.Reading;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One history of a cluster, an application, humans, faults and the real operator, in one thread:
 * the same ladder, seed and trouble always give the same history.
 */
final class Simulation implements SimulatedApiServer.Listener {
  /** A request may hang inside of a request, but not without end. */
  private static final int DEEPEST = 5;

  /** How often it is looked whether it came to rest. */
  private static final long LOOK = 5000;

  /** Rights that are gone for longer do not come back. */
  private static final long FOR_EVER = 24 * 3_600_000L;

  /** The kinds that Backstep carries on. */
  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.of("RollbackPlan", RollbackPlan.class, "SyncControl", SyncControl.class);

  private final ReferenceLadder ladder;
  private final Trouble trouble;
  private final Mistake mistake;
  private final VirtualTime time;
  private final SimulatedApiServer server;
  private final SimulatedGates gates;
  private final SimulatedControllers controllers;
  private final SimulatedJobs jobs;
  private final SimulatedKeda keda;
  private final SimulatedArgoCd argoCd;
  private final SimulatedOutside outside;
  private final Invariants invariants;
  private final OnceGates onceGates;
  private final StandingWish standingWish;
  private final SimulatedDatabase database;
  private final Neighbours neighbours;
  private final Human human;
  private final SimulatedConsent consent;
  private final List<SimulatedApiServer.Write> history = new ArrayList<>();
  private final Map<ObjectNode, HasMetadata> typed = new IdentityHashMap<>();
  private final Map<Fault, Integer> fired = new EnumMap<>(Fault.class);
  private final List<SimulatedProcess> processes = new ArrayList<>();
  private Consumer<String> tracer;
  private long forbiddenUntil;
  private int requests;
  private int depth;
  private long moments;
  private long deeds;
  private Violation violation;
  private String muted = "";

  Simulation(ReferenceLadder ladder, long seed, Trouble trouble, Mistake mistake) {
    this.ladder = ladder;
    this.trouble = trouble;
    this.mistake = mistake;
    time = new VirtualTime(seed);
    server = new SimulatedApiServer(time);
    gates = new SimulatedGates(this);
    controllers = new SimulatedControllers(this);
    jobs = new SimulatedJobs(this);
    keda = new SimulatedKeda(this);
    argoCd = new SimulatedArgoCd(this);
    outside = new SimulatedOutside(this);
    invariants = new Invariants(this);
    onceGates = new OnceGates(this);
    standingWish = new StandingWish(this);
    database = new SimulatedDatabase(this);
    neighbours = new Neighbours(this);
    consent = new SimulatedConsent(this);
    human = new Human(this, ladder.steps());
  }

  /** What a rule of correctness.md was broken by. */
  record Violation(String invariant, String message, Throwable cause) {
    @Override
    public String toString() {
      return invariant + ": " + message;
    }
  }

  /**
   * How a history ended.
   *
   * @param essence what must be the same however often the operator was killed
   * @param fingerprint the same for the same history
   * @param leftUndone what the ladder's humans never came to do; empty: they did it all
   */
  record Outcome(
      Violation violation,
      String essence,
      int fingerprint,
      int requests,
      Map<Fault, Integer> fired,
      String phase,
      String leftUndone) {
    /** True when the ladder was walked to its end. */
    boolean walked() {
      return leftUndone.isEmpty();
    }
  }

  /** Has every step told. */
  Simulation tracing(Consumer<String> to) {
    tracer = to;
    return this;
  }

  /** One rule is not looked at. */
  Simulation without(String rule) {
    muted = rule;
    return this;
  }

  /** Runs the history to its end. */
  Outcome run() {
    var thread = Thread.currentThread();
    var loader = thread.getContextClassLoader();
    thread.setContextClassLoader(KnownClasses.over(loader));
    try {
      return history();
    } finally {
      thread.setContextClassLoader(loader);
    }
  }

  private Outcome history() {
    server.listenEverywhere(this);
    server.listenEverywhere(neighbours);
    server.listen(onceGates);
    server.listen(standingWish);
    if (withJournal()) {
      server.listen(database);
    }
    server.listen(outside.pager());
    server.listen(invariants);
    server.listenEverywhere(controllers);
    server.listen(jobs);
    server.listen(keda);
    server.listen(argoCd);
    server.listen(human);
    account(SimulatedApiServer.NAMESPACE);
    ladder.objects().forEach(this::put);
    server.put("admin", SimulatedApiServer.resource(ladder.subject()), ladder.subject());
    start();
    trouble.begin(this);
    time.runUntil(trouble.lasts());
    comeToRest();
    gates.end();
    processes.forEach(SimulatedProcess::over);
    return new Outcome(
        violation,
        invariants.essence() + neighbours.essence() + jobs.essence() + outside.essence(),
        invariants.fingerprint(),
        requests,
        fired,
        plan() == null ? "gone" : plan().at("/status/phase").asText(),
        human.leftUndone());
  }

  private void account(String namespace) {
    if (server.get(namespace, "serviceaccounts", "runner") == null) {
      var account = Json.MAPPER.createObjectNode();
      account.putObject("metadata").put("name", "runner").put("namespace", namespace);
      server.put("admin", "serviceaccounts", account);
    }
  }

  private void put(ObjectNode object) {
    account(object.at("/metadata/namespace").asText(SimulatedApiServer.NAMESPACE));
    var resource = SimulatedApiServer.resource(object);
    server.put("admin", resource, object);
    if (resource.equals(SimulatedApiServer.PLANS)) {
      server.putStatus("admin", resource, object);
    }
  }

  /** The run of the other plan, if there is one, comes to its end. */
  void endOther() {
    var other = server.get(SimulatedApiServer.PLANS, "other");
    if (other != null) {
      var ended = other.deepCopy();
      ((ObjectNode) ended.at("/status/run")).put("active", false).put("phase", "Recovered");
      server.putStatus("other", SimulatedApiServer.PLANS, ended);
    }
  }

  /** Somebody gives back what the other plan holds. */
  void releaseOther() {
    var other = server.get(SimulatedApiServer.PLANS, "other");
    if (other != null) {
      var released = other.deepCopy();
      ((ObjectNode) released.path("status")).remove("holds");
      server.putStatus("other", SimulatedApiServer.PLANS, released);
    }
  }

  private void comeToRest() {
    while (!time.halted()) {
      if (invariants.rest().reached() && neighbours.restless() == null && human.idle()) {
        invariants.atRest();
        if (withJournal() && database.missing() != null) {
          violated("JOURNAL", database.missing(), null);
        }
        return;
      }
      time.runUntil(time.elapsed() + LOOK);
    }
  }

  boolean withJournal() {
    return ladder.journal() || trouble.withJournal();
  }

  SimulatedDatabase database() {
    return database;
  }

  StandingWish standingWish() {
    return standingWish;
  }

  /** Counts what was done that is still there when the process is dead. */
  long deeds() {
    return deeds;
  }

  /** Something was done that is still there when the process is dead. */
  void done() {
    deeds++;
  }

  /** A process calls a gate. */
  void asked(SimulatedProcess process, Object gate, GateScope scope) {
    done();
    onceGates.asked(process, gate, scope);
  }

  VirtualTime time() {
    return time;
  }

  SimulatedApiServer server() {
    return server;
  }

  SimulatedGates gates() {
    return gates;
  }

  SimulatedControllers controllers() {
    return controllers;
  }

  /** Counts up, so that what happened earlier has a smaller number. */
  long moment() {
    return ++moments;
  }

  Trouble trouble() {
    return trouble;
  }

  Human human() {
    return human;
  }

  /** The plan as it is now; null: there is none. */
  ObjectNode plan() {
    return server.get(SimulatedApiServer.PLANS, ReferenceLadder.PLAN);
  }

  /** Other people's databases and endpoints. */
  SimulatedOutside outside() {
    return outside;
  }

  /** What looks at what is done to others. */
  OutsideRules outsideRules() {
    return invariants.outside();
  }

  /** What looks at databases that are restored. */
  RestoreRules restoreRules() {
    return invariants.restores();
  }

  /** What looks at what SyncControls keep off. */
  SyncRules syncRules() {
    return invariants.syncs();
  }

  /** What looks at how often plans are looked at. */
  RequestRules requestRules() {
    return invariants.requests();
  }

  /** The time on the clock of a process. */
  Instant clock(String process) {
    return time.instant().plusMillis(process(process).clockSkew());
  }

  /** True while what a process says may be what was so before it stood still. */
  boolean behind(String process) {
    return process(process).behind();
  }

  /** The approvals that a process knows of. */
  List<Approval> known(String process) {
    return process(process).approvals();
  }

  private SimulatedProcess process(String name) {
    return processes.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }

  /** True while something is still out of order, although no new fault is begun. */
  boolean disturbed() {
    var forbidden = forbiddenUntil - time.elapsed();
    return time.elapsed() < trouble.lasts()
        || forbidden > 0 && forbidden < FOR_EVER
        || !consent.inForce()
        || database.isDown()
        || outside.isUnheard()
        || outside.pager().isAway()
        || outside.pager().hasNews()
        || syncRules().grows()
        || trouble.gateMood() != null
        || !human.idle()
        || alive().size() != 1
        || alive().get(0).disturbed();
  }

  SimulatedConsent consent() {
    return consent;
  }

  ReferenceLadder ladder() {
    return ladder;
  }

  /** The processes that live. */
  List<SimulatedProcess> alive() {
    return processes.stream().filter(SimulatedProcess::alive).toList();
  }

  long watchLatency() {
    return trouble.lively() ? time.between(1, 40) : 2;
  }

  long requestLatency() {
    return trouble.lively() && time.random(3) == 0 ? time.between(1, 20) : 0;
  }

  long rolloutTime() {
    return trouble.slowRollOut() ? time.between(30_000, 200_000) : time.between(1000, 5000);
  }

  boolean withEvents() {
    return trouble.withEvents();
  }

  long gateDelay() {
    return trouble.gateDelay();
  }

  Reading.Color gateMood() {
    return trouble.gateMood();
  }

  /** An object as the client's caches would have it. */
  /** Which schema the database has. */
  String schema() {
    var migrated = server.get("configmaps", "migrated");
    return migrated == null ? "1" : migrated.at("/data/schema").asText();
  }

  HasMetadata typed(ObjectNode object) {
    return typed.computeIfAbsent(object, Simulation::convert);
  }

  private static HasMetadata convert(ObjectNode object) {
    var kind = object.path("kind").asText();
    return Workloads.TYPES
        .all()
        .filter(type -> type.kind().name().equals(kind))
        .findFirst()
        .<HasMetadata>map(type -> Json.typed(object, type.type()))
        .orElseGet(() -> Json.typed(object, KINDS.get(kind)));
  }

  /** Begins a process; it sees the world as its watches' lists give it. */
  SimulatedProcess start() {
    var process =
        new SimulatedProcess(this, "p" + (processes.size() + 1), mistake, trouble.clockSkew());
    processes.add(process);
    trace(() -> process.name() + " starts");
    process.start(history, trouble.staleStart());
    return process;
  }

  /** A new process begins after a while, unless one lives by then that stands not still. */
  void successor(long millis) {
    time.after(
        millis,
        null,
        () -> {
          if (alive().stream().noneMatch(it -> it.pausedUntil() <= time.elapsed())) {
            start();
          }
        });
  }

  /**
   * Lets time pass inside of what a process does now, until it is dead at the latest: what the dead
   * wait for would hold up whoever waits around them.
   */
  void nested(long millis, SimulatedProcess waiting) {
    if (depth < DEEPEST) {
      depth++;
      time.runUntil(time.elapsed() + millis, waiting::alive);
      depth--;
    }
  }

  /** True when the ServiceAccount may not have been allowed anything for a while. */
  boolean everForbidden() {
    return forbiddenUntil > 0;
  }

  /** The plan's ServiceAccount has no rights for so long. */
  void forbid(long millis) {
    forbiddenUntil = Math.max(forbiddenUntil, time.elapsed() + millis);
  }

  /** A request arrives at the API server. */
  Answer execute(String process, Request request) {
    requests++;
    var forbidden = request.user() != null && time.elapsed() < forbiddenUntil;
    var answer =
        request.isOutside()
            ? outside.handle(request)
            : forbidden ? forbidden(request) : server.handle(process, request);
    invariants.requested(process, request, answer);
    trace(() -> process + " " + request + " -> " + answer.code() + detail(request));
    return answer;
  }

  private static String detail(Request request) {
    return request.isEffect() || request.path().endsWith("events")
        ? " " + new String(request.body(), StandardCharsets.UTF_8)
        : "";
  }

  private static Answer forbidden(Request request) {
    if (request.path().endsWith("selfsubjectaccessreviews")) {
      var review = Json.parse(request.body());
      review.putObject("status").put("allowed", false);
      return new Answer(201, review);
    }
    if (request.path().endsWith("selfsubjectrulesreviews")) {
      var review = Json.parse(request.body());
      review.putObject("status").put("incomplete", false).putArray("resourceRules");
      return new Answer(201, review);
    }
    return Answer.refused(403, "Forbidden", "the ServiceAccount may not do this");
  }

  @Override
  public void written(SimulatedApiServer.Write write) {
    done();
    history.add(write);
    trace(() -> told(write));
  }

  private static String told(SimulatedApiServer.Write write) {
    var text = write.writer().name() + " wrote " + write.resource() + "/" + write.name();
    if (write.after() == null) {
      return text + ": deleted";
    }
    var run = write.after().at("/status/run");
    if (run.isObject()) {
      return text
          + " seq="
          + run.path("seq")
          + " phase="
          + run.path("phase").asText()
          + " "
          + run.path("reason").asText()
          + (run.has("intent") ? " intent=" + run.at("/intent/mark").asText() : "")
          + " holds="
          + write.after().at("/status/holds").size()
          + " "
          + run.path("message").asText();
    }
    if (write.resource().equals(SimulatedApiServer.SYNCS)) {
      return text + SyncRules.told(write.after());
    }
    var metadata = write.after().path("metadata");
    return text
        + " generation="
        + metadata.path("generation")
        + " version="
        + metadata.path("resourceVersion").asText()
        + " "
        + metadata.path("annotations");
  }

  void fired(Fault fault, SimulatedProcess process, Request request) {
    fired.merge(fault, 1, Integer::sum);
    trace(
        () ->
            "FAULT "
                + fault
                + (process == null ? "" : " " + process.name())
                + (request == null ? "" : " at " + request));
  }

  void trace(Supplier<String> line) {
    if (tracer != null) {
      tracer.accept(String.format("%8.3f %s", time.elapsed() / 1000.0, line.get()));
    }
  }

  /** A rule was broken: the history ends here. */
  void violated(String invariant, String message, Throwable cause) {
    if (violation == null && !invariant.equals(muted)) {
      violation = new Violation(invariant, message, cause);
      trace(() -> "VIOLATION " + violation);
      time.halt();
    }
  }

  /** Somebody deploys a broken release with a broken configuration. */
  void breakEverything() {
    change("team", "configmaps", "settings", it -> set(it, "/data", "mode", "broken"));
    change(
        "team",
        "deployments",
        "web",
        it -> set(it, "/spec/template/spec/containers/0", "image", "app:v2"));
  }

  static void set(JsonNode object, String parent, String field, String value) {
    ((ObjectNode) object.at(parent)).put(field, value);
  }

  /** Somebody who is not the operator changes an object. */
  void change(String who, String resource, String name, Consumer<ObjectNode> edit) {
    var live = server.get(resource, name);
    if (live != null) {
      var changed = live.deepCopy();
      edit.accept(changed);
      server.put(who, resource, changed);
    }
  }
}
