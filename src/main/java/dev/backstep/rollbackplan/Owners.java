package dev.backstep.rollbackplan;

import dev.backstep.action.Step;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.cluster.Change;
import dev.backstep.runbook.Work;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One run for each target at a time. Who changes a target writes its claim on it, in the same
 * guarded patch; a claim counts while its run is open, so nothing has to be cleaned up.
 */
@ApplicationScoped
public class Owners {
  private final KubernetesClient client;

  public Owners(KubernetesClient client) {
    this.client = client;
  }

  /**
   * The step, as this run's action may take it.
   *
   * @param exclusive true: the targets are this run's from then on
   */
  Step claim(Step step, String claim, String action, boolean exclusive) {
    if (!(step.work() instanceof Work.ToDo todo)) {
      return step;
    }
    var owned = owned(step.changes(), claim);
    if (owned.isPresent()) {
      return Step.of(new Work.Owned(owned.get()));
    }
    var again = step.changes().stream().filter(change -> change.again(claim, action)).toList();
    var changes =
        exclusive
            ? step.changes().stream().map(change -> change.ownedBy(claim)).toList()
            : step.changes();
    return new Step(
        new Work.ToDo(todo.targets(), todo.message() + editor(again), again.size()), changes);
  }

  private static String editor(List<Change> again) {
    return again.stream()
        .map(Change::editor)
        .filter(editor -> editor != null)
        .findFirst()
        .map(editor -> " It was changed by " + editor + " (metadata.managedFields).")
        .orElse("");
  }

  /** Why the changes have to wait. Targets keep the claims of ended runs: one look is for all. */
  private Optional<String> owned(List<Change> changes, String claim) {
    var foreign =
        changes.stream()
            .filter(change -> change.owner() != null && !change.owner().equals(claim))
            .toList();
    if (foreign.isEmpty()) {
      return Optional.empty();
    }
    var open = openRuns(foreign.get(0).namespace());
    return foreign.stream()
        .filter(change -> open.containsKey(change.owner()))
        .findFirst()
        .map(change -> belongs(change, open.get(change.owner())));
  }

  /** The plans of a namespace whose run is open, by its claim. */
  private Map<String, RollbackPlan> openRuns(String namespace) {
    return client.resources(RollbackPlan.class).inNamespace(namespace).list().getItems().stream()
        .filter(PlanView::runOpen)
        .collect(Collectors.toMap(plan -> plan.getStatus().run().claim(), Function.identity()));
  }

  private static String belongs(Change change, RollbackPlan plan) {
    return change.kind()
        + " "
        + change.name()
        + " belongs to run "
        + plan.getStatus().run().id()
        + " of RollbackPlan "
        + plan.getMetadata().getName()
        + ", which is open ("
        + plan.getStatus().run().phase()
        + "). Wait for it or abort it.";
  }
}
