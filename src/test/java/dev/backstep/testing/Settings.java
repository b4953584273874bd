package dev.backstep.testing;

import dev.backstep.config.BackstepConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;

/** The operator's configuration, with its defaults for what is not given. */
public final class Settings {
  private Settings() {}

  /** As if these had been configured, such as backstep.preflight.interval. */
  public static BackstepConfig of(Map<String, String> given) {
    return new SmallRyeConfigBuilder()
        .addDiscoveredConverters()
        .withMapping(BackstepConfig.class)
        .withDefaultValues(given)
        .build()
        .getConfigMapping(BackstepConfig.class);
  }
}
