package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.simulation.SwitchedPlaces.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * OFF, BEFORE, HELD: what a SyncControl keeps off, as the world shows it and not as its status
 * says; and I1, I5, I7, I9 of its effects.
 */
final class SyncRules extends Rules {
  private static final String USER = "system:serviceaccount:shop:runner";

  private static final Duration DELETION = Duration.ofSeconds(60);

  /** Who reads back every 30 s has not seen what somebody else changed just now. */
  private static final long UNSEEN = 60_000;

  private final SwitchedPlaces places;
  private final SwitchedValues values = new SwitchedValues();
  private final Map<String, Long> changedByOthers = new HashMap<>();
  private final Map<String, Integer> switched = new TreeMap<>();
  private final Set<String> open = new HashSet<>();
  private final Set<String> known = new HashSet<>();
  private final Set<String> applied = new HashSet<>();

  /** What lands now was given up: nobody knows of it, as of what somebody else does. */
  private boolean late;

  SyncRules(Simulation world, Facts facts) {
    super(world, facts);
    places = new SwitchedPlaces(world);
  }

  private ObjectNode sync() {
    return world.server().get(SimulatedApiServer.SYNCS, ReferenceLadder.SYNC);
  }

  /** What counts: what was pinned while it is kept off, else what it says now. */
  private JsonNode spec(JsonNode sync) {
    var episode = sync.at("/status/episode");
    var record =
        episode.isObject() && !episode.hasNonNull("endedAt")
            ? world.server().get(SimulatedApiServer.RECORDS, episode.path("claim").asText())
            : null;
    return record == null ? sync.path("spec") : record.at("/data/pinned");
  }

  private List<Place> now(JsonNode sync) {
    return places.of(spec(sync)).toList();
  }

  /** True while the numbers of the queue are said to move, or it is not known whether they do. */
  boolean grows() {
    var sync = sync();
    return sync != null
        && sync.at("/status/queue").isObject()
        && sync.at("/status/queue/growthPerMinute/size").asLong(1) != 0;
  }

  /** True for an effect of a means. */
  static boolean isOfMeans(Simulation world, String mark) {
    var record = world.server().get(SimulatedApiServer.RECORDS, claim(mark));
    return record != null && record.at("/data/pinned/means").isArray();
  }

  /** Somebody changed something, here or outside of the cluster. */
  void changed(boolean operator) {
    changedBy(operator && !late);
    late = false;
  }

  private void changedBy(boolean operator) {
    var sync = sync();
    if (sync == null) {
      return;
    }
    for (var change : values.seen(now(sync), operator)) {
      var place = change.place();
      if (!operator) {
        changedByOthers.put(place.name(), world.time().elapsed());
        continue;
      }
      switched.merge(place.name() + (place.off() ? " off" : " on"), 1, Integer::sum);
      require(
          place.off() || values.mayBe(place),
          "BEFORE",
          "%s was %s and is given back, and before it was %s"
              .formatted(place, change.was(), values.wanted(place)));
    }
  }

  /** An effect of a means landed on an object. */
  void effect(SimulatedApiServer.Write write, String mark) {
    var user = write.writer().request().user();
    require(USER.equals(user), "I9", "a target was written as " + user);
    require(known.contains(mark), "I5", mark + " landed without a recorded intent");
    late = !open.contains(mark);
    // Known: what could not be fenced, because the right was taken away, lands late.
    require(!late || facts.denied(mark, key(write)), "I7", mark + " landed after it was closed");
    require(
        applied.add(uid(write.before()) + " " + mark),
        "I1",
        mark + " was applied twice to " + write.name());
  }

  /** An effect of a means began to be carried out outside of the cluster. */
  void outside(Request request, String text) {
    var mark = intent(text);
    require(known.contains(mark), "I5", mark + " was begun without a recorded intent");
    require(open.contains(mark), "I7", mark + " was begun after it was closed");
  }

  /** A replica is told to switch, for the first time with this key. */
  void told(Request request, String stands, String to) {
    var mark = intent(request.query().get("mark"));
    require(known.contains(mark), "I5", mark + " was sent without a recorded intent");
    require(
        !stands.equals(to) || to.equals(SimulatedSwitches.ON) && neverProvenOff(mark),
        "TOLD",
        "%s was told to switch %s for %s, and is %s"
            .formatted(request.query().get("replica"), to, mark, stands));
  }

  /** Who never said that it is off may be off all the same, and is told once that it is on. */
  private boolean neverProvenOff(String mark) {
    var sync = world.server().get(SimulatedApiServer.SYNCS, ReferenceLadder.SYNC);
    return each(sync.at("/status/episode/means"))
        .filter(means -> means.path("name").asText().equals(mark.split("/")[1]))
        .noneMatch(means -> means.hasNonNull("provenAt"));
  }

  /** True when an effect of a means is kept from landing. */
  boolean isFence(SimulatedApiServer.Write write) {
    var fence = fence(write.after());
    return write.writer().operator()
        && fence.contains("/")
        && !fence.equals(fence(write.before()))
        && isOfMeans(world, fence);
  }

  private static String fence(JsonNode object) {
    var fence = object == null ? null : Json.annotation(object, FENCE);
    return fence == null ? "" : fence;
  }

  /** An effect of a means is kept from landing. */
  void fenced(SimulatedApiServer.Write write) {
    var mark = intent(fence(write.after()));
    require(open.contains(mark), "I7", "fenced without an open intent: " + mark);
    require(
        Facts.same(write.before(), write.after(), "/spec")
            && Facts.same(write.before(), write.after(), "/data"),
        "I13",
        "a fence changed more than its annotation");
  }

  /** True when a Job goes that a CronJob began: nobody but a means deletes such a one. */
  static boolean isJobOfCronJob(SimulatedApiServer.Write write) {
    return write.writer().operator()
        && write.after() == null
        && write.before().at("/metadata/ownerReferences/0/kind").asText().equals("CronJob");
  }

  /** A Job of a CronJob was deleted. */
  void deleted(SimulatedApiServer.Write write) {
    require(
        USER.equals(write.writer().request().user()),
        "I9",
        write.name() + " was deleted as another");
    require(!open.isEmpty(), "I5", write.name() + " was deleted without a recorded intent");
    require(!unheldNow(), "OFF", write.name() + " was deleted, and nobody wants it off");
  }

  private boolean unheldNow() {
    return holders(sync()).isEmpty();
  }

  /** The SyncControl was written. */
  void written(SimulatedApiServer.Write write) {
    if (!write.writer().operator() || write.before() == null) {
      return;
    }
    if (write.after() == null) {
      gone(write);
      return;
    }
    var before = write.before().path("status");
    var after = write.after().path("status");
    steps(before.path("seq").asLong(), after);
    // What the same write says of its own rules counts: it drops them, and begins to give back.
    intents(write.after(), before, after);
    var enabling = after.at("/episode/enabling").asBoolean();
    // Until now it said so: what somebody else switched on would have been read back long since, if
    // it was not given back sooner because it is deleted.
    if (enabling
        && state(before).equals("Disabled")
        && !write.after().at("/metadata").has("deletionTimestamp")
        && !world.behind(write.writer().name())) {
      off(write.before());
    }
    if (enabling && !before.at("/episode/enabling").asBoolean()) {
      unheld(write.after(), "it is being switched on");
    }
    // Who stood still says what was so before; it is mended once its watches have told.
    if (!state(before).equals("Disabled")
        && state(after).equals("Disabled")
        && !world.behind(write.writer().name())) {
      off(write.after());
    }
    if (after.at("/episode/endedAt").isTextual() && !before.at("/episode/endedAt").isTextual()) {
      before(write.before());
      values.settled();
    }
  }

  /** Each step is told, also of those that one write records. */
  private void steps(long before, JsonNode after) {
    var told = each(after.path("transitions")).map(it -> it.path("seq").asLong()).toList();
    for (var step = before + 1; step <= after.path("seq").asLong(); step++) {
      require(told.contains(step), "I5", "nothing tells of step " + step);
    }
  }

  /** A SyncControl in a line, for whoever reads a history. */
  static String told(JsonNode sync) {
    var status = sync.path("status");
    var means =
        each(status.at("/episode/means"))
            .map(it -> it.path("name").asText() + " " + it.path("standing").asText())
            .toList();
    return " wanted=%s seq=%s state=%s episode=%s%s means=%s intents=%s entries=%s holders=%s"
        .formatted(
            sync.at("/spec/state").asText(),
            status.path("seq"),
            state(status),
            status.at("/episode/number"),
            status.at("/episode").hasNonNull("endedAt") ? " (over)" : "",
            means,
            intents(status),
            HeldEntries.of(sync).entries().size(),
            status.path("holders").size());
  }

  private static String state(JsonNode status) {
    return status.path("state").asText();
  }

  private void intents(JsonNode sync, JsonNode before, JsonNode after) {
    var were = intents(before);
    var are = intents(after);
    for (var mark : are) {
      if (!were.contains(mark)) {
        require(known.add(mark), "I1", mark + " is used for two intents");
        open.add(mark);
        if (givesBack(mark)) {
          unheld(sync, mark);
        }
      }
    }
    were.stream().filter(mark -> !are.contains(mark)).forEach(open::remove);
  }

  private static Set<String> intents(JsonNode status) {
    return each(status.at("/episode/means"))
        .map(means -> means.at("/intent/mark").asText())
        .filter(mark -> !mark.isEmpty())
        .collect(Collectors.toSet());
  }

  /** Nothing is given back while anybody wants it off. */
  private void unheld(JsonNode sync, String what) {
    if (goes()) {
      return;
    }
    var holders = holders(sync);
    require(holders.isEmpty(), "HELD", what + ", and it is held off by " + holders);
  }

  /** Who wants it off, as the SyncControl itself and the plans say. */
  private List<String> holders(JsonNode sync) {
    var goes = sync.path("metadata").has("deletionTimestamp");
    var wish =
        !goes && sync.at("/spec/state").asText().equals("Disabled")
            ? Stream.of("spec.state")
            : Stream.<String>empty();
    var rules =
        each(sync.at("/status/holders"))
            .map(holder -> holder.path("id").asText())
            .filter(id -> !goes && id.startsWith("auto-"));
    var entries =
        HeldEntries.of(sync).entries().stream()
            .map(HeldEntries.Entry::key)
            .filter(key -> !goes || claims().anyMatch(key::contains));
    var plans = held().map(hold -> hold.path("claim").asText());
    return Stream.of(wish, rules, entries, plans).flatMap(it -> it).toList();
  }

  /** What plans hold of SyncControls. */
  private Stream<JsonNode> held() {
    return world.server().all(SimulatedApiServer.PLANS).values().stream()
        .flatMap(plan -> each(plan.at("/status/holds")))
        .filter(hold -> hold.path("kind").asText().equals("SyncControl"));
  }

  /** Runs that somebody would still give something back of; a deletion waits for no others. */
  private Stream<String> claims() {
    var open =
        world.server().all(SimulatedApiServer.PLANS).values().stream()
            .map(plan -> plan.at("/status/run"))
            .filter(run -> run.path("active").asBoolean())
            .map(run -> run.path("claim").asText());
    return Stream.concat(open, held().map(hold -> hold.path("claim").asText()));
  }

  /** What it says that it is. */
  private void off(JsonNode sync) {
    var on = now(sync).stream().filter(it -> !it.off() && !unseen(it)).toList();
    require(on.isEmpty(), "OFF", "it says that it is off, and there is " + on);
  }

  private boolean unseen(Place place) {
    return world.time().elapsed() - changedByOthers.getOrDefault(place.name(), -UNSEEN) < UNSEEN;
  }

  /** It gave everything back, or tried for as long as it may. */
  private void gone(SimulatedApiServer.Write write) {
    var asked = Instant.parse(write.before().at("/metadata/deletionTimestamp").asText());
    var waited = Duration.between(asked, world.clock(write.writer().name()));
    if (waited.compareTo(DELETION) < 0) {
      before(write.before());
    }
  }

  /** True while something cannot be switched off or on, and is tried again every minute. */
  boolean failing() {
    var sync = sync();
    return sync != null && state(sync.path("status")).endsWith("Failed");
  }

  /** What is in a namespace that goes, goes with it, and is given back to nobody. */
  private boolean goes() {
    return world.server().terminating(SimulatedApiServer.NAMESPACE);
  }

  private void before(JsonNode sync) {
    if (goes()) {
      return;
    }
    var other = now(sync).stream().filter(it -> !values.mayBe(it) && !heldByAnother(it)).toList();
    require(other.isEmpty(), "BEFORE", "it says that all was given back, and there is " + other);
  }

  /** A plan keeps the same workload off still. */
  private boolean heldByAnother(Place place) {
    var name = place.name().split(" ");
    var live = world.server().get("deployments", name[name.length - 1]);
    return place.name().startsWith("Deployment ")
        && live != null
        && !HeldEntries.of(live).isEmpty();
  }

  /** Why it is not at rest; empty: it is, or there is none. */
  String restless() {
    var sync = sync();
    if (sync == null || goes()) {
      return "";
    }
    var wish = holders(sync).isEmpty() ? "Enabled" : "Disabled";
    var status = sync.path("status");
    var state = state(status);
    var settled = state.equals(wish) || state.equals(wish.replaceFirst("d$", "Failed"));
    return settled && intents(status).isEmpty()
        ? ""
        : "SyncControl %s is %s and wanted %s".formatted(ReferenceLadder.SYNC, state, wish);
  }

  /** What must be true when nothing happens any more. */
  void atRest() {
    var sync = sync();
    if (sync == null) {
      return;
    }
    if (state(sync.path("status")).equals("Disabled")) {
      off(sync);
    }
    if (state(sync.path("status")).equals("Enabled")) {
      before(sync);
    }
  }

  /** What must be the same however often the operator was killed on the way. */
  String essence() {
    var sync = sync();
    var status = sync == null ? MissingNode.getInstance() : sync.path("status");
    var now = sync == null ? "" : now(sync).toString();
    return "sync %s %s %s, switched %s, %s%n"
        .formatted(
            state(status),
            status.path("holding").asText(),
            status.at("/episode/number").asText(),
            switched,
            now);
  }
}
