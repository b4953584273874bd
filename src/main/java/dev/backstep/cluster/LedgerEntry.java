package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.status.Hold;
import java.time.Instant;
import java.util.Optional;

/**
 * One hold as its target says it: annotation {@code held-by.<claim>.<hash of the action>} with
 * {@code <plan>/<run>/<action>/<replicas>/<since>}. An entry {@code held-by.<claim>} with {@code
 * <run>/<action>}, as it was written before holds had numbers of their own, can be read as well.
 *
 * @param key name of the annotation
 * @param claim claim of the run that took the hold
 * @param plan name of that run's plan; empty: the entry does not say it
 * @param run id of that run
 * @param action name of the action that took the hold
 * @param replicas the number that the hold wants
 * @param since when the hold was taken; empty: the entry does not say it
 */
public record LedgerEntry(
    String key,
    String claim,
    Optional<String> plan,
    String run,
    String action,
    int replicas,
    Optional<Instant> since) {

  private static final int PARTS = 5;
  private static final int ACTION_HASH = 8;

  /** A new entry, as an action writes it. */
  public static LedgerEntry taken(
      String claim, String plan, String run, String action, int replicas, Instant since) {
    var key = Annotations.HELD_BY + claim + "." + Hashes.of(action).substring(0, ACTION_HASH);
    return new LedgerEntry(
        key, claim, Optional.of(plan), run, action, replicas, Optional.of(since));
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
      return new LedgerEntry(
          key,
          claim,
          Optional.of(parts[0]),
          parts[1],
          parts[2],
          Integer.parseInt(parts[3]),
          time(parts[4]));
    }
    var action = parts.length == 2 ? parts[1] : "";
    return new LedgerEntry(
        key, claim, Optional.empty(), parts[0], action, otherwise, Optional.empty());
  }

  private static Optional<Instant> time(String text) {
    return text.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z")
        ? Optional.of(Instant.parse(text))
        : Optional.empty();
  }

  /** The annotation's value. */
  public String value() {
    return "%s/%s/%s/%d/%s".formatted(plan.orElse(""), run, action, replicas, time());
  }

  /** When the hold was taken; of an entry that does not say it, before all others. */
  Instant time() {
    return since.orElse(Instant.EPOCH);
  }

  /** True when this hold in a status is the one that the entry is about. */
  public boolean isOf(Hold hold) {
    return hold.claim().equals(claim) && hold.action().equals(action);
  }

  /** Whose hold it is, for a human who has to find them. */
  public String holder() {
    return "run %s%s (action %s)%s"
        .formatted(
            run,
            plan.map(" of RollbackPlan %s"::formatted).orElse(""),
            action,
            since.map(" since %s"::formatted).orElse(""));
  }
}
