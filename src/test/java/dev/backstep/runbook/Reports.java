package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.EffectStatusBuilder;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Progress.Report;
import dev.backstep.effect.Progress.Result;
import dev.backstep.effect.Target;
import dev.backstep.problem.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** How effects ended, and what the status says of those that did. */
final class Reports {
  private Reports() {}

  /** Some targets were changed. */
  static Report applied(int targets) {
    return of(targets, 0, List.of(), List.of());
  }

  /** Some targets had been changed meanwhile. */
  static Report refused(int targets) {
    return of(0, targets, List.of(), List.of());
  }

  /** As many results as there are holds, at least so many. */
  static Report of(int applied, int refused, List<Hold> held, List<Hold> released) {
    var results = new ArrayList<Result>();
    held.forEach(hold -> results.add(result(new Outcome.Applied("1"), hold, null)));
    released.forEach(hold -> results.add(result(new Outcome.Applied("1"), null, hold)));
    while (results.size() < applied) {
      results.add(result(new Outcome.Applied("1"), null, null));
    }
    results.addAll(Collections.nCopies(refused, result(new Outcome.Refused("1"), null, null)));
    return new Report(results);
  }

  /** One could not be done. */
  static Report failed(Problem problem) {
    return failed(problem, applied(0));
  }

  /** As another one, and one more that could not be done. */
  static Report failed(Problem problem, Report others) {
    var results = new ArrayList<>(others.results());
    results.add(result(new Outcome.Failed(problem), null, null));
    return new Report(results);
  }

  /** The target does not exist any more. */
  static Report gone(Hold released) {
    return new Report(List.of(result(new Outcome.Gone(), null, released)));
  }

  /** Nothing left the process. */
  static Report notSent(String why) {
    var problem = new Problem("Unreachable", why);
    return new Report(List.of(result(new Outcome.NotSent(problem), null, null)));
  }

  /** One was done, of another nobody knows. */
  static Report unknown(String why, Hold held) {
    return new Report(
        List.of(
            result(new Outcome.Applied("1"), held, null),
            result(new Outcome.Unknown(why, null), null, null)));
  }

  /** It could not be found out of one, which would hold this; a human is told why. */
  static Progress.NotKnown notKnown(String why, Hold takes) {
    return new Progress.NotKnown(
        new Report(
            List.of(
                result(new Outcome.Applied("1"), null, null),
                result(Outcome.Unknown.stillOpen(why), takes, null))));
  }

  /** A request whose answer was lost, which may be carried out for so long, and would hold this. */
  static Report mayLand(Instant until, Hold takes) {
    return new Report(List.of(result(new Outcome.Unknown("No answer.", until), takes, null)));
  }

  /** Nobody knows what the effects were. */
  static Report lost(String why) {
    return new Report(List.of(), why);
  }

  private static Result result(Outcome outcome, Hold takes, Hold givesBack) {
    return new Result(new Target("Deployment", "web"), outcome, takes, givesBack);
  }

  /** So many effects, each on one target, all ended so. */
  static List<EffectStatus> sent(int effects, How how) {
    return IntStream.rangeClosed(1, effects).mapToObj(number -> sent(number, how, null)).toList();
  }

  /** So many effects, each on a target that somebody had changed back. */
  static List<EffectStatus> again(int effects) {
    return IntStream.rangeClosed(1, effects)
        .mapToObj(number -> sent(number, How.Applied, true))
        .toList();
  }

  private static EffectStatus sent(int number, How how, Boolean again) {
    return EffectStatusBuilder.builder()
        .verb(Intent.Verb.Apply)
        .number(number)
        .attempt(1)
        .targets(1)
        .again(again)
        .endedAt(Instant.EPOCH)
        .results(
            how == How.Applied
                ? List.of()
                : List.of(new EffectResult(0, "Deployment web", how, null, null)))
        .build();
  }
}
