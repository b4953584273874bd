package dev.backstep.rollbackplan.gather;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.resource.Together;
import dev.backstep.rollbackplan.check.Preflight;
import dev.backstep.rollbackplan.gather.Unprepared.Unready;
import dev.backstep.runbook.Preparing;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.Stopping;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Finds out all that a decision needs and that may have to be asked of others: what is left to do,
 * what keeps a level from acting, and what its actions mean now. It is one look, so that nothing of
 * it is about another state of the run than the rest.
 */
@ApplicationScoped
public class Scout {
  private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  private final Looker looker;
  private final Unprepared unprepared;
  private final Preflight preflight;
  private final LevelFacts facts;
  private final Actions actions;

  public Scout(
      Looker looker,
      Unprepared unprepared,
      Preflight preflight,
      LevelFacts facts,
      Actions actions) {
    this.actions = actions;
    this.looker = looker;
    this.unprepared = unprepared;
    this.preflight = preflight;
    this.facts = facts;
  }

  /** Begins to look. */
  CompletionStage<Findings> look(
      RollbackPlan plan, RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    if (snapshot.run().phase() == Phase.Pending) {
      return beginning(plan, snapshot, scopes);
    }
    return looker
        .look(snapshot, scopes)
        .map(stage -> stage.thenCompose(step -> aboutToAct(plan, step, snapshot, scopes)))
        .orElseGet(() -> CompletableFuture.completedStage(Findings.NONE));
  }

  /** What levels mean that come later is good to know, but not in the way where it is not known. */
  private CompletionStage<Findings> beginning(
      RollbackPlan plan, RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var first = snapshot.levelNamed(snapshot.nextLevel().name());
    var pins = new LinkedHashMap<String, CompletionStage<Optional<Map<String, List<String>>>>>();
    snapshot
        .run()
        .levels()
        .forEach(
            level ->
                pins.put(
                    level.name(),
                    facts
                        .pins(snapshot.levelNamed(level.name()), Map.of(), scopes)
                        .handle(
                            (known, error) ->
                                error == null ? Optional.of(known) : unknown(error))));
    return preflight
        .of(plan, snapshot.plan(), first, scopes)
        .thenCombine(
            Together.named(pins),
            (problems, known) -> {
              var levels = new LinkedHashMap<String, Map<String, List<String>>>();
              known.forEach((level, said) -> said.ifPresent(it -> levels.put(level, it)));
              return Findings.of(Optional.empty(), Map.of(first.name(), problems)).withPins(levels);
            });
  }

  private static Optional<Map<String, List<String>>> unknown(Throwable error) {
    refused(error);
    return Optional.empty();
  }

  private CompletionStage<Findings> aboutToAct(
      RollbackPlan plan, Step step, RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var due = snapshot.entering() || step.work() instanceof Work.ToDo;
    if (snapshot.run().phase() != Phase.Acting
        || !due
        || snapshot.allActed() // What was held goes back, whoever answers.
        || Preparing.isUnderWay(snapshot)
        || Stopping.isDue(snapshot)) {
      return CompletableFuture.completedStage(Findings.of(step));
    }
    var level = snapshot.level();
    CompletionStage<Map<String, List<Problem>>> problems =
        snapshot.entering()
            ? preflight
                .of(plan, snapshot.plan(), level, scopes)
                .thenApply(found -> Map.of(level.name(), found))
            : CompletableFuture.completedStage(Map.of());
    return unprepared
        .first(snapshot, scopes)
        .thenCompose(
            unready ->
                unready.isPresent()
                    ? problems.thenApply(found -> unready(unready.get(), found, step, snapshot))
                    : problems.thenCombine(
                        meaning(level, snapshot, scopes),
                        (found, meant) -> meant(found, meant, step, snapshot)));
  }

  /**
   * An action of a level that acts is not made ready anew because it cannot be seen just now: that
   * is waited for.
   */
  private static Findings unready(
      Unready unready, Map<String, List<Problem>> found, Step step, RunSnapshot snapshot) {
    return !snapshot.entering() && unready.isUnknown()
        ? Findings.of(unready.step())
        : Findings.of(Optional.of(step), found).withUnprepared(Optional.of(unready.action()));
  }

  private static Findings meant(
      Map<String, List<Problem>> found, Meaning meant, Step step, RunSnapshot snapshot) {
    return meant.problem() == null
        ? Findings.of(Optional.of(step), found)
            .withPins(meant.pins())
            .withOtherBackups(meant.otherBackups())
        : notKnown(meant.problem(), found, step, snapshot);
  }

  /**
   * What the level means.
   *
   * @param otherBackups see {@link Findings}
   * @param problem why that is not known; null: it is
   */
  private record Meaning(
      Map<String, Map<String, List<String>>> pins,
      Map<String, Set<String>> otherBackups,
      Problem problem) {
    /** Nothing, because nobody has to know, or cannot. */
    static Meaning none(Problem problem) {
      return new Meaning(Map.of(), Map.of(), problem);
    }
  }

  /** An action that was begun keeps its meaning: it may be different now because of what it did. */
  private CompletionStage<Meaning> meaning(
      Level level, RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    if (!snapshot.wantsApproval(level)) {
      return CompletableFuture.completedStage(Meaning.none(null));
    }
    return facts
        .pins(level, snapshot.pinnedByBegun(), scopes)
        .thenCombine(
            new OtherBackups(actions, scopes).of(snapshot),
            (pins, others) -> new Meaning(Map.of(level.name(), pins), others, null))
        .exceptionally(error -> Meaning.none(problem(level, error)));
  }

  private static Problem problem(Level level, Throwable error) {
    return new Problem(
        "MeaningNotKnown",
        "Level %s has to be approved, and it could not be found out what its actions mean now: %s. It is asked again."
            .formatted(level.name(), refused(error).getMessage()));
  }

  /** What the API server refuses is said of the whole pass. */
  private static Throwable refused(Throwable error) {
    var cause = Together.cause(error);
    if (cause instanceof KubernetesClientException refused) {
      throw refused;
    }
    return cause;
  }

  /** What was found to be wrong says better why. */
  private static Findings notKnown(
      Problem problem, Map<String, List<Problem>> found, Step step, RunSnapshot snapshot) {
    var level = snapshot.level().name();
    var problems = found.getOrDefault(level, List.of());
    var instead =
        snapshot.entering() ? step : Step.of(new Work.Rolling(problem.message(), ASK_AGAIN));
    return Findings.of(
        Optional.of(instead), Map.of(level, problems.isEmpty() ? List.of(problem) : problems));
  }
}
