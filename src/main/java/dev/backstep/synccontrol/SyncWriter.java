package dev.backstep.synccontrol;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.sync.Episode;
import dev.backstep.api.v1alpha1.sync.SwitchTransition;
import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import dev.backstep.journal.Journal;
import dev.backstep.journal.ObjectId;
import dev.backstep.notification.Notifier;
import dev.backstep.resource.StatusPut;
import dev.backstep.synccontrol.claim.EpisodeClaims;
import dev.backstep.synccontrol.decide.Decision.Advance;
import dev.backstep.synccontrol.gather.SwitchView;
import dev.backstep.synccontrol.status.QueueNotices;
import dev.backstep.synccontrol.status.SwitchStatus;
import dev.backstep.synccontrol.watch.SyncWakeups;
import dev.backstep.text.Sentences;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Writes a SyncControl's status. What is derived from a transition follows the write. */
@ApplicationScoped
public class SyncWriter {
  /** The only way in which it is written. */
  static final StatusPut<SyncControlSpec, SyncControlStatus, SyncControl> PUT =
      new StatusPut<>(SyncControl::new);

  /** More transitions than this are not kept in the status; the journal has them. */
  private static final int MAX_TRANSITIONS = 50;

  private static final Set<String> ALARMING =
      Set.of(
          Reasons.MEANS_FAILED,
          Reasons.ACTION_FAILED,
          Reasons.CONTESTED,
          Reasons.STATUS_LOST,
          Reasons.HOLD_ORPHANED);

  private final SwitchStatus factory;
  private final Events events;
  private final QueueEvents queueEvents;
  private final Journal journal;
  private final Notifier notifier;
  private final SyncWakeups wakeups;

  public SyncWriter(
      SwitchStatus factory,
      Events events,
      QueueEvents queueEvents,
      Journal journal,
      Notifier notifier,
      SyncWakeups wakeups) {
    this.factory = factory;
    this.events = events;
    this.queueEvents = queueEvents;
    this.journal = journal;
    this.notifier = notifier;
    this.wakeups = wakeups;
  }

  /**
   * Records steps of the switch by one write.
   *
   * @param kept the intents of effects that are about to be sent
   */
  SyncControl record(
      SwitchView view, List<Advance> steps, List<Intent> kept, UnaryOperator<SyncControl> put) {
    var status = view.status();
    var made = new ArrayList<SwitchTransition>();
    for (var step : steps) {
      status = factory.derive(view, step.status().withSeq(step.status().seq() + 1));
      made.add(transition(view, status, step));
    }
    var all = Stream.concat(view.status().transitions().stream(), made.stream()).toList();
    var last = all.subList(Math.max(0, all.size() - MAX_TRANSITIONS), all.size());
    var written =
        PUT.write(view.sync(), with(kept, status).withTransitions(List.copyOf(last)), put);
    made.forEach(step -> events.say(written, occurrence(step)));
    queueEvents.say(view.sync(), written, view.now());
    journal(written);
    tell(written);
    return written;
  }

  private static SyncControlStatus with(List<Intent> kept, SyncControlStatus status) {
    var episode = status.episode();
    for (var intent : kept) {
      episode = episode.with(intent.action(), means -> means.withIntent(intent));
    }
    return status.withEpisode(episode);
  }

  private static Occurrence occurrence(SwitchTransition step) {
    return new Occurrence(
        "step/" + step.seq(),
        ALARMING.contains(step.reason()),
        step.reason(),
        step.action() == null ? step.message() : "%s: %s".formatted(step.action(), step.message()));
  }

  private static SwitchTransition transition(
      SwitchView view, SyncControlStatus status, Advance step) {
    var episode = Optional.ofNullable(status.episode());
    return new SwitchTransition(
        episode.map(Episode::number).map(EpisodeClaims::episode).orElse("on"),
        episode.map(Episode::claim).orElse(EpisodeClaims.name(view.sync(), 0)),
        status.seq(),
        view.now(),
        status.state(),
        step.means(),
        step.reason(),
        Sentences.bounded(step.message()));
  }

  /** Writes the status if it is not what the SyncControl has already. */
  SyncControl refresh(SwitchView view, UnaryOperator<SyncControl> put) {
    journal(view.sync());
    var written = PUT.writeChanged(view.sync(), factory.derive(view, view.status()), put);
    queueEvents.say(view.sync(), written, view.now());
    tell(written);
    return written;
  }

  /** When people who could not be told are told again; empty: nobody waits. */
  Optional<Instant> tellsAgain(SyncControl sync) {
    return QueueNotices.of(sync, sync.said()).stream()
        .flatMap(it -> notifier.again(it).stream())
        .min(Comparator.naturalOrder());
  }

  /** Only what stands in the status is told. */
  private void tell(SyncControl written) {
    QueueNotices.of(written, written.said())
        .forEach(news -> notifier.tell(news, wakeups.of(written)));
  }

  private void journal(SyncControl sync) {
    journal.write(ObjectId.of(sync), sync.said().transitions(), wakeups.of(sync));
  }
}
