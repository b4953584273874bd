package dev.backstep.dbrestore;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.DbRestoreSpec;
import dev.backstep.api.v1alpha1.DbRestoreStatus;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.restore.RestoreTransition;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.dbrestore.decide.Decision.Act;
import dev.backstep.dbrestore.decide.Decision.Advance;
import dev.backstep.dbrestore.gather.RestoreView;
import dev.backstep.dbrestore.status.RestoreStatusFactory;
import dev.backstep.dbrestore.watch.RestoreWakeups;
import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import dev.backstep.journal.Journal;
import dev.backstep.journal.ObjectId;
import dev.backstep.resource.StatusPut;
import dev.backstep.text.Sentences;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Writes a DbRestore's status. What is derived from a transition follows the write. */
@ApplicationScoped
public class RestoreWriter {
  /** The only way in which it is written. */
  static final StatusPut<DbRestoreSpec, DbRestoreStatus, DbRestore> PUT =
      new StatusPut<>(DbRestore::new);

  /** More transitions than this are not kept in the status; the journal has them. */
  private static final int MAX_TRANSITIONS = 50;

  private final RestoreStatusFactory factory;
  private final Events events;
  private final Journal journal;
  private final RestoreWakeups wakeups;

  public RestoreWriter(
      RestoreStatusFactory factory, Events events, Journal journal, RestoreWakeups wakeups) {
    this.factory = factory;
    this.events = events;
    this.journal = journal;
    this.wakeups = wakeups;
  }

  /** Records a step of the restore. */
  DbRestore record(RestoreView view, Advance advance, UnaryOperator<DbRestore> put) {
    return record(view, advance.status(), advance.reason(), advance.message(), put);
  }

  /** Records the intent of effects that are about to be sent. */
  DbRestore intended(RestoreView view, Act act, Intent intent, UnaryOperator<DbRestore> put) {
    return record(
        view,
        act.status().withRun(act.status().run().withIntent(intent)),
        Reasons.EFFECT_INTENDED,
        act.step().work().message(),
        put);
  }

  private DbRestore record(
      RestoreView view,
      DbRestoreStatus core,
      String reason,
      String message,
      UnaryOperator<DbRestore> put) {
    var step = transition(view, core, reason, message);
    var all = Stream.concat(core.transitions().stream(), Stream.of(step)).toList();
    var kept = List.copyOf(all.subList(Math.max(0, all.size() - MAX_TRANSITIONS), all.size()));
    var next = factory.derive(view, core.with().seq(step.seq()).transitions(kept).build());
    var written = PUT.write(view.restore(), next, put);
    events.say(
        written, new Occurrence("step/" + step.seq(), alarming(next, reason), reason, message));
    journal(written);
    return written;
  }

  private static RestoreTransition transition(
      RestoreView view, DbRestoreStatus core, String reason, String message) {
    return new RestoreTransition(
        view.restore().getMetadata().getName(),
        view.snapshot().claim(),
        core.seq() + 1,
        view.now(),
        core.phase(),
        reason,
        Sentences.bounded(message));
  }

  private static boolean alarming(DbRestoreStatus status, String reason) {
    return reason.equals(Reasons.ACTION_FAILED)
        || switch (status.phase()) {
          case Failed, HalfRestored -> true;
          default -> false;
        };
  }

  /** Writes the status if it is not what the DbRestore has already. */
  DbRestore refresh(RestoreView view, UnaryOperator<DbRestore> put) {
    journal(view.restore());
    return PUT.writeChanged(view.restore(), factory.derive(view, view.status()), put);
  }

  private void journal(DbRestore restore) {
    journal.write(ObjectId.of(restore), restore.said().transitions(), wakeups.of(restore));
  }
}
