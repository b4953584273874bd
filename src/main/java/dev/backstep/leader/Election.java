package dev.backstep.leader;

import dev.backstep.config.BackstepConfig;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Finds out whether this process leads, and has passes carried out only while it does. Where no
 * lease is configured there is no election, and it does.
 *
 * <p>Whoever learns that somebody else leads ends at once. Whoever only cannot renew the lease,
 * because the API server does not answer, begins nothing new, and goes on when nobody took it
 * meanwhile: a process that ended would have to be started first when the API server is back.
 */
@ApplicationScoped
public class Election {
  private static final Logger LOG = Logger.getLogger(Election.class);

  /** Before and after the SDK has started the controllers, at 3123, and filled their caches. */
  private static final int BEFORE_CONTROLLERS = 1000;

  private static final int AFTER_CONTROLLERS = 5000;

  private static final Duration WATCH = Duration.ofMillis(250);

  /**
   * Those who wait for the lease are let in when the passes that go on have ended, or after this.
   */
  private static final Duration LAST_PASSES = Duration.ofMillis(1500);

  private final boolean held;
  private final Terms terms;
  private final LeaderLease lease;
  private final PassThreads passes;
  private final LongSupplier nanos;
  private final Runnable end;
  private final Sighting sighting = new Sighting();
  private final ScheduledExecutorService rounds = Executors.newSingleThreadScheduledExecutor();
  private final ScheduledExecutorService doubts = Executors.newSingleThreadScheduledExecutor();

  private Standing standing = Standing.STANDS_BY;
  private volatile boolean candidate;
  private volatile long heardAt;
  private volatile long renewedAt;
  private volatile String leader = "nobody";
  private Optional<Lease> mine = Optional.empty();

  @Inject
  public Election(BackstepConfig config, LeaderLease lease, PassThreads passes) {
    this(config, lease, passes, System::nanoTime, () -> Runtime.getRuntime().halt(1));
  }

  /**
   * With a clock of the caller's choice.
   *
   * @param end ends this process
   */
  Election(
      BackstepConfig config,
      LeaderLease lease,
      PassThreads passes,
      LongSupplier nanos,
      Runnable end) {
    this.held = config.leader().lease().isPresent();
    this.terms = new Terms(config.leader().duration());
    this.lease = lease;
    this.passes = passes;
    this.nanos = nanos;
    this.end = end;
    this.heardAt = nanos.getAsLong();
  }

  /**
   * Looks at once, because how long a dead leader's lease is unchanged counts from the first look.
   */
  void begin(@Observes @Priority(BEFORE_CONTROLLERS) StartupEvent start) {
    if (held) {
      rounds.execute(this::repeat);
      doubts.scheduleWithFixedDelay(
          this::doubt, WATCH.toMillis(), WATCH.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /**
   * From now on it may lead: before, it would have been a leader that sees nothing. A lease that is
   * free is not left so until the next look.
   */
  void stand(@Observes @Priority(AFTER_CONTROLLERS) StartupEvent started) {
    stand();
    if (held) {
      rounds.execute(this::round);
    }
  }

  void stand() {
    candidate = true;
  }

  private void repeat() {
    var heard = round();
    var pause = heard && standing() == Standing.LEADS ? terms.renewal() : terms.look();
    if (!rounds.isShutdown()) {
      rounds.schedule(this::repeat, pause.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /**
   * Looks at the lease, or renews it, once.
   *
   * @return false: there was no answer
   */
  boolean round() {
    try {
      switch (standing()) {
        case STANDS_BY -> look();
        case LEADS, DOUBTS -> renew();
        case RESIGNED -> {}
      }
      heardAt = nanos.getAsLong();
      return true;
    } catch (RuntimeException e) {
      if (standing() != Standing.RESIGNED) {
        LOG.warnf("the lease %s cannot be read or written, trying again: %s", lease, e);
      }
      return false;
    }
  }

  private void look() {
    var asked = nanos.getAsLong();
    var found = lease.read();
    leader = found.flatMap(LeaderLease::holder).orElse("nobody");
    // Seen in any case: it counts from the first look on.
    var free = found.map(it -> isFree(it, asked)).orElse(true);
    if (candidate && free) {
      lease.take(found).ifPresent(taken -> won(taken, asked));
    }
  }

  private boolean isFree(Lease found, long asked) {
    var expired = sighting.unchanged(found, asked).compareTo(lease.duration(found)) >= 0;
    return expired || LeaderLease.holder(found).isEmpty() || lease.isMine(found);
  }

  private void won(Lease taken, long asked) {
    mine = Optional.of(taken);
    renewedAt = asked;
    leader = lease.identity();
    LOG.infof("this process, %s, leads: it holds the lease %s", lease.identity(), lease);
    change(Standing.STANDS_BY, Standing.LEADS);
  }

  private void renew() {
    var asked = nanos.getAsLong();
    var renewed = mine.flatMap(lease::renew);
    if (renewed.isEmpty()) {
      // Written by somebody else, or by this process, with an answer that was lost.
      var found = lease.read();
      renewed = found.filter(lease::isMine);
      if (renewed.isEmpty()) {
        lost(found);
        return;
      }
    }
    mine = renewed;
    renewedAt = asked;
    if (change(Standing.DOUBTS, Standing.LEADS)) {
      LOG.infof("the lease %s was renewed, and nobody else has led: going on", lease);
    }
  }

  private void lost(Optional<Lease> found) {
    LOG.errorf(
        "this process does not lead any more: the lease %s is held by %s. It ends at once, and its next start stands by",
        lease, found.flatMap(LeaderLease::holder).orElse("nobody"));
    end.run();
  }

  /** Apart from the rounds, of which one may be waiting for an answer. */
  void doubt() {
    var since = Duration.ofNanos(nanos.getAsLong() - renewedAt);
    if (since.compareTo(terms.doubt()) >= 0 && change(Standing.LEADS, Standing.DOUBTS)) {
      LOG.warnf(
          "the lease %s could not be renewed for %d s: nothing new is begun until it is",
          lease, since.toSeconds());
    }
  }

  private synchronized boolean change(Standing from, Standing to) {
    if (standing != from) {
      return false;
    }
    standing = to;
    if (to == Standing.LEADS) {
      passes.go();
    } else {
      passes.hold();
    }
    return true;
  }

  /** Wherever it stands: nothing may be won in between. */
  private synchronized void giveWay() {
    change(standing, Standing.RESIGNED);
  }

  /** Where this process stands. */
  synchronized Standing standing() {
    return standing;
  }

  /** Whether there is anything to be elected for. */
  boolean isHeld() {
    return held;
  }

  /** Who leads, as far as it is known. */
  String leader() {
    return leader;
  }

  /** For how long the API server has not said anything about the lease. */
  Duration silence() {
    return Duration.ofNanos(nanos.getAsLong() - heardAt);
  }

  /** Before the SDK stops its controllers, which may take long. */
  void resign(@Observes @Priority(BEFORE_CONTROLLERS) ShutdownEvent stop)
      throws InterruptedException {
    if (held) {
      resign();
    }
  }

  void resign() throws InterruptedException {
    giveWay();
    doubts.shutdownNow();
    rounds.shutdownNow();
    rounds.awaitTermination(1, TimeUnit.SECONDS);
    passes.awaitIdle(LAST_PASSES);
    lease.giveUp();
  }
}
