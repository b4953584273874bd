package dev.backstep.action.clearqueue;

import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.action.ProgramSteps;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.sync.ClearHttp;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Hashes;
import dev.backstep.dump.Exported;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.http.FullCall;
import dev.backstep.http.HttpRequest;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * A queue inside of an application: a Job keeps all that is in it, that is counted and compared,
 * and only then it is emptied, by one request that is not sent twice. In the end it is measured
 * again.
 */
@ApplicationScoped
class HttpClear implements Clearing<ClearHttp> {
  private final JobSteps steps;
  private final ProgramSteps said;
  private final Exports exports;
  private final QueueSizes sizes;

  HttpClear(JobSteps steps, ProgramSteps said, Exports exports, QueueSizes sizes) {
    this.steps = steps;
    this.said = said;
    this.exports = exports;
    this.sizes = sizes;
  }

  @Override
  public Class<ClearHttp> type() {
    return ClearHttp.class;
  }

  @Override
  public List<Right> rights(ClearHttp http, Wanted wanted) {
    return Stream.of(
            Exports.RIGHTS.stream(),
            Right.ofSecrets(FullCall.of(http, http.clear()).secrets()).stream(),
            sizes.rights(wanted.queue().size()).stream())
        .flatMap(rights -> rights)
        .distinct()
        .toList();
  }

  @Override
  public CompletionStage<List<Problem>> preflight(
      ClearHttp http, Wanted wanted, ActionScope scope) {
    return exports
        .preflight(http, scope)
        .thenCombine(
            sizes.preflight(wanted.queue().size(), scope),
            (some, more) -> Stream.concat(some.stream(), more.stream()).distinct().toList());
  }

  @Override
  public String pin(ClearHttp http) {
    return "%s %s, kept in %s as %s; %s"
        .formatted(
            FullCall.of(http, http.clear()).method(),
            FullCall.of(http, http.clear()).address(),
            http.backup().to().place(),
            http.backup().prefix(),
            Hashes.of(http.toString()));
  }

  @Override
  public CompletionStage<Step> next(ClearHttp http, Wanted wanted, ActionScope scope) {
    var size = wanted.queue().size();
    var job = JobSteps.name(JobSteps.RUN, scope.claim(), scope);
    if (cleared(http, scope)) {
      return sizes.then(size, scope, left -> readBack(http, left, exported(job, scope)));
    }
    var step = export(http, scope);
    if (ProgramSteps.failed(step)) {
      return said.failed(step, job, "ExportFailed", "Nothing was cleared.", scope).now();
    }
    if (step.work() instanceof Work.Rolling) {
      return said.running(job, Optional.empty(), "", scope).now();
    }
    if (step.work() instanceof Work.Observed) {
      return sizes.then(
          size, scope, now -> exported(http, wanted, exported(job, scope), now, scope));
    }
    return step.work() instanceof Work.ToDo
        ? sizes.then(size, scope, now -> begun(step, wanted, now))
        : step.now();
  }

  private Step export(ClearHttp http, ActionScope scope) {
    return steps.leftAgain(
        JobSteps.RUN, name -> exports.job(http, name, scope.claim(), scope), scope);
  }

  private Optional<Exported> exported(String job, ActionScope scope) {
    return said.lastWords(job, scope).flatMap(Exported::of);
  }

  /** The world does not show that the request was sent; what was sent says so. */
  private static boolean cleared(ClearHttp http, ActionScope scope) {
    var target = HttpRequest.target(FullCall.of(http, http.clear())).toString();
    return scope.sent().stream()
        .filter(effect -> effect.verb() == Intent.Verb.Apply && effect.attempt() == scope.attempt())
        .flatMap(effect -> effect.results().stream())
        .anyMatch(result -> result.how() == How.Applied && target.equals(result.target()));
  }

  /** Before anything is kept: nothing may be there, or more than may go. */
  private static Step begun(Step step, Wanted wanted, long now) {
    if (now == 0) {
      return Step.done("the queue is empty: there is nothing to clear.");
    }
    return wanted.tooMany(now) ? tooMany(wanted, now) : step;
  }

  private static Step tooMany(Wanted wanted, long items) {
    return Step.impossible(
        "TooManyItems",
        "There are %d entries in the queue, and maxItems is %d. Nothing was cleared. Raise it, if that many may go."
            .formatted(items, wanted.maxItems()));
  }

  private static Step exported(
      ClearHttp http, Wanted wanted, Optional<Exported> export, long now, ActionScope scope) {
    if (export.isEmpty()) {
      return Step.impossible(
          "ExportLost",
          "The Job that kept what is in the queue ended well, but its pod is gone, which said how much that was. Nothing was cleared. Retry, and it is kept anew.");
    }
    var kept = export.get();
    if (kept.entries() != now) {
      return Step.impossible(
          "QueueChanged",
          "%s has %d entries, and the queue has %d: it was filled or worked off meanwhile, or exportCount counts, or export shows, not all of it. Nothing was cleared. Switch the sync off before (disableSync, in an earlier level), then Retry."
              .formatted(kept.file(), kept.entries(), now));
    }
    return wanted.tooMany(now)
        ? tooMany(wanted, now)
        : Step.todo(List.of(request(http, now, scope)));
  }

  /** Twice would destroy what came in between, so a lost answer is asked for by the export. */
  private static HttpRequest request(ClearHttp http, long entries, ActionScope scope) {
    var fewer = "(%s) < %d".formatted(http.exportCount(), entries);
    return new HttpRequest(
        FullCall.of(http, http.clear()),
        false,
        FullCall.reading(http, http.export()).when(fewer),
        null,
        scope.attempt(),
        null,
        null,
        null);
  }

  private static Step readBack(ClearHttp http, long left, Optional<Exported> export) {
    var kept =
        export
            .map(Exported::said)
            .orElse("what was in it is in %s".formatted(http.backup().to().place()));
    if (export.isPresent() && left >= export.get().entries()) {
      return Step.impossible(
          "NotCleared",
          "%s was answered as wanted, and there are still %d entries in the queue: nothing was cleared, or as many came. Look at the application's log, and see whether a token of an admin is needed. Kept: %s."
              .formatted(FullCall.of(http, http.clear()).address(), left, kept));
    }
    return Step.done(
        "cleared, %s; kept before: %s."
            .formatted(left == 0 ? "0 left" : "%d left, or come since".formatted(left), kept));
  }

  @Override
  public CompletionStage<Step> preview(ClearHttp http, Wanted wanted, ActionScope scope) {
    return sizes.then(
        wanted.queue().size(),
        scope,
        now -> {
          var begun = begun(export(http, scope), wanted, now);
          if (!(begun.work() instanceof Work.ToDo)) {
            return begun;
          }
          var effects = new ArrayList<Effect>(begun.effects());
          effects.add(request(http, now, scope));
          return Step.todo(effects);
        });
  }
}
