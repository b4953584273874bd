package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.status.Hold;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One hold as its target says it: annotation {@code held-by.<claim>.<hash of the action>} with
 * {@code <kind>:<name>/<run>/<action>/<replicas>/<since>}. As it was written before others than
 * plans held something, without a kind, it can be read as well, and so can {@code held-by.<claim>}
 * with {@code <run>/<action>}, from before holds had numbers of their own.
 *
 * @param key name of the annotation
 * @param claim claim of the run that took the hold
 * @param kind kind of the object whose run that was
 * @param name its name; empty: the entry does not say it
 * @param run id of that run
 * @param action name of the action that took the hold
 * @param replicas the number that the hold wants
 * @param since when the hold was taken; empty: the entry does not say it
 */
public record LedgerEntry(
    String key,
    String claim,
    String kind,
    Optional<String> name,
    String run,
    String action,
    int replicas,
    Optional<Instant> since) {

  /** The order in which they were taken. */
  public static final Comparator<LedgerEntry> IN_TURN =
      Comparator.comparing((LedgerEntry entry) -> entry.time()).thenComparing(LedgerEntry::key);

  /** Once nobody else held anything. */
  private static final String PLAN = "RollbackPlan";

  private static final int PARTS = 5;
  private static final int ACTION_HASH = 8;

  /**
   * A new entry, as an action writes it.
   *
   * @param kind kind of the object whose run it is
   * @param name its name
   */
  public static LedgerEntry taken(
      String claim,
      String kind,
      String name,
      String run,
      String action,
      int replicas,
      Instant since) {
    var key = Annotations.HELD_BY + claim + "." + Hashes.of(action).substring(0, ACTION_HASH);
    return new LedgerEntry(
        key, claim, kind, Optional.of(name), run, action, replicas, Optional.of(since));
  }

  /**
   * The entries on an object, in the order in which they were taken.
   *
   * @param otherwise the number of entries that do not say their own
   */
  public static List<LedgerEntry> on(HasMetadata object, int otherwise) {
    return Annotations.of(object).entrySet().stream()
        .filter(annotation -> annotation.getKey().startsWith(Annotations.HELD_BY))
        .map(it -> read(it.getKey(), it.getValue(), otherwise))
        .sorted(IN_TURN)
        .toList();
  }

  /** An entry that was kept elsewhere, by its id and what it said. */
  public static LedgerEntry read(String id, String value) {
    return read(Annotations.HELD_BY + id, value, 0);
  }

  /** What stands behind {@link Annotations#HELD_BY}. */
  public String id() {
    return key.substring(Annotations.HELD_BY.length());
  }

  /**
   * Reads an annotation.
   *
   * @param otherwise the number of an entry that does not say its own
   */
  static LedgerEntry read(String key, String value, int otherwise) {
    var name = key.substring(Annotations.HELD_BY.length());
    var claim = name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
    var parts = value.split("/");
    if (parts.length == PARTS && parts[3].matches("\\d{1,9}")) {
      var colon = parts[0].indexOf(':');
      return new LedgerEntry(
          key,
          claim,
          colon < 0 ? PLAN : parts[0].substring(0, colon),
          Optional.of(parts[0].substring(colon + 1)),
          parts[1],
          parts[2],
          Integer.parseInt(parts[3]),
          time(parts[4]));
    }
    var action = parts.length == 2 ? parts[1] : "";
    return new LedgerEntry(
        key, claim, PLAN, Optional.empty(), parts[0], action, otherwise, Optional.empty());
  }

  private static Optional<Instant> time(String text) {
    return text.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z")
        ? Optional.of(Instant.parse(text))
        : Optional.empty();
  }

  /** The annotation's value. */
  public String value() {
    return "%s:%s/%s/%s/%d/%s".formatted(kind, name.orElse(""), run, action, replicas, time());
  }

  /** When the hold was taken; of an entry that does not say it, before all others. */
  Instant time() {
    return since.orElse(Instant.EPOCH);
  }

  /** True when this hold in a status is the one that the entry is about. */
  public boolean isOf(Hold hold) {
    return isOf(hold.claim(), hold.action());
  }

  /** True when it is that of an action of a run. */
  public boolean isOf(String ofClaim, String ofAction) {
    return claim.equals(ofClaim) && action.equals(ofAction);
  }

  /** Whose hold it is, for a human who has to find them. */
  public String holder() {
    return "run %s%s (action %s)%s"
        .formatted(
            run,
            name.map(it -> " of %s %s".formatted(kind, it)).orElse(""),
            action,
            since.map(" since %s"::formatted).orElse(""));
  }
}
