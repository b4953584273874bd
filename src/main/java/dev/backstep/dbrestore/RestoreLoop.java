package dev.backstep.dbrestore;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.claim.Claim;
import dev.backstep.dbrestore.claim.RestoreClaims;
import dev.backstep.dbrestore.decide.Decision;
import dev.backstep.dbrestore.decide.RestoreEngine;
import dev.backstep.dbrestore.decide.RestoreSnapshot.Due;
import dev.backstep.dbrestore.gather.RestoreLooker;
import dev.backstep.dbrestore.gather.RestoreReader;
import dev.backstep.dbrestore.gather.RestoreView;
import dev.backstep.dbrestore.watch.RestoreCache;
import dev.backstep.dbrestore.watch.RestoreWakeups;
import dev.backstep.effect.IntentRunner;
import dev.backstep.effect.Order;
import dev.backstep.effect.Step;
import dev.backstep.resource.FailedPasses;
import dev.backstep.resource.Rest;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * Gather, decide, act, report: until there is nothing to do but to wait. Each pass works on the
 * object that the write before it returned.
 */
@ApplicationScoped
public class RestoreLoop {
  /** A DbRestore that always has something to do gives the thread back now and then. */
  private static final int MAX_PASSES = 20;

  /** The longest wait: what no event reports is found out by looking. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final RestoreReader reader;
  private final RestoreLooker looker;
  private final RestoreClaims claims;
  private final IntentRunner intents;
  private final RestoreWriter writer;
  private final RestoreWakeups wakeups;
  private final FailedPasses failures;

  public RestoreLoop(
      RestoreReader reader,
      RestoreLooker looker,
      RestoreClaims claims,
      IntentRunner intents,
      RestoreWriter writer,
      RestoreWakeups wakeups,
      FailedPasses failures) {
    this.reader = reader;
    this.looker = looker;
    this.claims = claims;
    this.intents = intents;
    this.writer = writer;
    this.wakeups = wakeups;
    this.failures = failures;
  }

  /** Does what is due. */
  public Rest<DbRestore> run(DbRestore given, UnaryOperator<DbRestore> put) {
    return failures.resting(given).orElseGet(() -> carriedOn(given, put));
  }

  private Rest<DbRestore> carriedOn(DbRestore given, UnaryOperator<DbRestore> put) {
    // What was written counts, also where the pass ended right behind the write.
    var latest = new AtomicReference<>(given);
    try {
      return passes(given, restore -> latest.updateAndGet(it -> put.apply(restore)));
    } catch (KubernetesClientException e) {
      var said = latest.get();
      return failures.say(said, said.said(), e, next -> RestoreWriter.PUT.write(said, next, put));
    }
  }

  private Rest<DbRestore> passes(DbRestore given, UnaryOperator<DbRestore> put) {
    var restore = given;
    for (var pass = 0; pass < MAX_PASSES; pass++) {
      var view = reader.read(restore);
      var written = carriedOut(view, put);
      if (written.isEmpty()) {
        return rest(view, put);
      }
      restore = written.get();
    }
    return Rest.soon(restore);
  }

  /** The DbRestore after what was due; empty: there is only to wait. */
  private Optional<DbRestore> carriedOut(RestoreView view, UnaryOperator<DbRestore> put) {
    if (!view.claimed()) {
      return Optional.of(claimed(view));
    }
    return out(RestoreEngine.decide(view.snapshot()), view, put);
  }

  private Optional<DbRestore> out(
      Decision decision, RestoreView view, UnaryOperator<DbRestore> put) {
    if (decision instanceof Decision.Advance advance) {
      var written = writer.record(view, advance, put);
      forgetEnded(view, written);
      return Optional.of(written);
    }
    if (decision instanceof Decision.Act act) {
      return Optional.of(act(view, act, put));
    }
    if (decision instanceof Decision.Close close) {
      intents.close(
          close.intent(),
          close.wanted(),
          Map.of(),
          order(view),
          () -> RestoreWriter.PUT.confirm(view.restore(), put));
    }
    return Optional.empty();
  }

  /** The restore as it is now is the one that is carried out. */
  private DbRestore claimed(RestoreView view) {
    var restore = view.restore();
    claims.create(
        restore,
        view.snapshot().claim(),
        new Claim<>(
            restore.getMetadata().getUid(),
            restore.getMetadata().getUid(),
            restore.getMetadata().getGeneration(),
            restore.getSpec(),
            Map.of()));
    return restore;
  }

  private DbRestore act(RestoreView view, Decision.Act act, UnaryOperator<DbRestore> put) {
    var begun =
        intents.begin(
            act.intent(),
            act.step().effects(),
            order(view),
            intent -> writer.intended(view, act, intent, put));
    if (begun instanceof IntentRunner.UnderWay<DbRestore> underWay) {
      return underWay.object();
    }
    if (begun instanceof IntentRunner.Refused<DbRestore> refused) {
      var phase = view.snapshot().due().orElseThrow().phase();
      var instead = new Due(phase, Step.of(refused.work()));
      var snapshot = view.snapshot().withDue(Optional.of(instead));
      return out(RestoreEngine.decide(snapshot), view, put).orElseThrow(refused::cause);
    }
    throw ((IntentRunner.NotKept<DbRestore>) begun).cause();
  }

  private Order order(RestoreView view) {
    return Order.of(
        view.restore(),
        view.snapshot().claim(),
        view.snapshot().spec().serviceAccountName(),
        wakeups.of(view.restore()));
  }

  private void forgetEnded(RestoreView view, DbRestore written) {
    RestoreCache.run(view.restore())
        .map(run -> run.intent())
        .filter(intent -> RestoreCache.run(written).filter(run -> run.intent() != null).isEmpty())
        .ifPresent(intent -> intents.forget(intent, order(view)));
  }

  private Rest<DbRestore> rest(RestoreView view, UnaryOperator<DbRestore> put) {
    var restore = writer.refresh(view, put);
    var longest = view.now().plus(LONGEST_WAIT);
    var until = looker.next(restore, view.now()).filter(longest::isAfter).orElse(longest);
    return new Rest<>(restore, Duration.between(view.now(), until));
  }
}
