package dev.backstep.means.http;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Taken;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.sync.HttpSwitch;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.http.FullCall;
import dev.backstep.http.HttpRequest;
import dev.backstep.text.Sentences;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The one request that makes up for what was missed, once all are on. Whatever comes of it, it is
 * not sent a second time: the sync is on, and does the rest by itself.
 */
record CatchUp(HttpSwitch means, Taken taken, ActionScope scope) {

  /** What is sent; empty: nothing is. */
  static Optional<FullCall> call(HttpSwitch means) {
    return Optional.ofNullable(means.runOnce()).map(step -> FullCall.of(means, step));
  }

  /**
   * What is left once all are on.
   *
   * @param on what is left of switching on
   */
  Step after(Step on) {
    return on.work() instanceof Work.Observed
        ? call(means).map(call -> after(on, call)).orElse(on)
        : on;
  }

  private Step after(Step on, FullCall call) {
    return taken.triedBack(scope.sent()).stream()
        .filter(sent -> sent.effect() instanceof HttpRequest it && it.call().equals(call))
        .flatMap(sent -> results(sent.mark()))
        .filter(result -> result.how() != How.NotSent && result.how() != How.Refused)
        .findFirst()
        .map(result -> result.how() == How.Failed ? notCaughtUp(call, result) : on)
        .orElseGet(() -> Step.todo(List.of(request(call))));
  }

  /** What the status says of an effect. */
  private Stream<EffectResult> results(Mark mark) {
    return scope.sent().stream()
        .filter(effect -> effect.verb() == mark.verb() && effect.number() == mark.number())
        .flatMap(effect -> effect.results().stream())
        .filter(result -> result.part() == mark.part());
  }

  private HttpRequest request(FullCall call) {
    return new HttpRequest(call, true, null, null, scope.attempt(), null, null, null);
  }

  private static Step notCaughtUp(FullCall call, EffectResult failed) {
    return Step.done(
        "All are on, but what was missed was not made up for: %s Send %s %s by hand."
            .formatted(Sentences.of(failed.said()), call.method(), call.address()));
  }
}
