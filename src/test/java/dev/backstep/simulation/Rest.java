package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.v1alpha1.ConditionTypes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * I6: within 60 s after the last disturbance a run is over, waits for a human, or is in a phase
 * that has an end; and who is over or waits writes nothing.
 */
final class Rest extends Rules {
  private static final long LIMIT = 60_000;

  /** A plan that nothing wakes is looked at every 60 s; what it sees then is written soon after. */
  private static final long LOOKED_AT = LIMIT + 10_000;

  /** However often humans answer, it comes to an end. */
  private static final long PATIENCE = 60 * 60_000L;

  /** The gates may be undecided for so long before anything is touched. */
  private static final long CHECKING = 180_000;

  private static final long PUTTING_BACK = 600_000;

  /** A plan that is deleted waits 60 s for its holds, and is gone soon after that. */
  private static final long DELETION = 30_000;

  /** What a preflight says, which is repeated while nothing happens. */
  private static final Set<String> FOUND = Set.of(ConditionTypes.EXECUTABLE, ConditionTypes.READY);

  private final SyncRules syncs;
  private long disturbed;
  private long written;
  private long since;

  /** Null before it was looked at: what disturbs is only counted while somebody looks. */
  private Stand stand;

  private boolean failing;

  Rest(Simulation world, Facts facts, SyncRules syncs) {
    super(world, facts);
    this.syncs = syncs;
  }

  private enum Stand {
    /** It is over, or waits for a human. */
    AT_REST,
    /** It may take as long as its phase says. */
    TIMED,
    BUSY
  }

  /** Somebody wrote something; a run that the calendar begins disturbs as one that a human does. */
  void written(SimulatedApiServer.Write write) {
    if (isFoundAnew(write)
        || SimulatedApiServer.isLadder(write)
            && write.before() != null
            && write.after() != null
            && !Facts.same(write.before(), write.after(), "/status/run/uid")) {
      disturbed = world.time().elapsed();
    }
    var lives = world.alive().stream().anyMatch(it -> it.name().equals(write.writer().name()));
    if (!write.writer().operator() || !lives) {
      disturbed = world.time().elapsed();
    } else if (!write.resource().equals("events")) {
      written = world.time().elapsed();
    }
  }

  /** What was found wrong is looked at again later, and may be in order by then. */
  private static boolean isFoundAnew(SimulatedApiServer.Write write) {
    return write.before() != null
        && write.after() != null
        && !found(write.before()).equals(found(write.after()));
  }

  private static List<String> found(ObjectNode object) {
    return StreamSupport.stream(object.at("/status/conditions").spliterator(), false)
        .filter(it -> FOUND.contains(it.path("type").asText()))
        .map(it -> it.path("status").asText())
        .toList();
  }

  /** Something happened that is no write, such as a gate that turned, or an approval. */
  void disturbed() {
    disturbed = world.time().elapsed();
  }

  /** True when nothing will happen any more; looked at every few seconds. */
  boolean reached() {
    var now = world.time().elapsed();
    if (world.disturbed()) {
      disturbed = now;
    }
    var plan = world.plan();
    var is = syncs.restless().isEmpty() ? stand(plan) : Stand.BUSY;
    if (is != stand || failing != syncs.failing()) {
      stand = is;
      failing = syncs.failing();
      since = now;
    }
    var calm = now - Math.max(disturbed, since);
    switch (is) {
      case BUSY ->
          require(calm <= LIMIT, "I6", "60 s after the last disturbance it is " + why(plan));
      case TIMED ->
          require(
              now - Math.max(disturbed, end(plan)) <= (deleting(plan) ? DELETION : LIMIT),
              "I6",
              "the end of the phase is over, and it is still " + why(plan));
      case AT_REST ->
          require(
              calm <= LOOKED_AT || failing || written - Math.max(disturbed, since) <= LOOKED_AT,
              "I6",
              "it writes on, though it is " + why(plan));
    }
    var endless = now - world.trouble().lasts() > PATIENCE;
    require(!endless, "I6", "not at rest: " + why(plan));
    return endless || is == Stand.AT_REST && Math.min(calm, now - written) >= LOOKED_AT;
  }

  private String why(ObjectNode plan) {
    if (!syncs.restless().isEmpty()) {
      return syncs.restless();
    }
    return plan == null
        ? "gone"
        : "in " + phase(plan) + ": " + plan.at("/status/run/message").asText();
  }

  private static boolean deleting(JsonNode plan) {
    return plan.at("/metadata").has("deletionTimestamp");
  }

  private static String phase(JsonNode plan) {
    return plan.at("/status/run/phase").asText("Idle");
  }

  private Stand stand(ObjectNode plan) {
    if (plan == null) {
      return Stand.AT_REST;
    }
    if (deleting(plan)) {
      return Stand.TIMED;
    }
    var run = plan.at("/status/run");
    var wish = plan.at("/spec/run");
    var mine = wish.path("id").equals(run.path("id"));
    var state = mine ? wish.path("state").asText() : "";
    var stop = state.matches("Aborted|Undone");
    if (mine && run.path("active").asBoolean() && run.hasNonNull("pausedSince") && !stop) {
      return Stand.AT_REST;
    }
    return switch (phase(plan)) {
      case "AwaitingApproval" -> stop ? Stand.BUSY : Stand.AT_REST;
      case "AwaitingAnswer" ->
          stop && !run.at("/question/reason").asText().matches(StepRules.ENDING)
              ? Stand.BUSY
              : Stand.AT_REST;
      case "Checking", "Verifying", "Soaking", "Releasing", "Undoing", "Acting" -> Stand.TIMED;
      case "Aborting" -> run.hasNonNull("intent") ? Stand.TIMED : Stand.BUSY;
      case "Pending" -> Stand.BUSY;
      default -> ended(plan, run, wish, mine);
    };
  }

  /** What is wished of a run that is over, or of none. */
  private Stand ended(ObjectNode plan, JsonNode run, JsonNode wish, boolean mine) {
    var phase = phase(plan);
    var state = mine ? wish.path("state").asText() : "";
    if (state.equals("Released")
            && !phase.matches("Released|Failed|Undone|Completed")
            && !run.path("heldAgain").asBoolean()
        || state.equals("Undone") && !phase.matches("Undone|Failed|Completed")) {
      return Stand.BUSY;
    }
    var refused = each(plan.at("/status/refused")).anyMatch(id -> id.equals(wish.path("id")));
    var waits = plan.at("/spec/suspend").asBoolean() || world.standingWish().carriedOut();
    return wish.isObject() && !mine && !refused && !waits ? Stand.BUSY : Stand.AT_REST;
  }

  /** When the phase is over at the latest, as the plan declares it. */
  private long end(ObjectNode plan) {
    if (deleting(plan)) {
      return at(plan.at("/metadata/deletionTimestamp")) + LIMIT;
    }
    var run = plan.at("/status/run");
    var record = world.server().get(SimulatedApiServer.RECORDS, run.path("claim").asText());
    var spec = record == null ? plan.path("spec") : record.at("/data/pinned");
    var began = Math.max(at(run.path("phaseSince")), at(run.path("measuringSince")));
    return switch (phase(plan)) {
      case "Checking" -> began + CHECKING + observed(spec);
      case "Verifying" -> Math.max(began, at(run.path("askedAt"))) + within(spec);
      case "Soaking" -> began + seconds(spec.at("/verification/soak").asText()) * 1000;
      case "Acting" -> acting(run, spec, began);
      // For so long it is tried to find out what became of the last effect.
      case "Aborting" -> at(run.path("phaseSince")) + LIMIT;
      default -> at(run.path("phaseSince")) + PUTTING_BACK;
    };
  }

  private static long acting(JsonNode run, JsonNode spec, long began) {
    var status = run.at("/levels/" + run.path("level").asText() + "/actions");
    var end = began + CHECKING;
    for (var action : status) {
      var proving = at(action.path("provingSince"));
      var timeout =
          spec.findParents("name").stream()
              .filter(it -> it.path("name").equals(action.path("name")) && it.has("timeout"))
              .mapToLong(it -> seconds(it.path("timeout").asText()) * 1000)
              .findFirst()
              .orElse(0);
      end = Math.max(end, at(action.path("startedAt")) + timeout);
      end = proving == 0 ? end : Math.max(end, proving + within(spec));
      end = Math.max(end, at(action.path("endedAt")) + PUTTING_BACK / 2);
    }
    return end;
  }

  private static long observed(JsonNode spec) {
    return each(spec.path("symptoms"))
        .mapToLong(symptom -> seconds(symptom.path("observe").asText("0s")) * 1000)
        .max()
        .orElse(0);
  }

  private static long within(JsonNode spec) {
    return each(spec.path("gates"))
        .mapToLong(gate -> seconds(gate.path("within").asText("60s")) * 1000)
        .max()
        .orElse(0);
  }

  private static long at(JsonNode time) {
    return time.isTextual()
        ? Duration.between(VirtualTime.BEGIN, Instant.parse(time.asText())).toMillis()
        : 0;
  }
}
