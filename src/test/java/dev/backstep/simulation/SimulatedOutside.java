package dev.backstep.simulation;

import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Other people's databases and endpoints. A database keeps a row for each mark, so that it does an
 * effect once; an endpoint does what it is asked to, but of requests with one Idempotency-Key only
 * the first. What they do mends the workload web, or spoils it.
 */
final class SimulatedOutside {
  /** No answer comes, though it was done. */
  static final int SILENT = 0;

  private static final String KEY = "Idempotency-Key";

  private final Simulation world;
  private final Map<String, String> rows = new HashMap<>();
  private final Set<String> remembered = new HashSet<>();
  private final Map<String, Integer> done = new TreeMap<>();
  private final Map<String, Boolean> keys = new HashMap<>();

  /** For so long nobody hears of a database that is asked for something unheard of. */
  private static final Duration UNHEARD = Duration.ofMinutes(5);

  /** Others keep their first answer to themselves, where they are asked to. */
  private boolean kept;

  /** What an endpoint was told last is so. */
  private boolean mended;

  /** Until then no database answers; null: they were never asked not to. */
  private Instant unheardUntil;

  private final SimulatedTable jobs;
  private final SimulatedTriggers triggers;
  private final SimulatedSwitches switches;
  private final SimulatedRestores restores;
  private final SimulatedPager pager;
  private final SimulatedBacklog backlog;

  SimulatedOutside(Simulation world) {
    this.world = world;
    jobs = new SimulatedTable(world);
    triggers = new SimulatedTriggers(world);
    switches = new SimulatedSwitches(world);
    restores = new SimulatedRestores(world);
    pager = new SimulatedPager(world);
    backlog = new SimulatedBacklog(world);
  }

  /** The job table of every database. */
  SimulatedTable jobs() {
    return jobs;
  }

  /** The triggers of every database. */
  SimulatedTriggers triggers() {
    return triggers;
  }

  /** The server of a database that is restored. */
  SimulatedRestores restores() {
    return restores;
  }

  SimulatedBacklog backlog() {
    return backlog;
  }

  /** Who is told what happens. */
  SimulatedPager pager() {
    return pager;
  }

  /** The switches that the application has itself. */
  SimulatedSwitches switches() {
    return switches;
  }

  /**
   * Somebody asks: {@code /outside/sql/<database>/<done|fenced|asked>}, {@code
   * /outside/http/web/...}, {@code /outside/http/web/told/asked}: what it was told, {@code
   * /outside/sql/<database>/<begun|executed>}: one statement, {@code
   * /outside/restore/<database>/...}, {@code /outside/http/<name>/letter}; of its job table: {@code
   * /outside/sql/<database>/jobs/...}, and of its triggers {@code
   * /outside/sql/<database>/triggers}.
   */
  Answer handle(Request request) {
    var path = request.path().split("/");
    if (path[2].equals("restore")) {
      return restores.handle(request, path[4]);
    }
    if (path[4].equals("letter")) {
      return pager.handle(request.query().get(KEY));
    }
    if (path[4].equals("told")) {
      return new Answer(200, TextNode.valueOf(mended ? "yes" : "no"));
    }
    if (path[4].equals(SimulatedBacklog.SHOWN)) {
      return backlog.shown();
    }
    if (path[4].equals(SimulatedBacklog.CLEARED)) {
      return asked(request, backlog.cleared());
    }
    if (path[2].equals("http")) {
      return SimulatedSwitches.isAbout(path[4])
          ? switches.handle(request, request.query().get(KEY), path[4])
          : asked(request, path[4]);
    }
    if (path[4].equals("jobs")) {
      return jobs.handle(request, path[5]);
    }
    if (path[4].equals("triggers")) {
      return new Answer(isUnheard() ? SILENT : 200, TextNode.valueOf(triggers.said()));
    }
    return switch (path[4]) {
      case "asked" -> question(request.query().get("query"));
      case "begun" -> begun(request.query().get("mark"));
      case "executed" -> executed(request);
      default -> row(request, path[4]);
    };
  }

  /** The row of a statement, which says that it was begun. */
  private Answer begun(String mark) {
    var before = rows.putIfAbsent(mark, "begun");
    return new Answer(200, TextNode.valueOf(before == null ? "set" : before));
  }

  /** A statement is done as often as it comes: nothing but its row tells that it came before. */
  private Answer executed(Request request) {
    var mark = request.query().get("mark");
    var statements = request.query().get("statements");
    world.outsideRules().done("SQL", request, mark + " at " + request.sent(), true);
    carryOut(mark, statements);
    rows.put(mark, "done");
    return new Answer(silent(statements) ? SILENT : 200, TextNode.valueOf("done"));
  }

  private boolean silent(String what) {
    var silent = what.endsWith("silently") && !kept;
    kept |= silent;
    return silent;
  }

  /** One where the shop is well, else 0; of the queue, how much is in it. */
  private Answer question(String query) {
    if (query.contains("backlog")) {
      return new Answer(200, TextNode.valueOf(String.valueOf(backlog.size())));
    }
    var well = world.controllers().answers(SimulatedApiServer.NAMESPACE + "/web");
    return new Answer(isUnheard() ? SILENT : 200, TextNode.valueOf(well ? "1" : "0"));
  }

  private Answer row(Request request, String state) {
    if (state.equals("forgotten")) {
      return forgotten(request.query().get("claim"));
    }
    var mark = request.query().get("mark");
    var statements = request.query().getOrDefault("statements", "");
    if (statements.endsWith("unheard") && unheardUntil == null) {
      unheardUntil = world.time().instant().plus(UNHEARD);
    } else if (isUnheard()) {
      return new Answer(SILENT, TextNode.valueOf("{}"));
    }
    if (!rows.containsKey(mark)) {
      rows.put(mark, state.equals("done") ? done(request, mark, statements) : state);
    }
    return new Answer(isUnheard() ? SILENT : 200, TextNode.valueOf(rows.get(mark)));
  }

  /** What the row of the mark says then. */
  private String done(Request request, String mark, String statements) {
    var reverses = request.query().getOrDefault("reverses", "");
    var alters = SimulatedTriggers.areAbout(statements);
    if (alters && reverses.isEmpty() && !triggers.canBe(statements)) {
      return "fenced";
    }
    var switched = SyncRules.isOfMeans(world, mark);
    remembered.add(Rules.claim(mark));
    if (switched) {
      world.done();
      world.syncRules().outside(request, mark);
    } else {
      world.outsideRules().done("SQL", request, mark, false);
    }
    if (alters && reverses.isEmpty()) {
      triggers.turn(mark, statements);
    } else if (alters) {
      triggers.giveBack(reverses);
    }
    if (switched) {
      world.syncRules().changed(true);
    }
    carryOut(mark, alters ? reverses.isEmpty() ? "mend" : "spoil" : statements);
    return "done";
  }

  private Answer forgotten(String claim) {
    world.outsideRules().forgotten(claim);
    remembered.remove(claim);
    return new Answer(isUnheard() ? SILENT : 200, TextNode.valueOf("{}"));
  }

  /** True when a database has rows that a run remembered. */
  boolean remembers(String claim) {
    return remembered.contains(claim);
  }

  /** What the endpoint that verifies says. */
  boolean isMended() {
    return mended;
  }

  /** True while a replica is behind a Service. */
  boolean isThere(String replica) {
    return world.server().all("endpointslices").values().stream()
        .flatMap(slice -> Rules.each(slice.path("endpoints")))
        .anyMatch(it -> it.at("/targetRef/uid").asText().equals(replica));
  }

  /** True while no database answers. */
  boolean isUnheard() {
    return unheardUntil != null && world.time().instant().isBefore(unheardUntil);
  }

  private Answer asked(Request request, String what) {
    var key = request.query().get(KEY);
    world.outsideRules().asked(request, key);
    var fresh = key == null || keys.put(key, true) == null;
    if (fresh) {
      world.outsideRules().done("HTTP", request, key == null ? "" + request.sent() : key, true);
      carryOut(request.query().get("mark"), what);
      mended = what.startsWith("mend");
    }
    return new Answer(silent(what) ? SILENT : 200, TextNode.valueOf("{}"));
  }

  private void carryOut(String mark, String what) {
    done.merge(Rules.action(mark), 1, Integer::sum);
    world.trace(() -> "outside: " + what + " for " + mark);
    world.controllers().mended(SimulatedApiServer.NAMESPACE + "/web", what.startsWith("mend"));
  }

  /** What was done, for the comparison of ends. */
  String essence() {
    return "outside " + done + '\n' + switches.essence() + restores.essence() + backlog.essence();
  }
}
