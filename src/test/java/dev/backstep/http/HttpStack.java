package dev.backstep.http;

import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.Replicas;
import dev.backstep.cluster.Secrets;
import dev.backstep.cluster.ServiceAddresses;
import dev.backstep.config.BackstepConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** What sends HTTP requests, put together for a test. */
public final class HttpStack implements AutoCloseable {
  private final AnswerConditions conditions = new AnswerConditions();
  private final Clock clock;
  private final HttpCaller caller;
  private final HttpReadings readings;

  public HttpStack(Vertx vertx, KubernetesClient client, String... allowedHosts) {
    this(vertx, client, Clock.systemUTC(), allowedHosts);
  }

  public HttpStack(Vertx vertx, KubernetesClient client, Clock clock, String... allowedHosts) {
    this(vertx, client, clock, new Settings(List.of(allowedHosts), List.of("127.0.0.0/8")));
  }

  HttpStack(Vertx vertx, KubernetesClient client, Clock clock, BackstepConfig config) {
    this.clock = clock;
    this.caller =
        new HttpCaller(
            vertx,
            new RequestPreparation(
                new ServiceAddresses(client, new Replicas(client, clock), clock),
                new Secrets(new Impersonation(client), clock),
                config),
            new AddressRules(config));
    this.readings = new HttpReadings(caller, conditions);
  }

  /** The operator's configuration, with these hosts and special addresses allowed. */
  record Settings(List<String> hosts, List<String> addresses)
      implements BackstepConfig, BackstepConfig.Http {
    @Override
    public Http http() {
      return this;
    }

    @Override
    public Optional<List<String>> allowedHosts() {
      return Optional.of(hosts);
    }

    @Override
    public Optional<List<String>> allowedAddresses() {
      return Optional.of(addresses);
    }

    @Override
    public GitOps gitOps() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Image image() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Journal journal() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Leader leader() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Preflight preflight() {
      throw new UnsupportedOperationException();
    }
  }

  public HttpReadings readings() {
    return readings;
  }

  HttpRequests requests() {
    return new HttpRequests(caller, conditions, clock);
  }

  /** What carries the requests. */
  public HttpCaller caller() {
    return caller;
  }

  @Override
  public void close() {
    readings.stop();
    caller.stop();
  }
}
