package dev.backstep.means.http;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent.Verb;
import dev.backstep.api.v1alpha1.sync.HttpSwitch;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.http.FullCall;
import dev.backstep.http.HttpRequest;
import dev.backstep.measure.Reading.Color;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Who is told to switch off or on, and who was before. A request has some time to take effect; then
 * whoever still says otherwise is told again, after twice as long each time, for as long as that is
 * so. Whoever did as told and says otherwise later is told at once.
 */
record Told(HttpSwitch means, ActionScope scope) {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final int MOST_DOUBLINGS = 10;
  private static final int NAMED = 3;

  /** A request that reached somebody, or may have. */
  private record Telling(EffectStatus effect, How how) {}

  /** True when somebody was told to switch off, or may have been. */
  boolean anybody() {
    return scope.sent().stream()
        .filter(effect -> effect.verb() == Verb.Apply)
        .anyMatch(
            effect -> effect.count(How.NotSent) + effect.count(How.Refused) < effect.targets());
  }

  /** What is left of switching off. */
  Step off(List<Standing> standings) {
    return standings.isEmpty()
        ? Step.done("No replica of Service %s is there, so none works.".formatted(service()))
        : step(standings, it -> it.reading().color() == Color.RED, Verb.Apply, "off");
  }

  /** What is left of switching on. */
  Step on(List<Standing> standings) {
    return standings.isEmpty()
        ? Step.done(
            "No replica of Service %s is there: those that come begin as the application has it."
                .formatted(service()))
        : step(
            standings,
            it -> it.reading().color() == Color.GREEN || neverProvenOff(it),
            Verb.Release,
            "on");
  }

  /**
   * Told to switch off, and never said that it is, perhaps because {@code status} does not mean
   * what its author thought: it is told once that it is on again, whatever it says.
   */
  private boolean neverProvenOff(Standing standing) {
    return scope.doneAt().isEmpty()
        && standing.reading().color() == Color.RED
        && !tellings(standing, Verb.Apply).isEmpty()
        && tellings(standing, Verb.Release).isEmpty();
  }

  private String service() {
    return means.service().name();
  }

  private Step step(List<Standing> standings, Predicate<Standing> other, Verb verb, String wanted) {
    var others = standings.stream().filter(other).toList();
    var due = others.stream().filter(it -> due(it, verb)).toList();
    if (!due.isEmpty()) {
      return Step.todo(due.stream().map(it -> request(it, verb)).toList());
    }
    if (!others.isEmpty()) {
      return rolling(
          "Told to switch %s, %d of %d did not yet"
              .formatted(wanted, others.size(), standings.size()),
          others);
    }
    var silent = standings.stream().filter(Told::silent).toList();
    return silent.isEmpty()
        ? Step.done("Each of %d says that it is %s.".formatted(standings.size(), wanted))
        : rolling(
            "%d of %d do not say whether they are %s"
                .formatted(silent.size(), standings.size(), wanted),
            silent);
  }

  private static boolean silent(Standing standing) {
    var color = standing.reading().color();
    return color != Color.GREEN && color != Color.RED;
  }

  private static Step rolling(String what, List<Standing> those) {
    var named =
        those.stream()
            .limit(NAMED)
            .map(it -> it.reading().message())
            .collect(Collectors.joining("; "));
    var more = those.size() > NAMED ? "; and %d more".formatted(those.size() - NAMED) : "";
    return Step.of(new Work.Rolling("%s: %s%s.".formatted(what, named, more), LOOK_AGAIN));
  }

  private HttpRequest request(Standing standing, Verb verb) {
    var status = FullCall.reading(means, means.status());
    var off = verb == Verb.Apply;
    var hold = hold();
    var request =
        new HttpRequest(
            call(verb),
            true,
            off ? status : neverProvenOff(standing) ? null : status.opposite(),
            null,
            next(standing, verb),
            off ? hold : null,
            off ? null : hold,
            null);
    return standing.replica().map(request::at).orElse(request);
  }

  /** A number of its own for each, although not all of those that failed are kept. */
  private int next(Standing standing, Verb verb) {
    var last =
        tellings(standing, verb).stream()
            .mapToInt(telling -> telling.effect().number())
            .max()
            .orElse(0);
    return Math.max(1 + last, scope.attempt());
  }

  private FullCall call(Verb verb) {
    return FullCall.of(means, verb == Verb.Apply ? means.disable() : means.enable());
  }

  /** One for all replicas: they come and go. */
  private Hold hold() {
    return scope.holds(HttpRequest.target(means), line(Verb.Release), line(Verb.Apply));
  }

  private String line(Verb verb) {
    return "%s %s".formatted(call(verb).method(), call(verb).address());
  }

  private boolean due(Standing standing, Verb verb) {
    var tellings =
        tellings(standing, verb).stream()
            .filter(it -> it.effect().attempt() == scope.attempt() && !isDone(it))
            .toList();
    if (tellings.isEmpty()) {
      return true;
    }
    var last = tellings.get(tellings.size() - 1);
    var first = last.how() == How.Applied ? scope.timeout() : AFTER_FAILURE;
    var pause = first.multipliedBy(1L << Math.min(MOST_DOUBLINGS, tellings.size() - 1));
    var until = last.effect().endedAt().plus(pause.compareTo(LONGEST) < 0 ? pause : LONGEST);
    return !scope.now().isBefore(until);
  }

  /** It had its effect: who says otherwise since then was restarted. */
  private boolean isDone(Telling telling) {
    return scope.doneAt().filter(done -> !telling.effect().endedAt().isAfter(done)).isPresent();
  }

  /** Those that went to the same replica, oldest first. */
  private List<Telling> tellings(Standing standing, Verb verb) {
    var target =
        standing
            .replica()
            .map(HttpRequest::target)
            .orElseGet(() -> HttpRequest.target(call(verb)))
            .toString();
    return scope.sent().stream()
        .filter(effect -> effect.verb() == verb)
        .flatMap(
            effect ->
                effect.results().stream()
                    .filter(result -> target.equals(result.target()) && reached(result))
                    .map(result -> new Telling(effect, result.how())))
        .toList();
  }

  private static boolean reached(EffectResult result) {
    return result.how() != How.NotSent && result.how() != How.Refused;
  }
}
