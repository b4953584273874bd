package dev.backstep.resource;

import io.javaoperatorsdk.operator.Operator;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;

/**
 * What the process knows of the cluster. The SDK starts its controllers side by side, and each
 * waits for its own caches only, while its decisions rest on those of the others as well.
 */
@ApplicationScoped
public class Caches {
  private final Instance<Operator> operator;

  public Caches(Instance<Operator> operator) {
    this.operator = operator;
  }

  /** True once all of them were filled, or given up on. */
  public boolean filled() {
    return operator.get().getRuntimeInfo().isStarted();
  }
}
