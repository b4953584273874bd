package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.SyncControl;
import java.util.Optional;

/** SyncControls as the informer last saw them. */
@FunctionalInterface
public interface SyncControlLookup {
  /** The SyncControl; empty when it does not exist. */
  Optional<SyncControl> find(String namespace, String name);
}
