package dev.backstep.cluster;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.resource.Fresh;
import dev.backstep.resource.Recent;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * The cluster IPs of Services. One never changes while its Service lives, so it is kept for a
 * while, and read again when nobody answers there: the Service may be another one by now.
 */
@ApplicationScoped
public class ServiceAddresses {
  private static final Duration KEPT = Duration.ofMinutes(15);

  /** What answers nobody for days must not be read at every measurement. */
  private static final Duration TRUSTED = Duration.ofMinutes(1);

  private static final int MOST = 10_000;
  private static final String HEADLESS = "None";

  private final KubernetesClient client;
  private final Fresh<Name, String> kept;

  /** Where somebody answered since it was last doubted. */
  private final Recent<Name, Boolean> good = new Recent<>(MOST);

  public ServiceAddresses(KubernetesClient client, Clock clock) {
    this.client = client;
    this.kept = new Fresh<>(clock, KEPT, MOST);
  }

  private record Name(String namespace, String service) {}

  /**
   * The IP of a Service. Asks the API server, and waits for it, when it is not known.
   *
   * @throws ProblemException when there is no such Service, when it has no IP, or when the API
   *     server does not say
   */
  public String of(String namespace, String service) throws ProblemException {
    var name = new Name(namespace, service);
    var known = kept.get(name);
    if (known.isPresent()) {
      return known.get();
    }
    var ip = ip(name);
    kept.put(name, ip, 1);
    return ip;
  }

  /** Somebody answered there. */
  public void answered(String namespace, String service) {
    good.put(new Name(namespace, service), true);
  }

  /**
   * Nobody answered there: it is read again when it is needed next; once a minute at most, unless
   * somebody had answered since.
   *
   * @return true when it is read again
   */
  public boolean doubt(String namespace, String service) {
    var name = new Name(namespace, service);
    var answeredBefore = good.get(name).isPresent();
    good.remove(name);
    kept.forget(name, answeredBefore ? Duration.ZERO : TRUSTED);
    return kept.get(name).isEmpty();
  }

  /** It is read again when it is needed next. */
  public void forget(String namespace, String service) {
    kept.forget(new Name(namespace, service), Duration.ZERO);
  }

  private String ip(Name name) throws ProblemException {
    var service = get(name);
    if (service.isEmpty()) {
      throw problem("ServiceMissing", "Service %s does not exist", name);
    }
    return service
        .map(it -> it.getSpec().getClusterIP())
        .filter(ip -> !ip.isBlank() && !HEADLESS.equals(ip))
        .orElseThrow(
            () ->
                problem(
                    "ServiceHeadless", "Service %s has no address of its own (headless)", name));
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
