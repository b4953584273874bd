package dev.backstep.http;

import dev.backstep.cluster.Impersonation;
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
    this.clock = clock;
    this.caller =
        new HttpCaller(
            vertx,
            new RequestPreparation(
                new ServiceAddresses(client, clock),
                new Secrets(new Impersonation(client), clock),
                new Allowed(List.of(allowedHosts))));
    this.readings = new HttpReadings(caller, conditions);
  }

  private record Allowed(List<String> hosts) implements BackstepConfig {
    @Override
    public Http http() {
      return () -> Optional.of(hosts);
    }

    @Override
    public Journal journal() {
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

  HttpCaller caller() {
    return caller;
  }

  @Override
  public void close() {
    readings.stop();
  }
}
