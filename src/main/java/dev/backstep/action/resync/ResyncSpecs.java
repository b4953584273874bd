package dev.backstep.action.resync;

import dev.backstep.action.ActionScope;
import dev.backstep.action.SyncControls;
import dev.backstep.api.v1alpha1.action.Resync;
import dev.backstep.api.v1alpha1.sync.ResyncSpec;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.resync.ResyncTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** What is copied: what the SyncControl says now, as far as the action wants it. */
@ApplicationScoped
public class ResyncSpecs {
  private final SyncControls controls;

  public ResyncSpecs(SyncControls controls) {
    this.controls = controls;
  }

  /** What the SyncControl says; empty: nothing that could be used. */
  Optional<ResyncSpec> known(Resync action, ActionScope scope) {
    try {
      return Optional.of(spec(action, scope));
    } catch (ProblemException e) {
      return Optional.empty();
    }
  }

  /**
   * What the SyncControl says.
   *
   * @throws ProblemException when there is none, or it says nothing of a re-sync
   */
  ResyncSpec spec(Resync action, ActionScope scope) throws ProblemException {
    var name = action.syncControlRef().name();
    var spec = controls.spec(name, scope).resync();
    if (spec == null) {
      throw new ProblemException(
          new Problem(
              "ResyncMissing",
              "SyncControl %s does not say in spec.resync what action %s copies. Add it."
                  .formatted(name, scope.action())));
    }
    return spec;
  }

  /**
   * The tables that the action wants, in the order of the SyncControl.
   *
   * @throws ProblemException when the SyncControl does not have one of them
   */
  static List<ResyncTask.Table> tables(ResyncSpec spec, Resync action, ActionScope scope)
      throws ProblemException {
    var all =
        spec.tables().stream()
            .map(table -> new ResyncTask.Table(table.name(), table.key()))
            .toList();
    if (action.tables() == null) {
      return all;
    }
    var unknown =
        action.tables().stream()
            .filter(name -> all.stream().noneMatch(table -> table.name().equals(name)))
            .toList();
    if (!unknown.isEmpty()) {
      throw new ProblemException(
          new Problem(
              "TableUnknown",
              "SyncControl %s has no table %s in spec.resync.tables, which action %s names. Correct one of them."
                  .formatted(
                      action.syncControlRef().name(), String.join(", ", unknown), scope.action())));
    }
    return all.stream().filter(table -> action.tables().contains(table.name())).toList();
  }
}
