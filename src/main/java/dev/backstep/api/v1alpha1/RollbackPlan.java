package dev.backstep.api.v1alpha1;

import dev.backstep.api.TolerantResource;
import dev.backstep.api.v1alpha1.schema.Members;
import dev.backstep.api.v1alpha1.status.RunStatus;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A rollback procedure as an object: a ladder of levels that a run climbs until the gates are
 * healthy.
 */
@Group("backstep.dev")
@Version("v1alpha1")
@Plural("rollbackplans") // else the client works it out for every object that it reads
@ShortNames("rbp")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.standing")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Level", jsonPath = ".status.level")
@AdditionalPrinterColumn(
    name = "Healthy",
    jsonPath = ".status.conditions[?(@.type==\"Healthy\")].status")
@AdditionalPrinterColumn(
    name = "Holds",
    jsonPath = ".status.holding",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Run", jsonPath = ".status.run.id")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.reason", priority = 1)
@AdditionalPrinterColumn(
    name = "Started",
    jsonPath = ".status.run.startedAt",
    type = AdditionalPrinterColumn.Type.DATE,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Mitigated",
    jsonPath = ".status.run.mitigatedAt",
    type = AdditionalPrinterColumn.Type.DATE,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Approver",
    jsonPath = ".status.run.approval.given[*].user",
    priority = 1)
@ValidationRule(
    value =
        """
        !(has(self.status) && has(self.status.run) && self.status.run.active) || \
        (has(self.spec.run) && self.spec.run.id == self.status.run.id) || \
        (has(oldSelf.spec.run) == has(self.spec.run) && (!has(self.spec.run) || \
        oldSelf.spec.run.id == self.spec.run.id))\
        """,
    fieldPath = ".spec.run.id",
    message =
        "a run is open: its id cannot be changed or removed. To stop it set state: Aborted; start the next one when status.run.active is false")
@ValidationRule(
    value =
        """
        !has(self.spec.run) || self.spec.run.state in ['Running', 'Paused'] || \
        (has(self.status) && has(self.status.run) && self.status.run.id == self.spec.run.id) || \
        (has(oldSelf.spec.run) && oldSelf.spec.run == self.spec.run)\
        """,
    fieldPath = ".spec.run.state",
    message = "this state is for the run that status.run names; a new run starts as Running")
@ValidationRule(
    value =
        """
        !has(self.spec.run) || !has(oldSelf.spec.run) || oldSelf.spec.run.id == self.spec.run.id || \
        (has(self.status) && has(self.status.run) && self.status.run.id == self.spec.run.id) || \
        (self.spec.run.state == 'Running' && !has(self.spec.run.answer))\
        """,
    fieldPath = ".spec.run",
    message =
        "a new id starts a new run: it must have state Running and no answer (a merge patch keeps those of the last run; set answer: null)")
@ValidationRule(
    value =
        """
        !has(self.spec.run) || self.spec.run.state != 'Released' || \
        !has(self.status) || !has(self.status.run) || !self.status.run.active || \
        self.status.run.id != self.spec.run.id || \
        (has(oldSelf.spec.run) && oldSelf.spec.run.id == self.spec.run.id && \
        oldSelf.spec.run.state == 'Released')\
        """,
    fieldPath = ".spec.run.state",
    message = "the run is open: to give back what it holds, abort it or let it finish first")
public class RollbackPlan extends TolerantResource<RollbackPlanSpec, RollbackPlanStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;

  public RollbackPlan() {
    super(RollbackPlanSpec.class, RollbackPlanStatus.class);
  }

  @Override
  @Required
  public RollbackPlanSpec getSpec() {
    return super.getSpec();
  }

  /** Of a gate or an action that was pruned, a union without a member is left. */
  @Override
  protected Optional<String> unknown(RollbackPlanSpec spec) {
    var gates =
        spec.gates().stream()
            .filter(gate -> !Members.anySet(gate))
            .map(gate -> "spec.gates, gate " + gate.name() + " (no known kind of gate)");
    var actions =
        spec.allActions()
            .filter(action -> !Members.anySet(action))
            .map(action -> "spec.levels, action " + action.name() + " (no known kind of action)");
    return Stream.concat(gates, actions).findFirst();
  }

  @Override
  protected Optional<String> incomplete(RollbackPlanStatus status) {
    return Optional.ofNullable(status.run())
        .filter(run -> !complete(run))
        .map(run -> "status.run: the operator's own fields are missing");
  }

  private static boolean complete(RunStatus run) {
    return Stream.of(
            run.id(), run.uid(), run.claim(), run.seq(), run.phase(), run.active(), run.levels())
        .allMatch(Objects::nonNull);
  }
}
