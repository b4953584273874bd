package dev.backstep.synccontrol;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.claim.Claim;
import dev.backstep.effect.IntentRunner;
import dev.backstep.effect.IntentRunner.Due;
import dev.backstep.effect.Order;
import dev.backstep.resource.FailedPasses;
import dev.backstep.resource.Rest;
import dev.backstep.synccontrol.claim.EpisodeClaims;
import dev.backstep.synccontrol.claim.EpisodePruning;
import dev.backstep.synccontrol.decide.Decision;
import dev.backstep.synccontrol.decide.Round;
import dev.backstep.synccontrol.decide.SwitchSnapshot;
import dev.backstep.synccontrol.gather.HoldersNow;
import dev.backstep.synccontrol.gather.MeansLooker;
import dev.backstep.synccontrol.gather.SwitchReader;
import dev.backstep.synccontrol.gather.SwitchView;
import dev.backstep.synccontrol.watch.SyncWakeups;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Gather, decide, act, report: until there is nothing to do but to wait. Each pass works on the
 * object that the write before it returned.
 */
@ApplicationScoped
public class SyncLoop {
  /** A SyncControl that always has something to do gives the thread back now and then. */
  private static final int MAX_PASSES = 20;

  /** The longest wait: what no event reports is found out by looking. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  /** No event of a SyncControl says that a plan recorded what it gave back. */
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  private final SwitchReader reader;
  private final MeansLooker looker;
  private final EpisodeClaims claims;
  private final EpisodePruning pruning;
  private final IntentRunner intents;
  private final SyncWriter writer;
  private final SyncWakeups wakeups;
  private final FailedPasses failures;

  public SyncLoop(
      SwitchReader reader,
      MeansLooker looker,
      EpisodeClaims claims,
      EpisodePruning pruning,
      IntentRunner intents,
      SyncWriter writer,
      SyncWakeups wakeups,
      FailedPasses failures) {
    this.reader = reader;
    this.looker = looker;
    this.claims = claims;
    this.pruning = pruning;
    this.intents = intents;
    this.writer = writer;
    this.wakeups = wakeups;
    this.failures = failures;
  }

  /** Does what is due. */
  public Rest<SyncControl> run(SyncControl given, UnaryOperator<SyncControl> put) {
    return failures.resting(given).orElseGet(() -> carriedOn(given, put));
  }

  private Rest<SyncControl> carriedOn(SyncControl given, UnaryOperator<SyncControl> put) {
    // What was written counts, also where the pass ended right behind the write.
    var latest = new AtomicReference<>(given);
    try {
      return passes(given, sync -> latest.updateAndGet(it -> put.apply(sync)));
    } catch (KubernetesClientException e) {
      var said = latest.get();
      // What was found was not recorded.
      looker.forget(said);
      return failures.say(said, said.said(), e, next -> SyncWriter.PUT.write(said, next, put));
    }
  }

  private Rest<SyncControl> passes(SyncControl given, UnaryOperator<SyncControl> put) {
    var sync = given;
    for (var pass = 0; pass < MAX_PASSES; pass++) {
      var view = reader.read(sync);
      var written = carriedOut(view, put);
      if (written.isEmpty()) {
        return rest(view, put);
      }
      sync = written.get();
    }
    return Rest.soon(sync);
  }

  /** The SyncControl after what was due; empty: there is only to wait. */
  private Optional<SyncControl> carriedOut(SwitchView view, UnaryOperator<SyncControl> put) {
    if (!view.claimed()) {
      return Optional.of(claimed(view));
    }
    return out(view.snapshot(), view, put);
  }

  private Optional<SyncControl> out(
      SwitchSnapshot snapshot, SwitchView view, UnaryOperator<SyncControl> put) {
    var round = Round.of(snapshot);
    if (!round.steps().isEmpty()) {
      return Optional.of(begun(round, snapshot, view, put));
    }
    round.closes().forEach(close -> close(close, view, put));
    return Optional.empty();
  }

  private void close(Decision.Close close, SwitchView view, UnaryOperator<SyncControl> put) {
    intents.close(
        close.intent(),
        close.wanted(),
        Map.of(),
        order(view),
        () -> SyncWriter.PUT.confirm(view.sync(), put));
  }

  /** The means as they are now are those of the episode, whatever is edited later. */
  private SyncControl claimed(SwitchView view) {
    var sync = view.sync();
    var episode = view.status().episode();
    claims.create(
        sync,
        episode.claim(),
        new Claim<>(
            sync.getMetadata().getUid(),
            EpisodeClaims.episode(episode.number()),
            sync.getMetadata().getGeneration(),
            sync.getSpec(),
            Map.of()));
    return sync;
  }

  private SyncControl begun(
      Round round, SwitchSnapshot snapshot, SwitchView view, UnaryOperator<SyncControl> put) {
    if (round.acts().isEmpty()) {
      return recorded(round, List.of(), view, put);
    }
    var due = round.acts().stream().map(it -> new Due(it.intent(), it.step().effects())).toList();
    var begun = intents.begin(due, order(view), kept -> recorded(round, kept, view, put));
    if (begun instanceof IntentRunner.UnderWay<SyncControl> underWay) {
      return underWay.object();
    }
    if (begun instanceof IntentRunner.Refused<SyncControl> refused) {
      return out(snapshot.found(refused.action(), refused.work()), view, put)
          .orElseThrow(refused::cause);
    }
    var notKept = (IntentRunner.NotKept<SyncControl>) begun;
    if (notKept.cause().getCode() == 0) {
      // Nobody answered: each of the other means would wait as long.
      throw notKept.cause();
    }
    // It was looked at in vain, which holds up nobody else.
    looker.forget(view.sync());
    return out(snapshot.without(notKept.action()), view, put).orElseThrow(notKept::cause);
  }

  private Order order(SwitchView view) {
    return Order.of(
        view.sync(),
        view.snapshot().episode().claim(),
        view.snapshot().spec().serviceAccountName(),
        wakeups.of(view.sync()));
  }

  private SyncControl recorded(
      Round round, List<Intent> kept, SwitchView view, UnaryOperator<SyncControl> put) {
    var written = writer.record(view, round.steps(), kept, put);
    forgetEnded(view, written);
    return written;
  }

  /** Intents whose outcome is recorded, and with the episode everything about it. */
  private void forgetEnded(SwitchView view, SyncControl written) {
    var before = view.snapshot().episode();
    if (before == null) {
      return;
    }
    var after = written.getStatus().episode();
    before.means().stream()
        .filter(means -> means.intent() != null)
        .filter(
            means ->
                after.means().stream()
                    .anyMatch(it -> it.name().equals(means.name()) && it.intent() == null))
        .forEach(means -> intents.forget(means.intent(), order(view)));
    if (!after.open()) {
      looker.forget(view.sync());
      pruning.begin(written);
    }
  }

  private Rest<SyncControl> rest(SwitchView view, UnaryOperator<SyncControl> put) {
    var sync = writer.refresh(view, put);
    var longest = view.now().plus(HoldersNow.unproven(sync) ? ASK_AGAIN : LONGEST_WAIT);
    var until =
        Stream.of(looker.next(sync, view.now()), writer.tellsAgain(sync))
            .flatMap(Optional::stream)
            .filter(longest::isAfter)
            .min(Instant::compareTo)
            .orElse(longest);
    return new Rest<>(sync, Duration.between(view.now(), until));
  }
}
