package dev.backstep.leader;

import dev.backstep.config.BackstepConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.quarkiverse.operatorsdk.runtime.QuarkusConfigurationService;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ExecutorService;

/**
 * The SDK's operator, with threads that carry passes out only while this process leads; for all
 * kinds at once. Everything else is configured as Quarkus does it. The extension's own way to
 * override a part of that, {@code ConfigurationServiceCustomizer}, loses the client: the SDK then
 * makes others, which read leniently no more and retry as they like. And a configuration around
 * that of the extension is asked by nobody: the controllers know the one within.
 */
@Singleton
public class LedOperator {
  /**
   * In place of the extension's, which would be the same without the threads. A singleton, because
   * the proxy of any other scope is an operator too, with a client of its own.
   */
  @Produces
  @Singleton
  public Operator operator(
      QuarkusConfigurationService configuration,
      Instance<Reconciler<? extends HasMetadata>> reconcilers,
      BackstepConfig config,
      PassThreads threads) {
    if (config.leader().lease().isPresent()) {
      carriedOutBy(threads, configuration);
    }
    var operator = new Operator(configuration);
    reconcilers.forEach(operator::register);
    return operator;
  }

  /** Puts other threads in place of those that the SDK has made, and has not used yet. */
  static void carriedOutBy(ExecutorService threads, ConfigurationService configuration) {
    var executors = configuration.getExecutorServiceManager();
    executors.stop(Duration.ZERO);
    executors.start(
        ConfigurationService.newOverriddenConfigurationService(
            configuration, overrider -> overrider.withExecutorService(threads)));
  }
}
