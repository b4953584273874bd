package dev.backstep.rollbackplan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.ladder.Stable;
import dev.backstep.api.v1alpha1.status.StableCandidate;
import dev.backstep.api.v1alpha1.status.StableRevision;
import dev.backstep.cluster.Hashes;
import dev.backstep.cluster.Records;
import dev.backstep.cluster.Rollout;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.database.Schemas.Schema;
import dev.backstep.measure.Streak;
import dev.backstep.measure.Verdict;
import dev.backstep.memory.PerObjectState;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.stable.StableContent;
import dev.backstep.stable.StableContent.WorkloadContent;
import dev.backstep.stable.StableRevisions;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Remembers what was proven good: a state of the workloads during which all gates were healthy for
 * the soak. Not while a run is open and not while something is held off, since that is not the
 * state the team deployed.
 *
 * <p>ConfigMaps are not watched. They are read when a soak begins and when it ends, so that what is
 * kept was there at both; and while nothing is decided, when a template changed and now and then.
 */
@ApplicationScoped
public class StableTracker implements PerObjectState {
  /** How long another content of a ConfigMap may be overlooked. */
  private static final Duration READ_AGAIN = Duration.ofMinutes(5);

  private final StableRevisions revisions;
  private final WorkloadLookup workloads;
  private final SchemaQuestions schemas;
  private final Map<String, Look> looks = new ConcurrentHashMap<>();

  public StableTracker(
      StableRevisions revisions, WorkloadLookup workloads, SchemaQuestions schemas) {
    this.revisions = revisions;
    this.workloads = workloads;
    this.schemas = schemas;
  }

  /** The status after another look; the same one when nothing changed. */
  RollbackPlanStatus track(PlanView view) {
    var status = view.status();
    var stable = view.plan().getSpec().stable();
    if (stable == null || view.runOpen() || !status.holds().isEmpty()) {
      return without(status);
    }
    if (any(view, Verdict.UNHEALTHY) || any(view, Verdict.INCONCLUSIVE)) {
      return without(status);
    }
    if (any(view, Verdict.PENDING) || view.gates().isEmpty()) {
      return status;
    }
    return rolledOut(view, stable) ? healthy(view, stable) : without(status);
  }

  /**
   * What was seen when the ConfigMaps were read last.
   *
   * @param templates hash of all templates
   * @param name the name under which the state would be kept
   */
  private record Look(String templates, String name, Instant at) {
    boolean holds(String nowTemplates, Instant now) {
      return templates.equals(nowTemplates) && now.isBefore(at.plus(READ_AGAIN));
    }
  }

  @Override
  public void forget(String uid) {
    looks.remove(uid);
  }

  /** When the candidate's soak is over; null without a candidate. */
  static Instant soakEnd(RollbackPlan plan) {
    var candidate = PlanView.statusOf(plan).stableCandidate();
    var stable = plan.getSpec().stable();
    return candidate == null || candidate.problem() != null || stable == null
        ? null
        : candidate.since().plus(Durations.of(stable.soak()));
  }

  private boolean rolledOut(PlanView view, Stable stable) {
    var namespace = view.plan().getMetadata().getNamespace();
    return stable.workloads().stream()
        .allMatch(
            ref ->
                workloads
                    .find(namespace, ref)
                    .filter(w -> w.rollout().state() == Rollout.State.DONE)
                    .isPresent());
  }

  private RollbackPlanStatus healthy(PlanView view, Stable stable) {
    var metadata = view.plan().getMetadata();
    var running = revisions.running(metadata.getNamespace(), stable.workloads(), workloads);
    if (running.size() < stable.workloads().size()) {
      return without(view.status());
    }
    var templates = Hashes.of(Json.MAPPER.<JsonNode>valueToTree(running));
    var look = looks.get(metadata.getUid());
    if (look != null && look.holds(templates, view.now()) && changesNothing(look.name(), view)) {
      return view.status();
    }
    return schemas
        .known(view.plan())
        .map(schema -> looked(view, stable, running, templates, schema))
        .orElseGet(view::status);
  }

  private RollbackPlanStatus looked(
      PlanView view,
      Stable stable,
      List<WorkloadContent> running,
      String templates,
      Schema schema) {
    var metadata = view.plan().getMetadata();
    var content = content(view, running).withSchema(schema.value());
    var name = StableRevisions.name(Records.Owner.of(view.plan()), content);
    looks.put(metadata.getUid(), new Look(templates, name, view.now()));
    return schema.problem() == null
        ? healthy(view, stable, name, content)
        : view.status().withStableCandidate(unknown(view, name, schema.problem()));
  }

  /** What is kept is read when the soak is over, and not believed. */
  private StableContent content(PlanView view, List<WorkloadContent> running) {
    var namespace = view.plan().getMetadata().getNamespace();
    return view.status().stableCandidate() != null && over(view)
        ? revisions.readNow(namespace, running)
        : revisions.now(namespace, running);
  }

  /** Said once, and from then on the same. */
  private static StableCandidate unknown(PlanView view, String name, String why) {
    var before = view.status().stableCandidate();
    var problem =
        "Which schema the database has (spec.stable.schema) could not be asked, so this state is not remembered: %s"
            .formatted(why);
    return before != null && before.name().equals(name)
        ? before.withProblem(problem)
        : new StableCandidate(name, view.now(), problem);
  }

  /** True when this state is the newest stable one already, or its soak goes on. */
  private static boolean changesNothing(String name, PlanView view) {
    return view.status().stableCandidate() == null
        ? isNewest(name, view.status())
        : soaks(name, view) && !over(view);
  }

  private static boolean isNewest(String name, RollbackPlanStatus status) {
    return !status.stable().isEmpty() && status.stable().get(0).name().equals(name);
  }

  private static boolean soaks(String name, PlanView view) {
    var candidate = view.status().stableCandidate();
    return candidate != null && candidate.name().equals(name) && measuredSince(view, candidate);
  }

  /** True when the candidate's soak is over and the candidate can be kept. */
  private static boolean over(PlanView view) {
    return view.status().stableCandidate().problem() == null
        && !view.now().isBefore(soakEnd(view.plan()));
  }

  private RollbackPlanStatus healthy(
      PlanView view, Stable stable, String name, StableContent content) {
    var status = view.status();
    if (isNewest(name, status)) {
      return without(status);
    }
    if (!soaks(name, view)) {
      return status.withStableCandidate(candidate(name, view, content));
    }
    return over(view) ? proven(view, stable, content) : status;
  }

  private static StableCandidate candidate(String name, PlanView view, StableContent content) {
    var problem =
        StableRevisions.tooLarge(content)
            ? "The pod templates and ConfigMaps are larger than 1 MB together. Name fewer workloads in spec.stable, or keep large files out of ConfigMaps."
            : null;
    return new StableCandidate(name, view.now(), problem);
  }

  /** A new process did not see the time before it started. */
  private static boolean measuredSince(PlanView view, StableCandidate candidate) {
    return view.plan().getSpec().gates().stream()
        .filter(gate -> view.gates().containsKey(gate.name()))
        .allMatch(
            gate -> {
              var slack = Durations.of(gate.interval()).multipliedBy(3);
              return !view.gates().get(gate.name()).since().isAfter(candidate.since().plus(slack));
            });
  }

  private RollbackPlanStatus proven(PlanView view, Stable stable, StableContent content) {
    var status = view.status();
    var namespace = view.plan().getMetadata().getNamespace();
    var known = revisions.withDigests(namespace, content, workloads);
    var kept = revisions.keep(Records.Owner.of(view.plan()), known, view.now());
    var older = status.stable().stream().filter(it -> !it.name().equals(kept.name()));
    var all = Stream.concat(Stream.of(kept), older).toList();
    all.stream().skip(stable.keep()).forEach(old -> drop(view, old));
    return RollbackPlanStatusBuilder.builder(status)
        .stable(all.stream().limit(stable.keep()).toList())
        .stableCandidate(null)
        .build();
  }

  private void drop(PlanView view, StableRevision revision) {
    revisions.drop(view.plan().getMetadata().getNamespace(), revision);
  }

  private static boolean any(PlanView view, Verdict verdict) {
    return view.gates().values().stream().map(Streak::verdict).anyMatch(verdict::equals);
  }

  private static RollbackPlanStatus without(RollbackPlanStatus status) {
    return status.stableCandidate() == null ? status : status.withStableCandidate(null);
  }
}
