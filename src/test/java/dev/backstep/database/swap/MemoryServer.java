package dev.backstep.database.swap;

import dev.backstep.api.Json;
import dev.backstep.database.swap.Databases.One;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A server in memory, with the databases of one restore: what an effect does there happens at once
 * or not at all, under the preconditions that the statements have. What it does between two
 * statements, tests with real servers show.
 */
public final class MemoryServer {
  /** Name of the live database. */
  public static final String LIVE = "orders";

  /** What is in the live database before, and in one that was loaded once. */
  public static final String OLD_DATA = "old";

  public static final String NEW_DATA = "new";

  private static final String SYSTEM = "7001";
  private static final long FIRST = 100;

  private final List<One> all = new ArrayList<>();
  private final Map<Long, String> data = new TreeMap<>();
  private final Map<String, Long> ended = new HashMap<>();
  private long oids = FIRST;

  public MemoryServer() {
    data.put(FIRST, OLD_DATA);
    all.add(new One(LIVE, FIRST, "app_owner", true, null, OptionalLong.empty()));
  }

  /** The OID of the database that was live at first. */
  public static long first() {
    return FIRST;
  }

  /** All of them, for whoever asks. */
  static Databases read(String said, Names names) {
    try {
      var ones = List.of(Json.MAPPER.readValue(said, Told[].class));
      var known =
          ones.stream()
              .filter(it -> it.name().equals(LIVE) || it.name().startsWith(names.prefix(LIVE)))
              .map(
                  it ->
                      new One(
                          it.name(),
                          it.oid(),
                          "app_owner",
                          it.accepts(),
                          it.comment(),
                          OptionalLong.empty()))
              .toList();
      return new Databases(SYSTEM, LIVE, names, known);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One database as it is told. */
  record Told(String name, long oid, boolean accepts, String comment, String data) {}

  static List<Told> told(String said) {
    try {
      return List.of(Json.MAPPER.readValue(said, Told[].class));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is said of all of them. */
  public String said() {
    try {
      return Json.MAPPER.writeValueAsString(
          all.stream()
              .map(
                  it ->
                      new Told(it.name(), it.oid(), it.accepts(), it.comment(), data.get(it.oid())))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whoever began something for this mark before this moment does not come to its end. */
  public void end(String mark, long moment) {
    ended.put(mark, moment);
  }

  /** True when the session in which it was begun was ended. */
  public boolean isEnded(String mark, long sent) {
    return ended.getOrDefault(mark, 0L) > sent;
  }

  /** What needs this database is not done for this mark any more. */
  public void fence(String mark, long oid) {
    change(oid, it -> it.comment() == null ? it : commented(it, note(it).fencing(mark)));
  }

  /** The data that people work with; empty: nobody can. */
  public Optional<String> liveData() {
    return live().filter(One::accepts).map(it -> data.get(it.oid()));
  }

  /** The OID of the live database; 0: there is none. */
  public long liveOid() {
    return live().map(One::oid).orElse(0L);
  }

  /** True while the database with this OID is there. */
  public boolean has(long oid) {
    return all.stream().anyMatch(it -> it.oid() == oid);
  }

  /** How many databases there are that are no live ones, and never were. */
  public long aside() {
    return notesAside().count();
  }

  /** How many of those this restore made. */
  public long aside(String tag) {
    return notesAside().filter(it -> it.restore().equals(tag)).count();
  }

  private Stream<Note> notesAside() {
    return all.stream()
        .filter(it -> it.comment() != null)
        .map(MemoryServer::note)
        .filter(it -> it.state().compareTo(Note.State.Kept) < 0);
  }

  /** The live one is called otherwise, and none is live: a mistake. */
  public void rename(String to) {
    change(liveOid(), it -> new One(to, it.oid(), it.owner(), false, it.comment(), it.bytes()));
  }

  /** A loader begins. */
  public boolean loads(Names names, String side) {
    var found =
        all.stream().filter(it -> it.name().equals(side) && it.is(names, Note.State.Created));
    var loaded = found.findFirst();
    loaded.ifPresent(
        it -> change(it.oid(), one -> commented(one, note(one).in(Note.State.Loading))));
    return loaded.isPresent();
  }

  /** A loader ends. */
  public void loaded(String side, Map<String, String> facts) {
    all.stream()
        .filter(it -> it.name().equals(side))
        .map(One::oid)
        .findFirst()
        .ifPresent(
            oid -> {
              data.merge(oid, NEW_DATA, String::concat);
              change(oid, it -> commented(it, note(it).in(Note.State.Loaded).with(facts)));
            });
  }

  /** What an effect is and does, as it came over the wire. */
  public String done(String sort, String json, String mark) {
    return switch (sort) {
      case "SideCreation" -> created(read(json, SideCreation.class));
      case "SideProven" -> proven(read(json, SideProven.class), mark);
      case "DatabaseSwap" -> swapped(read(json, DatabaseSwap.class), mark);
      case "DatabaseDrop" -> dropped(read(json, DatabaseDrop.class), mark);
      default -> "Applied";
    };
  }

  private static <E> E read(String json, Class<E> type) {
    try {
      return Json.MAPPER.readValue(json, type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String created(SideCreation effect) {
    var name = effect.names().side(LIVE);
    var there = all.stream().filter(it -> it.name().equals(name)).findFirst();
    if (there.isPresent()) {
      return there.get().isOf(effect.names()) ? "Refused" : "Failed";
    }
    if (effect.database().oid() != liveOid()) {
      return "Failed";
    }
    var note =
        new Note(effect.names().tag(), Note.State.Created, effect.names().attempt(), Map.of());
    oids++;
    data.put(oids, "");
    all.add(new One(name, oids, "app_owner", true, note.text(), OptionalLong.empty()));
    return "Applied";
  }

  private String proven(SideProven effect, String mark) {
    if (effect.database().oid() != liveOid()) {
      return "Failed";
    }
    return may(effect.side(), effect.names(), Note.State.Loaded, mark)
        .map(
            side -> {
              var note = note(side).in(Note.State.Verified).with(effect.facts());
              change(side.oid(), it -> commented(it, note));
              return "Applied";
            })
        .orElse("Refused");
  }

  private String swapped(DatabaseSwap effect, String mark) {
    if (liveOid() == effect.comes()) {
      return "Refused";
    }
    if (effect.database().oid() != liveOid()) {
      return "Failed";
    }
    var state = effect.back() ? Note.State.Kept : Note.State.Verified;
    var comes = may(effect.comes(), effect.names(), state, mark);
    if (comes.isEmpty() || all.stream().anyMatch(it -> it.name().equals(effect.leavesTo()))) {
      return "Refused";
    }
    var facts = new TreeMap<>(note(comes.get()).facts());
    facts.remove(Note.FENCED);
    var left =
        new Note(
            effect.names().tag(),
            effect.back() ? Note.State.Undone : Note.State.Kept,
            effect.names().attempt(),
            facts);
    change(
        effect.database().oid(),
        it -> new One(effect.leavesTo(), it.oid(), it.owner(), false, left.text(), it.bytes()));
    change(effect.comes(), it -> new One(LIVE, it.oid(), it.owner(), true, null, it.bytes()));
    return "Applied";
  }

  private String dropped(DatabaseDrop effect, String mark) {
    var found = all.stream().filter(it -> it.oid() == effect.oid()).findFirst();
    if (found.isEmpty()) {
      return "Applied";
    }
    if (liveOid() == effect.oid() || !found.get().isOf(effect.names())) {
      return "Failed";
    }
    if (note(found.get()).fences(mark)) {
      return "Refused";
    }
    all.remove(found.get());
    return "Applied";
  }

  private Optional<One> may(long oid, Names names, Note.State state, String mark) {
    return all.stream()
        .filter(it -> it.oid() == oid && it.is(names, state) && !note(it).fences(mark))
        .findFirst();
  }

  private Optional<One> live() {
    return all.stream().filter(it -> it.name().equals(LIVE)).findFirst();
  }

  private static Note note(One one) {
    return one.note().orElseThrow();
  }

  private static One commented(One one, Note note) {
    return new One(one.name(), one.oid(), one.owner(), one.accepts(), note.text(), one.bytes());
  }

  private void change(long oid, UnaryOperator<One> change) {
    all.replaceAll(it -> it.oid() == oid ? change.apply(it) : it);
  }
}
