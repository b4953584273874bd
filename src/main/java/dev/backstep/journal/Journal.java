package dev.backstep.journal;

import dev.backstep.api.JournalEntry;
import dev.backstep.config.BackstepConfig;
import dev.backstep.journal.JournalTable.UnreachableException;
import dev.backstep.journal.WaitingRows.Rows;
import dev.backstep.memory.PerObjectState;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The record of runs in PostgreSQL. It is derived from the status, so that an outage of the
 * database loses nothing: what is missing is written when it is back, and writing a row twice
 * changes nothing. Optional: without a URL there is none.
 *
 * <p>One thread writes for all objects, and each waits in its queue at most once. A database that
 * does not answer is one fact about all of them: the first try that fails ends the round.
 */
@ApplicationScoped
public class Journal implements PerObjectState {
  private static final Logger LOG = Logger.getLogger(Journal.class);

  private final JournalTable table;
  private final Clock clock;
  private final boolean configured;
  private final ExecutorService writer;
  private final Map<String, Progress> progress = new ConcurrentHashMap<>();
  private final WaitingRows waiting = new WaitingRows();

  /** Objects that were told that the journal fails: they have to hear when it works again. */
  private final Set<String> complained = ConcurrentHashMap.newKeySet();

  private final AtomicBoolean underWay = new AtomicBoolean();
  private volatile Instant downSince;

  @Inject
  public Journal(BackstepConfig config, JournalTable table, Clock clock) {
    this(config, table, clock, Executors.newSingleThreadExecutor());
  }

  /** With a thread of the caller's choice. */
  public Journal(BackstepConfig config, JournalTable table, Clock clock, ExecutorService writer) {
    this.table = table;
    this.clock = clock;
    this.writer = writer;
    this.configured = config.journal().url().filter(url -> !url.isBlank()).isPresent();
  }

  /** The last transition that is written; since when the database refuses the object's rows. */
  private record Progress(Optional<JournalEntry> last, Optional<Instant> refusedSince) {
    private static final Progress NONE = new Progress(Optional.empty(), Optional.empty());
  }

  /** How far the journal is. */
  public enum State {
    /** No journal is kept, or there is nothing to write. */
    NONE,
    WRITING,
    WRITTEN,
    /** The database does not answer, or does not take it; it is tried again. */
    FAILING
  }

  /** Said once at the start, because a missing record shows only when somebody looks for it. */
  void onStart(@Observes StartupEvent start) {
    LOG.info(
        configured
            ? "the journal is kept in PostgreSQL"
            : "no journal is kept: set backstep.journal.url to have one");
  }

  /** How far the journal is with an object's transitions. */
  public State state(String uid, List<? extends JournalEntry> transitions) {
    if (!configured || transitions.isEmpty()) {
      return State.NONE;
    }
    if (has(uid, transitions)) {
      return State.WRITTEN;
    }
    return failingSince(uid) == null ? State.WRITING : State.FAILING;
  }

  /** Since when an object's transitions cannot be written; null: they can, or none were tried. */
  public Instant failingSince(String uid) {
    var down = downSince;
    return down == null ? progress(uid).refusedSince().orElse(null) : down;
  }

  /** How many objects have transitions that are to be written. */
  public int waiting() {
    return waiting.count();
  }

  /** Since when transitions of any object cannot be written; empty: nothing is in the way. */
  public Optional<Instant> failingSince() {
    return Stream.concat(
            Stream.ofNullable(downSince),
            progress.values().stream().flatMap(it -> it.refusedSince().stream()))
        .min(Comparator.naturalOrder());
  }

  /** True when these transitions are all known to be in the journal, or no journal is kept. */
  public boolean has(String uid, List<? extends JournalEntry> transitions) {
    return !configured
        || transitions.isEmpty()
        || progress(uid).last().filter(transitions.get(transitions.size() - 1)::equals).isPresent();
  }

  private Progress progress(String uid) {
    return progress.getOrDefault(uid, Progress.NONE);
  }

  /**
   * Writes what is not written yet, in the background.
   *
   * @param whenDone called when it is known whether the journal could be written
   */
  public void write(ObjectId object, List<? extends JournalEntry> transitions, Runnable whenDone) {
    if (has(object.uid(), transitions)) {
      return;
    }
    waiting.add(new Rows(object, transitions, whenDone));
    if (downSince != null) {
      complained.add(object.uid());
    }
    begin();
  }

  private void begin() {
    if (underWay.compareAndSet(false, true)) {
      writer.execute(this::writeAll);
    }
  }

  /** Forgets an object that is gone. */
  @Override
  public void forget(String uid) {
    progress.remove(uid);
    complained.remove(uid);
    waiting.forget(uid);
  }

  /** One round; after an outage the next object that asks begins another. */
  private void writeAll() {
    var answers = true;
    try {
      for (var next = waiting.first(); answers && next.isPresent(); next = waiting.first()) {
        answers = write(next.get());
      }
    } finally {
      underWay.set(false);
    }
    if (answers && waiting.first().isPresent()) {
      begin();
    }
  }

  /** True when the database answered, whatever it said. */
  private boolean write(Rows next) {
    var uid = next.object().uid();
    try {
      if (!has(uid, next.transitions())) {
        table.write(next.object(), next.transitions());
        written(next);
      }
    } catch (UnreachableException e) {
      down(next, e);
      return false;
    } catch (RuntimeException e) {
      refused(next, e);
    }
    downSince = null;
    waiting.written(next);
    return true;
  }

  /** Wakes the object only if it heard of a failure before, or of nothing yet. */
  private void written(Rows next) {
    var uid = next.object().uid();
    var before = progress(uid);
    var last = next.transitions().get(next.transitions().size() - 1);
    progress.put(uid, new Progress(Optional.of(last), Optional.empty()));
    if (complained.remove(uid) || before.last().isEmpty()) {
      next.whenDone().run();
    }
  }

  private void down(Rows next, UnreachableException e) {
    LOG.warnf(
        "journal not written for %s: %s",
        next.object(), String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    if (downSince != null) {
      return;
    }
    downSince = clock.instant();
    var all = waiting.all();
    all.forEach(one -> complained.add(one.object().uid()));
    all.forEach(one -> one.whenDone().run());
  }

  private void refused(Rows next, RuntimeException e) {
    var uid = next.object().uid();
    var before = progress(uid);
    if (before.refusedSince().isEmpty()) {
      LOG.errorf(e, "the journal does not take the steps of %s", next.object());
      progress.put(uid, new Progress(before.last(), Optional.of(clock.instant())));
      complained.add(uid);
      next.whenDone().run();
    }
  }

  @PreDestroy
  void stop() {
    writer.shutdown();
  }
}
