package dev.backstep.cluster;

import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.javaoperatorsdk.operator.api.config.InformerStoppedHandler;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.Quarkus;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/**
 * Ends the process when a watch died for good: an operator that does not see its objects any more
 * looks alive and does nothing. The next process begins with fresh watches.
 */
@Singleton
@Unremovable
@SuppressWarnings("rawtypes")
public class DeadWatches implements InformerStoppedHandler {
  private static final Logger LOG = Logger.getLogger(DeadWatches.class);

  @Override
  public void onStop(SharedIndexInformer informer, Throwable error) {
    if (error != null) {
      LOG.errorf("a watch died, the process ends to begin anew: %s", error);
      Quarkus.asyncExit(1);
    }
  }
}
