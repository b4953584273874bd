package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import java.util.List;
import java.util.Map;

/** What is seen of a restore, whatever the medium is that its database is kept in. */
public interface Seen {
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

  /** Where the data from before is, or would be. */
  String old();

  /** What is known of the data that was restored; empty: nothing yet. */
  Map<String, String> facts();

  /** Which databases, or files, there are of the restore: an approval is about them. */
  List<String> parts();

  /** What became of it, once the restored data is the live one. */
  default String outcome() {
    return "Database %s was replaced by %s, and verified. The data from before is kept as %s."
        .formatted(live(), new Facts(facts()).file().orElse("the backup"), old());
  }
}
