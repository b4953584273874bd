package dev.backstep.leader;

import dev.backstep.config.BackstepConfig;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The Lease by which processes agree who of them leads. A write is refused when somebody else wrote
 * it since it was read, so it has one holder at a time.
 */
@ApplicationScoped
class LeaderLease {
  private static final Logger LOG = Logger.getLogger(LeaderLease.class);

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  /** How often it is tried to give it up: a renewal may be under way. */
  private static final int RELEASES = 3;

  private final KubernetesClient client;
  private final Clock clock;
  private final String name;
  private final String namespace;
  private final String identity;
  private final Duration duration;

  @Inject
  LeaderLease(KubernetesClient client, Clock clock, BackstepConfig config) {
    var leader = config.leader();
    this.client = impatient(client, new Terms(leader.duration()).request());
    this.clock = clock;
    this.name = leader.lease().orElse("");
    this.namespace = leader.namespace().orElseGet(() -> own(client));
    this.identity = leader.identity().orElseGet(() -> UUID.randomUUID().toString());
    this.duration = leader.duration();
  }

  /** Asks once, since it is asked again in any case. */
  private static KubernetesClient impatient(KubernetesClient client, Duration limit) {
    var config =
        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
            .withRequestTimeout(Math.toIntExact(limit.toMillis()))
            .withRequestRetryBackoffLimit(0)
            .build();
    return client.newClient(config).adapt(KubernetesClient.class);
  }

  private static String own(KubernetesClient client) {
    return Objects.requireNonNullElse(client.getNamespace(), "default");
  }

  /** The lease as it is; empty: nobody has made it yet. */
  Optional<Lease> read() {
    return Optional.ofNullable(resource().get());
  }

  /** Who holds it; empty: nobody. */
  static Optional<String> holder(Lease lease) {
    return Optional.ofNullable(lease.getSpec().getHolderIdentity()).filter(it -> !it.isEmpty());
  }

  /** After how long without a change it is free: as its holder said. */
  Duration duration(Lease lease) {
    return Optional.ofNullable(lease.getSpec().getLeaseDurationSeconds())
        .map(Duration::ofSeconds)
        .orElse(duration);
  }

  /** True if it is held under this process's name. */
  boolean isMine(Lease lease) {
    return holder(lease).filter(identity::equals).isPresent();
  }

  /**
   * Takes it.
   *
   * @param found as it was read; empty: it is made
   * @return empty: somebody else was quicker
   */
  Optional<Lease> take(Optional<Lease> found) {
    var now = now();
    var taken =
        found
            .map(LeaseBuilder::new)
            .orElseGet(LeaseBuilder::new)
            .editOrNewMetadata()
            .withName(name)
            .withNamespace(namespace)
            .endMetadata()
            .editOrNewSpec()
            .withHolderIdentity(identity)
            .withLeaseDurationSeconds(Math.toIntExact(duration.toSeconds()))
            .withAcquireTime(now)
            .withRenewTime(now)
            .withLeaseTransitions(found.map(LeaderLease::transitions).orElse(0) + 1)
            .endSpec()
            .build();
    return found.isPresent()
        ? written(taken)
        : unless(Set.of(CONFLICT), () -> client.resource(taken).create());
  }

  private static int transitions(Lease lease) {
    return Objects.requireNonNullElse(lease.getSpec().getLeaseTransitions(), 0);
  }

  /**
   * Says that this process still leads.
   *
   * @param mine as it was written last
   * @return empty: somebody else has written it since
   */
  Optional<Lease> renew(Lease mine) {
    return written(new LeaseBuilder(mine).editSpec().withRenewTime(now()).endSpec().build());
  }

  /** Gives it up, so that nobody has to wait. */
  void giveUp() {
    try {
      if (release()) {
        LOG.infof("the lease %s is given up", this);
      }
    } catch (KubernetesClientException e) {
      LOG.warnf("the lease %s could not be given up, it expires: %s", this, e.getMessage());
    }
  }

  /** Also where this process does not know that it holds it, because the answer came too late. */
  private boolean release() {
    for (var i = 0; i < RELEASES; i++) {
      var own = read().filter(this::isMine);
      if (own.isEmpty()) {
        return false;
      }
      if (written(free(own.get())).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private Lease free(Lease mine) {
    return new LeaseBuilder(mine)
        .editSpec()
        .withHolderIdentity(null)
        .withRenewTime(now())
        .endSpec()
        .build();
  }

  /** Refused where it is another one by now, or gone. */
  private Optional<Lease> written(Lease changed) {
    return unless(Set.of(CONFLICT, NOT_FOUND), () -> client.resource(changed).update());
  }

  private static Optional<Lease> unless(Set<Integer> refusals, Supplier<Lease> write) {
    try {
      return Optional.of(write.get());
    } catch (KubernetesClientException e) {
      if (refusals.contains(e.getCode())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** For people who look at it, and for nothing else. */
  private ZonedDateTime now() {
    return clock.instant().atZone(ZoneOffset.UTC);
  }

  private Resource<Lease> resource() {
    return client.leases().inNamespace(namespace).withName(name);
  }

  String identity() {
    return identity;
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
