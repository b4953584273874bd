package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.database.swap.Databases;
import dev.backstep.database.swap.Names;
import dev.backstep.database.swap.Note;
import dev.backstep.database.swap.Note.State;
import java.util.Map;

/**
 * What a stage decides from.
 *
 * @param restore what is wanted
 * @param scope for whom, and what was sent and is held
 * @param names of the databases of this attempt
 * @param found what the server says of them
 */
public record Situation(DbRestoreAction restore, ActionScope scope, Names names, Databases found) {

  /** True once the restored data is the live one. */
  public boolean replaced() {
    return found.old().filter(old -> old.is(names, State.Kept)).isPresent();
  }

  /** What became of it, once the restored data is the live one. */
  String outcome() {
    return "Database %s was replaced by %s, and verified. The data from before is kept as %s."
        .formatted(
            found.live(), new Facts(facts()).file().orElse("the backup"), names.old(found.live()));
  }

  /** True while nothing of it was ever live. */
  public boolean beforeReplacing() {
    return !replaced() && found.undone().filter(one -> one.isOf(names)).isEmpty();
  }

  /** True when the database of this attempt is in this state. */
  boolean side(State state) {
    return found.side().filter(side -> side.is(names, state)).isPresent();
  }

  /** What is known of the data that was restored; empty: nothing yet. */
  public Map<String, String> facts() {
    var restored = replaced() ? found.old() : found.side();
    return restored.flatMap(one -> one.note()).map(Note::facts).orElse(Map.of());
  }
}
