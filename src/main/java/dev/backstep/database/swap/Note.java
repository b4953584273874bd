package dev.backstep.database.swap;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.Json;
import dev.backstep.database.Judging.Checked;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a database of a restore says of itself, in its comment: it goes with the database whatever
 * its name is, and is written in the same transaction as what it says.
 *
 * @param restore tag of the restore that made it, or put it aside
 * @param attempt of loading
 * @param facts what is known of it, such as the dump that it was loaded from
 */
public record Note(String restore, State state, int attempt, Map<String, String> facts) {
  /**
   * Of the old database, and of one that a swap back took out: the name it had when it was live.
   */
  public static final String WAS = "was";

  /** Of the same: the comment that it had when it was live; absent: none. */
  public static final String COMMENT = "comment";

  /** Of the same: the OID of the database that took its place. */
  public static final String REPLACED_BY = "replacedBy";

  /** Of restored data: the file or folder that it was loaded from. */
  public static final String FILE = "file";

  /** SHA-256 of that. */
  public static final String SHA256 = "sha256";

  /** Of the same: nobody said which SHA-256 it should have, neither a manifest nor the restore. */
  public static final String UNVOUCHED = "unvouched";

  /** When that backup was begun. */
  public static final String MADE_AT = "madeAt";

  /** Size of that. */
  public static final String BYTES = "bytes";

  private static final String VALUE = "value.";
  private static final String BEFORE = "before.";

  /** Marks of effects that must not be done any more, with a space between. */
  static final String FENCED = "fenced";

  private static final String BEGIN = "backstep ";

  public Note {
    facts = Map.copyOf(facts);
  }

  /** How far a database is. */
  public enum State {
    /** Made, empty, and nobody else may connect to it. */
    Created,
    /** Being loaded; written only over {@code Created}, so a second loader does not begin. */
    Loading,
    /** Loaded to the end, and analysed. */
    Loaded,
    /** With the settings and rights of the one that it is to replace; it may go live. */
    Verified,
    /** It was live before the swap. */
    Kept,
    /** It was live between the swap and the swap back. */
    Undone
  }

  /** The fact that has what a check found in restored data. */
  public static String value(String check) {
    return VALUE + check;
  }

  /** The fact that has what the same check found in the data from before. */
  public static String before(String check) {
    return BEFORE + check;
  }

  /** What checks found, to be kept. */
  public static Map<String, String> facts(List<Checked> checks) {
    var facts = new TreeMap<String, String>();
    for (var check : checks) {
      facts.put(value(check.name()), check.value());
      facts.put(before(check.name()), check.before());
    }
    return facts;
  }

  /** What the comment says; empty: it is not one of these. */
  public static Optional<Note> of(String comment) {
    if (comment == null || !comment.startsWith(BEGIN)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.MAPPER.readValue(comment.substring(BEGIN.length()), Note.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** As a comment. */
  public String text() {
    try {
      return BEGIN + Json.MAPPER.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same with another state. */
  public Note in(State other) {
    return new Note(restore, other, attempt, facts);
  }

  /** The same with more facts. */
  public Note with(Map<String, String> more) {
    var all = new TreeMap<>(facts);
    all.putAll(more);
    return new Note(restore, state, attempt, all);
  }

  /** The same with one more fact. */
  public Note with(String fact, String value) {
    return with(Map.of(fact, value));
  }

  /** True when the effect with this mark must not be done any more. */
  boolean fences(String mark) {
    return Arrays.asList(facts.getOrDefault(FENCED, "").split(" ")).contains(mark);
  }

  /** The same, so that the effect with this mark is not done any more. */
  Note fencing(String mark) {
    return fences(mark)
        ? this
        : with(
            FENCED,
            Stream.of(facts.getOrDefault(FENCED, ""), mark)
                .filter(it -> !it.isEmpty())
                .collect(Collectors.joining(" ")));
  }
}
