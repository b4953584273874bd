package dev.backstep.metrics;

import io.prometheus.client.CollectorRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The registry that Prometheus reads: one for everybody, where Quarkus would make one for each. */
@Singleton
class Registry {
  @Produces
  @Singleton
  CollectorRegistry registry() {
    return new CollectorRegistry(true);
  }
}
