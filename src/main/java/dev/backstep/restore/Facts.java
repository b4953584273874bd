package dev.backstep.restore;

import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.restore.RestoreCheck;
import dev.backstep.database.Judging;
import dev.backstep.database.Judging.Checked;
import dev.backstep.database.swap.Note;
import dev.backstep.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a restored database says of itself: where it is from, and what was found when it was
 * verified. It goes with the database, so it outlives every process.
 */
public record Facts(Map<String, String> all) {
  /** The servers that follow this one, with a comma between; absent: none does. */
  private static final String FOLLOWERS = "followers";

  /** Who else than the owner owns something in the live database; absent: nobody does. */
  private static final String OWNERS = "otherOwners";

  /** What checks found, which servers follow, and who else owns a part, to be kept. */
  static Map<String, String> of(
      List<Checked> checks, List<String> followers, Optional<String> owners) {
    var facts = Note.facts(checks);
    owners.ifPresent(names -> facts.put(OWNERS, names));
    if (!followers.isEmpty()) {
      facts.put(FOLLOWERS, String.join(", ", followers));
    }
    return facts;
  }

  /** What a check found in the data from before. */
  Object before(String check) {
    return Judging.kept(all.get(Note.before(check)));
  }

  /** The backup. */
  public Optional<String> file() {
    return Optional.ofNullable(all.get(Note.FILE));
  }

  /** When it was begun; empty: that is not known. */
  public Optional<Instant> madeAt() {
    return Optional.ofNullable(all.get(Note.MADE_AT)).map(Instant::parse);
  }

  /**
   * What people agree to: which backup it is, and what each check found in it, and in what is live.
   */
  List<String> pins(DbRestoreAction restore) {
    return Stream.concat(
            file().stream().map(it -> "backup %s, sha256 %s".formatted(it, all.get(Note.SHA256))),
            restore.verify().stream()
                .map(RestoreCheck::name)
                .filter(check -> all.containsKey(Note.value(check)))
                .map(
                    check ->
                        "check %s found %s in it, and %s in what is live"
                            .formatted(
                                check, all.get(Note.value(check)), all.get(Note.before(check)))))
        .toList();
  }

  /** What people have to know before they let it replace the live data. */
  String forecast(Seen now) {
    var checks = now.restore().verify().stream().map(check -> found(check.name())).toList();
    return "Backup %s was restored beside the live database, as %s, and verified: %s. %s%s%s"
        .formatted(
            file().orElse("?"),
            now.aside(),
            String.join(", ", checks),
            loss(now.scope().now()),
            unvouched(),
            owners());
  }

  private String found(String check) {
    var value = all.get(Note.value(check));
    var now = all.get(Note.before(check));
    return "%s %s (now: %s%s)".formatted(check, value, now, more(value, now));
  }

  /** How many are newer than the backup, where a check counts something. */
  private static String more(String value, String now) {
    try {
      var more = Long.parseLong(now) - Long.parseLong(value);
      return more > 0 ? ", %d more".formatted(more) : "";
    } catch (NumberFormatException e) {
      return "";
    }
  }

  /** The servers that follow that of the database; empty: none does. */
  Optional<String> followers() {
    return Optional.ofNullable(all.get(FOLLOWERS));
  }

  private String owners() {
    return Optional.ofNullable(all.get(OWNERS))
        .map(
            " In the live database tables, views or sequences belong to %s, and in the restored one everything belongs to the database's owner: whoever works as one of them may miss rights there, which ALTER ... OWNER TO gives."
                ::formatted)
        .orElse("");
  }

  private String unvouched() {
    return all.containsKey(Note.UNVOUCHED)
        ? " Nobody says which bytes it should have: it has no manifest, and source.sha256 is not given, so data that was damaged on the way may have been restored; its sha256 is %s."
            .formatted(all.get(Note.SHA256))
        : "";
  }

  private String loss(Instant now) {
    return madeAt()
        .map(
            made ->
                "What was written in the last %s, since %s, would be lost."
                    .formatted(Durations.said(Duration.between(made, now)), made))
        .orElse("How old it is, is not known: it has no manifest.");
  }
}
