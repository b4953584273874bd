package dev.backstep.leader;

import dev.backstep.config.BackstepConfig;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.quarkiverse.operatorsdk.runtime.api.ConfigurationServiceCustomizer;
import io.quarkus.arc.Unremovable;
import jakarta.inject.Singleton;
import java.util.function.Consumer;

/** Has the SDK use threads that are given to it while this process leads; for all kinds at once. */
@Singleton
@Unremovable
public class LedPasses implements ConfigurationServiceCustomizer {
  private final BackstepConfig config;
  private final PassThreads threads;

  public LedPasses(BackstepConfig config, PassThreads threads) {
    this.config = config;
    this.threads = threads;
  }

  @Override
  public Consumer<ConfigurationServiceOverrider> overrider() {
    return config.leader().lease().isPresent()
        ? overrider -> overrider.withExecutorService(threads)
        : overrider -> {};
  }
}
