package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.time.Durations;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is seen of a restore, whatever the medium is that its database is kept in. */
public interface Seen {
  /** Said of data that nobody could dump, perhaps. */
  String ONLY_COPY =
      " If it was damaged, there is no other copy of it (ifDamaged: KeepOld), so nobody drops it but you.";

  /** What is wanted. */
  DbRestoreAction restore();

  /** For whom, and what was sent and is held. */
  ActionScope scope();

  /** The name of the database. */
  String live();

  /** True once the restored data is the live one. */
  boolean replaced();

  /** True while nothing of it was ever live, as far as is known. */
  boolean beforeReplacing();

  /** Where the backup is restored, until it is live. */
  String aside();

  /** Where the data from before is, or would be. */
  String old();

  /** What is known of the data that was restored; empty: nothing yet. */
  Map<String, String> facts();

  /** Which databases, or files, there are of the restore: an approval is about them. */
  List<String> parts();

  /** Until when those who write have to be gone; empty: nobody is kept off yet. */
  default Optional<Instant> quietUntil() {
    return scope().holds().stream()
        .filter(hold -> hold.claim().equals(scope().claim()))
        .filter(hold -> hold.action().equals(scope().action()))
        .map(Hold::since)
        .min(Comparator.naturalOrder())
        .map(since -> since.plus(Durations.of(restore().quiesce().timeout())));
  }

  /** What came back, and where what was written since is; empty: it was not put back. */
  Optional<String> putBack();

  /** What putting back the data from before does to what is live now. */
  default String undoing() {
    return "Database %s gets the data from before the restore again, and what was written since is put aside with the restored data."
        .formatted(live());
  }

  /** What became of it, once the restored data is the live one. */
  default String outcome() {
    return "Database %s was replaced by %s, and verified. The data from before is kept as %s.%s"
        .formatted(
            live(),
            new Facts(facts()).file().orElse("the backup"),
            old(),
            restore().keepsOld() ? ONLY_COPY : "");
  }
}
