package dev.backstep.cluster;

import dev.backstep.memory.Recent;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The replicas behind Services, from their EndpointSlices. A list is kept for a minute; for seconds
 * while it changes, and when somebody in it did not answer it is read again.
 */
@ApplicationScoped
public class Replicas {
  private static final Duration KEPT = Duration.ofMinutes(1);
  private static final Duration KEPT_WHILE_CHANGING = Duration.ofSeconds(5);
  private static final Duration SETTLED = Duration.ofMinutes(2);
  private static final int MOST = 1000;
  private static final String SERVICE = "kubernetes.io/service-name";

  private final KubernetesClient client;
  private final Clock clock;
  private final Recent<Name, Listing> listings = new Recent<>(MOST);

  public Replicas(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  private record Name(String namespace, String service) {}

  /**
   * What was listed.
   *
   * @param read when, the last time
   * @param changed when it was first listed so, after it had been listed otherwise
   */
  private record Listing(List<Replica> replicas, Instant read, Instant changed) {
    boolean freshAt(Instant now) {
      var kept = changed.isAfter(now.minus(SETTLED)) ? KEPT_WHILE_CHANGING : KEPT;
      return read.isAfter(now.minus(kept));
    }

    Listing doubted() {
      return new Listing(replicas, Instant.MIN, changed);
    }
  }

  /**
   * All of them, by name. Asks the API server, and waits for it, when they are not known.
   *
   * @throws ProblemException when the API server does not say
   */
  public List<Replica> of(String namespace, String service) throws ProblemException {
    var name = new Name(namespace, service);
    var before = listings.get(name);
    var now = clock.instant();
    if (before.isPresent() && before.get().freshAt(now)) {
      return before.get().replicas();
    }
    var replicas = listed(name);
    var changed =
        before.map(it -> it.replicas().equals(replicas) ? it.changed() : now).orElse(Instant.MIN);
    listings.put(name, new Listing(replicas, now, changed));
    return replicas;
  }

  /** They are read again when they are needed next. */
  public void forget(String namespace, String service) {
    var name = new Name(namespace, service);
    listings.get(name).ifPresent(listing -> listings.put(name, listing.doubted()));
  }

  private List<Replica> listed(Name name) throws ProblemException {
    try {
      return client
          .discovery()
          .v1()
          .endpointSlices()
          .inNamespace(name.namespace())
          .withLabel(SERVICE, name.service())
          .list()
          .getItems()
          .stream()
          // A pod with addresses of both families is in a slice of each.
          .sorted(Comparator.comparing(EndpointSlice::getAddressType))
          .filter(slice -> slice.getAddressType().startsWith("IP"))
          .flatMap(Replicas::replicas)
          .collect(
              Collectors.toMap(
                  Replica::uid, replica -> replica, (first, second) -> first, TreeMap::new))
          .values()
          .stream()
          .sorted(Comparator.comparing(Replica::name))
          .toList();
    } catch (KubernetesClientException e) {
      throw new ProblemException(
          new Problem(
              "ServiceUnreadable",
              "The operator cannot list who is behind Service %s: %s"
                  .formatted(name.service(), Refusal.said(e))));
    }
  }

  private static Stream<Replica> replicas(EndpointSlice slice) {
    var ports =
        Stream.ofNullable(slice.getPorts())
            .flatMap(List::stream)
            .filter(port -> port.getPort() != null)
            .collect(
                Collectors.toMap(
                    port -> Optional.ofNullable(port.getName()).orElse(""), EndpointPort::getPort));
    // The API server says "null" where there are none.
    return Stream.ofNullable(slice.getEndpoints())
        .flatMap(List::stream)
        .map(endpoint -> replica(endpoint, ports));
  }

  /** What is not said of an endpoint means that it is. */
  private static boolean isReady(Endpoint endpoint) {
    var conditions = endpoint.getConditions();
    return conditions == null || !Boolean.FALSE.equals(conditions.getReady());
  }

  private static Replica replica(Endpoint endpoint, Map<String, Integer> ports) {
    var ip = endpoint.getAddresses().get(0);
    var pod = endpoint.getTargetRef();
    return pod == null
        ? new Replica(ip, ip, isReady(endpoint), ip, ports)
        : new Replica(pod.getName(), pod.getUid(), isReady(endpoint), ip, ports);
  }
}
