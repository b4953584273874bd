package dev.backstep.action;

import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.cluster.Workload;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;

/** Why what is done to targets may not last. Whoever knows something of that has a bean of it. */
@FunctionalInterface
public interface TargetDoubts {
  /**
   * What speaks against it, in sentences, each with its remedy. Asks nobody but caches and the API
   * server.
   *
   * @param plan the plan as an object
   * @param spec what it says, as it is carried out
   * @param targets the workloads that a plan's actions touch, as far as they exist
   */
  List<String> of(HasMetadata plan, RollbackPlanSpec spec, List<Workload> targets);
}
