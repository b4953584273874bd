package dev.backstep.rollbackplan.start;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.RunBuilder;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.argument.Arguments;
import dev.backstep.claim.Claim;
import dev.backstep.cluster.Refusal;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.effect.Author;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.Probes;
import dev.backstep.rollbackplan.claim.PlanClaims;
import dev.backstep.rollbackplan.scope.ActionScopes;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.runbook.RunSnapshot;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Makes the claim of the run in the status, which pins the plan that the run works on. */
@ApplicationScoped
public class Pinning {
  private static final String UNTOUCHED = " Nothing was touched. Use a new id.";

  private final PlanClaims claims;
  private final Actions actions;
  private final ActionScopes scopes;
  private final Probes probes;
  private final WorkloadLookup workloads;

  public Pinning(
      PlanClaims claims,
      Actions actions,
      ActionScopes scopes,
      Probes probes,
      WorkloadLookup workloads) {
    this.claims = claims;
    this.actions = actions;
    this.scopes = scopes;
    this.probes = probes;
    this.workloads = workloads;
  }

  /** What became of the claim. */
  public sealed interface Pinned {}

  /** The claim is there, and it is this run's. */
  public record Made() implements Pinned {}

  /** The run must not act. */
  public record NotMade(String why) implements Pinned {}

  /** Makes sure that the run in the status has its claim; one that is there is not replaced. */
  public Pinned pin(PlanView view) {
    var plan = view.plan();
    var run = view.status().run();
    if (plan.isMarkedForDeletion()) {
      return new NotMade("The plan is being deleted, and the run has no claim to go on with.");
    }
    var defined = plan.getSpec().levels().stream().map(Level::name).toList();
    if (!run.levels().stream().allMatch(level -> defined.contains(level.name()))) {
      return claims
          .find(plan.getMetadata().getNamespace(), run.claim())
          .map(claim -> ours(claim, run))
          .orElseGet(
              () ->
                  new NotMade(
                      "The plan was edited between the run's first write and its claim: a level of the run is gone.%s"
                          .formatted(UNTOUCHED)));
    }
    try {
      return ours(claims.create(plan, run.claim(), claim(view)), run);
    } catch (KubernetesClientException e) {
      if (Refusal.isVerdict(e)) {
        return new NotMade(
            "The run's claim, ControllerRevision %s, could not be written: %s. See to it that it can be."
                    .formatted(run.claim(), Refusal.said(e))
                + UNTOUCHED);
      }
      throw e;
    }
  }

  private static Pinned ours(Claim<RollbackPlanSpec> claim, RunStatus run) {
    return claim.runUid().equals(run.uid())
        ? new Made()
        : new NotMade(
            "The run could not make its claim: a run of this id was begun before.%s"
                .formatted(UNTOUCHED));
  }

  private Claim<RollbackPlanSpec> claim(PlanView view) {
    var plan = view.plan();
    var run = view.status().run();
    var metadata = plan.getMetadata();
    var wish = wish(plan, run);
    var pinned = Arguments.resolve(plan.getSpec(), wish).withRun(wish).carriedOut();
    var claim =
        new Claim<>(metadata.getUid(), run.uid(), metadata.getGeneration(), pinned, Map.of());
    var kept = atStart(pinned, scopes.of(plan, run, view.now(), claim));
    kept.putAll(ofGates(pinned, metadata.getNamespace()));
    return claim.withAtStart(kept);
  }

  private Map<String, JsonNode> atStart(
      RollbackPlanSpec pinned, Function<Action, ActionScope> scoped) {
    var kept = new TreeMap<String, JsonNode>();
    pinned
        .allActions()
        .forEach(
            action ->
                actions
                    .atStart(action, scoped.apply(action))
                    .ifPresent(it -> kept.put(action.name(), it)));
    return kept;
  }

  private Map<String, JsonNode> ofGates(RollbackPlanSpec pinned, String namespace) {
    var author = new Author(namespace, pinned.serviceAccountName());
    var scope = GateScope.of(author, workloads);
    var kept = new TreeMap<String, JsonNode>();
    pinned
        .gates()
        .forEach(
            gate ->
                probes
                    .atStart(gate, scope.of(gate))
                    .ifPresent(it -> kept.put(GateScope.keptAs(gate.name()), it)));
    return kept;
  }

  /** What was wished, also of a run that a trigger started. */
  private static Run wish(RollbackPlan plan, RunStatus run) {
    var wish = plan.getSpec().run();
    return wish != null && wish.id().equals(run.id()) && !automatic(run)
        ? wish
        : RunBuilder.builder()
            .id(run.id())
            .reason(run.message())
            .requestedBy(run.requestedBy())
            .symptom(run.symptom())
            .levels(
                run.symptom() == null
                    ? run.levels().stream().map(LevelStatus::name).toList()
                    : null)
            .mode(run.mode())
            .entry(Run.Entry.IfUnhealthy)
            .state(Run.State.Running)
            .build();
  }

  /** True when a trigger started the run. */
  static boolean automatic(RunStatus run) {
    return run.requestedBy() != null && run.requestedBy().startsWith(RunSnapshot.AUTOMATIC);
  }
}
