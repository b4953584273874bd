package dev.backstep.rollbackplan.watch;

import dev.backstep.api.v1alpha1.RollbackPlan;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Tells of workloads; of those that are new, plans hear only if they name them. The SDK's own
 * source lets what was listed wait until the whole list is there, each as an object: of very many,
 * these would be all at once.
 */
final class WorkloadSource<R extends HasMetadata> extends InformerEventSource<R, RollbackPlan> {
  private final Function<R, Set<ResourceID>> naming;
  private final Consumer<R> tell;

  WorkloadSource(
      InformerEventSourceConfiguration<R> configuration,
      EventSourceContext<RollbackPlan> context,
      Function<R, Set<ResourceID>> naming,
      Consumer<R> tell) {
    super(configuration, context);
    this.naming = naming;
    this.tell = tell;
  }

  @Override
  public void onAdd(R workload) {
    if (!naming.apply(workload).isEmpty()) {
      super.onAdd(workload);
    }
    tell.accept(workload);
  }

  @Override
  public void onUpdate(R before, R workload) {
    super.onUpdate(before, workload);
    tell.accept(workload);
  }

  @Override
  public synchronized void onDelete(R workload, boolean unknown) {
    super.onDelete(workload, unknown);
    tell.accept(workload);
  }
}
