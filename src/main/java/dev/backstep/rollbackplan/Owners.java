package dev.backstep.rollbackplan;

import dev.backstep.action.Step;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.cluster.Change;
import dev.backstep.runbook.Work;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

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
    for (var change : step.changes()) {
      var other = owner(change, claim);
      if (other.isPresent()) {
        return Step.of(new Work.Owned(other.get()));
      }
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

  private Optional<String> owner(Change change, String claim) {
    if (change.owner() == null || change.owner().equals(claim)) {
      return Optional.empty();
    }
    return client
        .resources(RollbackPlan.class)
        .inNamespace(change.namespace())
        .list()
        .getItems()
        .stream()
        .filter(plan -> works(plan, change.owner()))
        .findFirst()
        .map(
            plan ->
                change.kind()
                    + " "
                    + change.name()
                    + " belongs to run "
                    + plan.getStatus().run().id()
                    + " of RollbackPlan "
                    + plan.getMetadata().getName()
                    + ", which is open ("
                    + plan.getStatus().run().phase()
                    + "). Wait for it or abort it.");
  }

  private static boolean works(RollbackPlan plan, String claim) {
    var run = PlanView.statusOf(plan).run();
    return run != null && Boolean.TRUE.equals(run.active()) && claim.equals(run.claim());
  }
}
