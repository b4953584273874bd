package dev.backstep.cluster;

import dev.backstep.memory.Fresh;
import dev.backstep.memory.Recent;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where Services answer. A cluster IP never changes while its Service lives, so it is kept for a
 * while, and read again when nobody answers there: the Service may be another one by now. A
 * headless Service answers where its ready replicas do.
 */
@ApplicationScoped
public class ServiceAddresses {
  private static final Duration KEPT = Duration.ofMinutes(15);

  /** What answers nobody for days must not be read at every measurement. */
  private static final Duration TRUSTED = Duration.ofMinutes(1);

  private static final int MOST = 10_000;
  private static final String HEADLESS = "None";

  private final KubernetesClient client;
  private final Replicas replicas;
  private final Fresh<Name, Known> kept;

  /** Where somebody answered since it was last doubted. */
  private final Recent<Asked, Boolean> good = new Recent<>(MOST);

  public ServiceAddresses(KubernetesClient client, Replicas replicas, Clock clock) {
    this.client = client;
    this.replicas = replicas;
    this.kept = new Fresh<>(clock, KEPT, MOST);
  }

  private record Name(String namespace, String service) {}

  private record Asked(Name name, String replica) {}

  /**
   * What is kept of a Service.
   *
   * @param ip its own address, or {@link #HEADLESS}
   * @param ports the names of its ports, by their numbers
   */
  private record Known(String ip, Map<Integer, String> ports) {}

  /** Where to connect to. */
  public record Place(String ip, int port) {}

  /**
   * Where a port of a Service answers: at its own address, or at a ready replica. Asks the API
   * server, and waits for it, when that is not known.
   *
   * @throws NoReplicaException when it is headless, and nobody is ready
   * @throws ProblemException when there is no such Service or port, or when the API server does not
   *     say
   */
  public Place of(String namespace, String service, int port) throws ProblemException {
    var name = new Name(namespace, service);
    var known = known(name);
    if (!HEADLESS.equals(known.ip())) {
      return new Place(known.ip(), port);
    }
    var ready = replicas.of(namespace, service).stream().filter(Replica::ready).toList();
    if (ready.isEmpty()) {
      throw new NoReplicaException("Service %s has no ready replica".formatted(service));
    }
    var any = ready.get(ThreadLocalRandom.current().nextInt(ready.size()));
    return place(name, known, any, port);
  }

  /**
   * Where one replica of a Service answers, also one that is not ready.
   *
   * @param uid the replica's
   * @throws NoReplicaException when it is not there any more
   * @throws ProblemException as above
   */
  public Place of(String namespace, String service, int port, String uid) throws ProblemException {
    var name = new Name(namespace, service);
    var known = known(name);
    for (var replica : replicas.of(namespace, service)) {
      if (replica.uid().equals(uid)) {
        return place(name, known, replica, port);
      }
    }
    throw new NoReplicaException("it is not behind Service %s any more".formatted(service));
  }

  /** All replicas behind a Service; as above. */
  public List<Replica> replicas(String namespace, String service) throws ProblemException {
    known(new Name(namespace, service));
    return replicas.of(namespace, service);
  }

  /**
   * Somebody answered there.
   *
   * @param replica uid of the one that was asked; empty: whoever it was
   */
  public void answered(String namespace, String service, String replica) {
    good.put(new Asked(new Name(namespace, service), replica), true);
  }

  /**
   * Nobody answered there: it is read again when it is needed next; once a minute at most, unless
   * somebody had answered since. A replica that does not answer says nothing of its Service.
   *
   * @param replica as above
   * @return true when the Service is read again
   */
  public boolean doubt(String namespace, String service, String replica) {
    var name = new Name(namespace, service);
    var asked = new Asked(name, replica);
    var answeredBefore = good.get(asked).isPresent();
    good.remove(asked);
    if (answeredBefore) {
      replicas.forget(namespace, service);
    }
    if (replica.isEmpty()) {
      kept.forget(name, answeredBefore ? Duration.ZERO : TRUSTED);
    }
    return kept.get(name).isEmpty();
  }

  /** It is read again when it is needed next. */
  public void forget(String namespace, String service) {
    kept.forget(new Name(namespace, service), Duration.ZERO);
    replicas.forget(namespace, service);
  }

  /** By the name of the port, as the Service's own rules have it. */
  private static Place place(Name name, Known known, Replica replica, int port)
      throws ProblemException {
    if (known.ports().isEmpty()) {
      return new Place(replica.ip(), port);
    }
    var target = Optional.ofNullable(known.ports().get(port)).map(replica.ports()::get);
    if (target.isEmpty()) {
      throw new ProblemException(
          new Problem(
              "ServicePortMissing",
              "Service %s has no port %d that leads to %s; it has %s"
                  .formatted(name.service(), port, replica.name(), known.ports().keySet())));
    }
    return new Place(replica.ip(), target.get());
  }

  private Known known(Name name) throws ProblemException {
    var known = kept.get(name);
    if (known.isPresent()) {
      return known.get();
    }
    var service =
        get(name)
            .orElseThrow(() -> problem("ServiceMissing", "Service %s does not exist", name))
            .getSpec();
    var ip = service.getClusterIP();
    if (ip == null || ip.isBlank()) {
      throw problem(
          "ServiceWithoutAddress",
          "Service %s has no address: it is a name for something else (type ExternalName)",
          name);
    }
    var ports =
        Stream.ofNullable(service.getPorts())
            .flatMap(List::stream)
            .collect(
                Collectors.toMap(
                    ServicePort::getPort,
                    port -> Optional.ofNullable(port.getName()).orElse(""),
                    (first, second) -> first,
                    TreeMap::new));
    var read = new Known(ip, ports);
    kept.put(name, read, 1);
    return read;
  }

  private Optional<Service> get(Name name) throws ProblemException {
    try {
      return Optional.ofNullable(
          client.services().inNamespace(name.namespace()).withName(name.service()).get());
    } catch (KubernetesClientException e) {
      throw new ProblemException(
          new Problem(
              "ServiceUnreadable",
              "The operator cannot read Service %s: %s"
                  .formatted(name.service(), Refusal.said(e))));
    }
  }

  private static ProblemException problem(String reason, String message, Name name) {
    return new ProblemException(new Problem(reason, message.formatted(name.service())));
  }
}
