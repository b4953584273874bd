package dev.backstep.action.rollback;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.RollBack;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.PullFailures;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.Container;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Whether a roll back goes to an image that pods wait for in vain just now. Looked at before a run:
 * in one, pods that do not start are seen anyway.
 */
@ApplicationScoped
public class Pulls {
  private final WorkloadLookup workloads;
  private final PodTemplates templates;
  private final PullFailures failures;

  public Pulls(WorkloadLookup workloads, PodTemplates templates, PullFailures failures) {
    this.workloads = workloads;
    this.templates = templates;
    this.failures = failures;
  }

  /** The images that could not be pulled, each with its remedy. */
  List<Problem> problems(RollBack action, Supplier<Destination> to, ActionScope scope) {
    return scope.claim() == null
        ? failures.problems(
            scope.namespace(),
            () -> images(action, to.get(), scope),
            "which action %s would roll back to".formatted(scope.action()))
        : List.of();
  }

  private Stream<String> images(RollBack action, Destination destination, ActionScope scope) {
    return destination.problem() == null
        ? action.workloads().stream()
            .map(ref -> workloads.find(scope.namespace(), ref))
            .flatMap(Optional::stream)
            .flatMap(workload -> images(workload, destination))
        : Stream.of();
  }

  private Stream<String> images(Workload workload, Destination destination) {
    var wanted = destination.template(workload, templates.json(workload.template()));
    return PodTemplates.containers(templates.parse(wanted)).map(Container::getImage);
  }
}
