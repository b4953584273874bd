package dev.backstep.restore;

import dev.backstep.database.Judging;
import dev.backstep.database.Judging.Checked;
import dev.backstep.database.swap.Note;
import dev.backstep.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a restored database says of itself: where it is from, and what was found when it was
 * verified. It goes with the database, so it outlives every process.
 */
public record Facts(Map<String, String> all) {
  /** The servers that follow this one, with a comma between; absent: none does. */
  private static final String FOLLOWERS = "followers";

  /** What checks found, and which servers follow, to be kept. */
  static Map<String, String> of(List<Checked> checks, List<String> followers) {
    var facts = Note.facts(checks);
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

  /** What people have to know before they let it replace the live data. */
  String forecast(Seen now) {
    var checks =
        now.restore().verify().stream()
            .map(check -> check.name())
            .map(
                name ->
                    "%s %s (now: %s)"
                        .formatted(name, all.get(Note.value(name)), all.get(Note.before(name))))
            .toList();
    return "Backup %s was restored beside the live database and verified: %s. %s"
        .formatted(file().orElse("?"), String.join(", ", checks), loss(now.scope().now()));
  }

  /** The servers that follow that of the database; empty: none does. */
  Optional<String> followers() {
    return Optional.ofNullable(all.get(FOLLOWERS));
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
