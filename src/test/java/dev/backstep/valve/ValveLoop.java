package dev.backstep.valve;

import com.fasterxml.jackson.databind.node.IntNode;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.claim.Claim;
import dev.backstep.claim.Claims;
import dev.backstep.effect.EffectRunner;
import dev.backstep.effect.IntentRunner;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Order;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Work;
import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import dev.backstep.journal.Journal;
import dev.backstep.journal.ObjectId;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.resource.FailedPasses;
import dev.backstep.resource.Rest;
import dev.backstep.resource.Seats;
import dev.backstep.resource.StatusPut;
import dev.backstep.resource.UnreadableResources;
import dev.backstep.resource.Wakeups;
import dev.backstep.valve.Valve.Position;
import dev.backstep.valve.Valve.Spec;
import dev.backstep.valve.Valve.Status;
import dev.backstep.valve.Valve.Turn;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** What carries a valve on: the parts that all kinds share, put together. */
final class ValveLoop {
  private static final StatusPut<Spec, Status, Valve> PUT = new StatusPut<>(Valve::new);
  private static final Duration PAUSE = Duration.ofMinutes(1);
  private static final String ACTION = "turn";

  private final KubernetesClient client;
  private final Clock clock;
  private final UnreadableResources unreadable;
  private final Seats seats;
  private final FailedPasses failures;
  private final ValveClaims claims;
  private final IntentRunner intents;
  private final EffectRunner effects;
  private final Events events;
  private final Journal journal;
  private final ValveWakeups wakeups;

  ValveLoop(
      KubernetesClient client,
      Clock clock,
      UnreadableResources unreadable,
      Seats seats,
      FailedPasses failures,
      ValveClaims claims,
      IntentRunner intents,
      EffectRunner effects,
      Events events,
      Journal journal,
      ValveWakeups wakeups) {
    this.client = client;
    this.clock = clock;
    this.unreadable = unreadable;
    this.seats = seats;
    this.failures = failures;
    this.claims = claims;
    this.intents = intents;
    this.effects = effects;
    this.events = events;
    this.journal = journal;
    this.wakeups = wakeups;
  }

  static final class ValveWakeups extends Wakeups<Valve> {}

  static final class ValveClaims extends Claims<Spec> {
    ValveClaims(KubernetesClient client) {
      super(client, Valve.class, Spec.class);
    }
  }

  Rest<Valve> reconcile(Valve valve, UnaryOperator<Valve> put) {
    var problem = valve.unreadable();
    if (problem.isPresent()) {
      unreadable.report(
          valve, problem.get(), valve.said(), status -> PUT.writeChanged(valve, status, put));
      return new Rest<>(valve, PAUSE);
    }
    return seats.take(
        valve,
        valve.said().intent() != null,
        () -> failures.resting(valve).orElseGet(() -> carriedOn(valve, put)));
  }

  private Rest<Valve> carriedOn(Valve valve, UnaryOperator<Valve> put) {
    var latest = new AtomicReference<>(valve);
    UnaryOperator<Valve> write = it -> latest.updateAndGet(before -> put.apply(it));
    try {
      return valve.said().intent() == null ? next(valve, write) : progress(valve, write);
    } catch (KubernetesClientException e) {
      var said = latest.get();
      return failures.say(said, said.said(), e, status -> PUT.write(said, status, put));
    }
  }

  private Rest<Valve> next(Valve valve, UnaryOperator<Valve> put) {
    var metadata = valve.getMetadata();
    var run = String.valueOf(metadata.getGeneration());
    var claim = Claims.name(valve, run);
    if (!claim.equals(valve.said().claim())) {
      claims.create(
          valve,
          claim,
          new Claim<>(metadata.getUid(), run, metadata.getGeneration(), valve.getSpec(), Map.of()));
      return Rest.soon(record(valve, turn(valve, claim, Position.Claimed), null, put));
    }
    return begin(valve, put);
  }

  private Rest<Valve> begin(Valve valve, UnaryOperator<Valve> put) {
    var wanted = claims.find(valve.getMetadata().getNamespace(), valve.said().claim());
    var due = due(valve, wanted.orElseThrow().pinned());
    if (due.isEmpty()) {
      return new Rest<>(valve, PAUSE);
    }
    var begun =
        intents.begin(
            intent(valve),
            due,
            order(valve),
            intent -> record(valve, turn(valve, Position.Turning), intent, put));
    return begun instanceof IntentRunner.UnderWay<Valve> underWay
        ? new Rest<>(underWay.object(), PAUSE)
        : new Rest<>(valve, PAUSE);
  }

  private List<ObjectPatch> due(Valve valve, Spec wanted) {
    var namespace = valve.getMetadata().getNamespace();
    var target =
        client.apps().deployments().inNamespace(namespace).withName(wanted.deployment()).get();
    var now = target.getSpec().getReplicas();
    return now.equals(wanted.replicas())
        ? List.of()
        : List.of(
            PatchBuilder.of(target)
                .set("/spec/replicas", IntNode.valueOf(now), IntNode.valueOf(wanted.replicas()))
                .build("Deployment " + wanted.deployment()));
  }

  private Rest<Valve> progress(Valve valve, UnaryOperator<Valve> put) {
    var intent = valve.said().intent();
    var progress = effects.progress(valve.getMetadata().getUid(), intent);
    if (progress instanceof Progress.None || progress instanceof Progress.NotKnown) {
      intents.close(intent, true, Map.of(), order(valve), () -> PUT.confirm(valve, put));
    }
    if (progress instanceof Progress.Report report && report.count(Outcome.Applied.class) == 1) {
      var written = record(valve, turn(valve, Position.Turned), null, put);
      intents.forget(intent, order(valve));
      return Rest.soon(written);
    }
    return new Rest<>(valve, PAUSE);
  }

  /** Writes a transition; what is derived from it follows. */
  private Valve record(Valve valve, Turn turn, Intent open, UnaryOperator<Valve> put) {
    var written = PUT.write(valve, valve.said().after(turn, open), put);
    events.say(
        written,
        new Occurrence(turn.claim() + "/" + turn.seq(), false, turn.reason(), turn.message()));
    journal.write(ObjectId.of(written), written.said().turns(), wakeups.of(written));
    return written;
  }

  private Turn turn(Valve valve, Position position) {
    return turn(valve, valve.said().claim(), position);
  }

  private Turn turn(Valve valve, String claim, Position position) {
    var run = String.valueOf(valve.getMetadata().getGeneration());
    var seq = valve.said().turns().size() + 1L;
    return new Turn(
        run,
        claim,
        seq,
        clock.instant(),
        position,
        null,
        ACTION,
        position.name(),
        position + " to " + valve.getSpec().replicas() + ".");
  }

  private Intent intent(Valve valve) {
    var number = valve.said().turns().size();
    return new Work.ToDo(1, "turn")
        .intent(
            Mark.first(valve.said().claim(), ACTION, Intent.Verb.Apply, number),
            number,
            clock.instant());
  }

  private Order order(Valve valve) {
    return Order.of(valve, valve.said().claim(), "runner", wakeups.of(valve));
  }
}
