package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.database.swap.Names;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is seen of a restore of a SQLite file: only its Jobs see the file itself, and what they
 * found is read from their last words.
 *
 * @param facts of what was restored; empty: nothing yet, or they are not there any more
 * @param replaced true: a Job said that the restored file is live
 * @param swapBegun true: a Job was made that replaces the live file
 * @param loadBegun true: a Job was made that writes beside the live file
 * @param cameBack true: a Job said that the file from before is live again
 */
record FileSeen(
    DbRestoreAction restore,
    ActionScope scope,
    Map<String, String> facts,
    boolean replaced,
    boolean swapBegun,
    boolean loadBegun,
    boolean cameBack)
    implements Seen {
  /** What the files of the restore are called. */
  Names names() {
    return Names.of(scope.claim(), scope.action(), scope.attempt());
  }

  @Override
  public String live() {
    return restore.target().sqlite().path();
  }

  @Override
  public boolean beforeReplacing() {
    return !swapBegun;
  }

  @Override
  public Optional<String> putBack() {
    return cameBack ? Optional.of(back()) : Optional.empty();
  }

  /** What is so once it was put back. */
  String back() {
    return "File %s has the data from before again. What was written since is in file %s beside it: delete that once nobody needs it."
        .formatted(live(), names().undone(live()));
  }

  @Override
  public String aside() {
    return names().side(live());
  }

  @Override
  public String old() {
    return names().old(live());
  }

  @Override
  public List<String> parts() {
    return List.of(pin(restore));
  }

  static String pin(DbRestoreAction restore) {
    var file = restore.target().sqlite();
    return "file %s of volume %s".formatted(file.path(), file.claimName());
  }
}
