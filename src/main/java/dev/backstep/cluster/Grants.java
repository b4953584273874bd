package dev.backstep.cluster;

import dev.backstep.cluster.Access.Right;
import dev.backstep.config.BackstepConfig;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;

/**
 * Whether people have rights on Backstep's objects. The bindings of the whole cluster are listed
 * for all plans at once, and believed for the preflight's interval. Where nobody has the right,
 * that is looked at again sooner: somebody may be mending it.
 */
@ApplicationScoped
public class Grants {
  private static final Logger LOG = Logger.getLogger(Grants.class);
  private static final Duration SOONER = Duration.ofSeconds(30);

  private final BindingReader bindings;
  private final Duration interval;
  private final Clock clock;
  private final ExecutorService reader;
  private Read last;

  @Inject
  public Grants(BindingReader bindings, BackstepConfig config, Clock clock) {
    this(bindings, config, clock, Executors.newSingleThreadExecutor());
  }

  /** With a thread of the caller's choice. */
  public Grants(
      BindingReader bindings, BackstepConfig config, Clock clock, ExecutorService reader) {
    this.bindings = bindings;
    this.interval = config.preflight().interval();
    this.clock = clock;
    this.reader = reader;
    this.last = new Read(Instant.MIN, CompletableFuture.completedFuture(Optional.empty()));
  }

  /** What RBAC gives to people; empty: the operator may not know. */
  private record Read(Instant at, CompletableFuture<Optional<List<Grant>>> grants) {}

  /**
   * What a binding gives to people.
   *
   * @param namespace where; empty: everywhere
   */
  record Grant(Optional<String> namespace, Rules rules) {
    boolean gives(Right right, String in) {
      return namespace.map(in::equals).orElse(true) && rules.allow(right);
    }
  }

  /**
   * True when RBAC gives one of the rights to nobody, as far as its bindings tell; false also where
   * that cannot be known. Who is in the group {@code system:masters} needs no binding.
   */
  public CompletionStage<Boolean> nobody(String namespace, List<Right> rights) {
    return notOlderThan(interval)
        .thenCompose(
            grants ->
                someMissing(grants, namespace, rights)
                    ? notOlderThan(SOONER.compareTo(interval) < 0 ? SOONER : interval)
                        .thenApply(again -> someMissing(again, namespace, rights))
                    : CompletableFuture.completedFuture(false));
  }

  private static boolean someMissing(
      Optional<List<Grant>> grants, String namespace, List<Right> rights) {
    return grants.isPresent()
        && rights.stream()
            .anyMatch(right -> grants.get().stream().noneMatch(it -> it.gives(right, namespace)));
  }

  private synchronized CompletableFuture<Optional<List<Grant>>> notOlderThan(Duration age) {
    var now = clock.instant();
    if (!last.at().isAfter(now.minus(age))) {
      last = new Read(now, CompletableFuture.supplyAsync(this::read, reader));
    }
    return last.grants();
  }

  private Optional<List<Grant>> read() {
    try {
      return Optional.of(bindings.ofPeople());
    } catch (KubernetesClientException e) {
      LOG.warnf("who may approve is not known: %s", Refusal.said(e));
      return Optional.empty();
    }
  }

  @PreDestroy
  void stop() {
    reader.shutdownNow();
  }
}
