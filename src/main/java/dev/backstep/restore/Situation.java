package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.database.swap.Databases;
import dev.backstep.database.swap.Databases.One;
import dev.backstep.database.swap.Names;
import dev.backstep.database.swap.Note;
import dev.backstep.database.swap.Note.State;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is seen of a restore on a server.
 *
 * @param restore what is wanted
 * @param scope for whom, and what was sent and is held
 * @param names of the databases of this attempt
 * @param found what the server says of them
 */
public record Situation(DbRestoreAction restore, ActionScope scope, Names names, Databases found)
    implements Seen {

  @Override
  public String live() {
    return found.live();
  }

  @Override
  public boolean replaced() {
    return found.old().filter(old -> old.is(names, State.Kept)).isPresent();
  }

  @Override
  public String aside() {
    return names.side(found.live());
  }

  @Override
  public String old() {
    return names.old(found.live());
  }

  @Override
  public Optional<String> putBack() {
    return found
        .undone()
        .filter(one -> one.isOf(names))
        .map(
            one ->
                "Database %1$s has the data from before again. What was written since is in database %2$s: DROP DATABASE \"%2$s\"; once nobody needs it."
                    .formatted(live(), one.name()));
  }

  @Override
  public String outcome() {
    return Seen.super.outcome() + following();
  }

  /**
   * What becomes of sessions with servers that follow this one, with a space before; empty: none
   * does.
   */
  String following() {
    return new Facts(facts()).followers().map(this::following).orElse("");
  }

  private String following(String names) {
    return " Servers follow this one: %s. Sessions with database %s there go on reading the data from before until they end; after the swap, on each of them: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datid = %d;"
        .formatted(names, live(), found.old().or(found::liveOne).map(One::oid).orElse(0L));
  }

  @Override
  public boolean beforeReplacing() {
    return !replaced() && putBack().isEmpty();
  }

  /** True when the database of this attempt is in this state. */
  boolean side(State state) {
    return found.side().filter(side -> side.is(names, state)).isPresent();
  }

  @Override
  public List<String> parts() {
    return Stream.concat(
            Stream.of(String.valueOf(found.system())),
            found.all().stream().map(one -> "%s %d".formatted(one.name(), one.oid())))
        .toList();
  }

  @Override
  public Map<String, String> facts() {
    var restored = replaced() ? found.old() : found.side();
    return restored.flatMap(one -> one.note()).map(Note::facts).orElse(Map.of());
  }
}
