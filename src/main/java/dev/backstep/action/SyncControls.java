package dev.backstep.action;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** The SyncControls that actions name. */
@ApplicationScoped
public class SyncControls {
  private final KubernetesClient client;

  public SyncControls(KubernetesClient client) {
    this.client = client;
  }

  /**
   * What a SyncControl of the plan's namespace says now.
   *
   * @throws ProblemException when it is not there, or not understood
   */
  public SyncControlSpec spec(String name, ActionScope scope) throws ProblemException {
    return of(name, scope).getSpec();
  }

  /** A SyncControl of the plan's namespace as it is now; empty when it is not there. */
  public Optional<SyncControl> find(String name, ActionScope scope) {
    return Optional.ofNullable(
        client.resources(SyncControl.class).inNamespace(scope.namespace()).withName(name).get());
  }

  /**
   * The same, where it has to be there.
   *
   * @throws ProblemException when it is not there, or not understood
   */
  public SyncControl of(String name, ActionScope scope) throws ProblemException {
    var found = find(name, scope).orElse(null);
    if (found == null) {
      throw new ProblemException(
          new Problem(
              "SyncControlMissing",
              "There is no SyncControl %s in namespace %s, which action %s names. Create it, or correct syncControlRef."
                  .formatted(name, scope.namespace(), scope.action())));
    }
    if (found.getSpec() == null) {
      throw new ProblemException(
          new Problem(
              "SyncControlUnreadable",
              "SyncControl %s was written by a newer version: this one does not understand %s. Upgrade the operator."
                  .formatted(name, found.unreadable().orElse("spec"))));
    }
    return found;
  }
}
