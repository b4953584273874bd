package dev.backstep.http;

import dev.backstep.effect.Effect;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.effect.Work;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is left of taking requests back. The world does not show it, so it follows from what was
 * sent for it before.
 *
 * @param back what was sent to take something back, oldest first
 */
record HttpReversal(List<Sent<?>> back) {

  /** Last first, and one after the other where they go to the same target. */
  Step of(List<Sent<HttpRequest>> sent) {
    var left = new LinkedHashMap<Target, Sent<HttpRequest>>();
    for (var i = sent.size() - 1; i >= 0; i--) {
      var request = sent.get(i);
      if (request.effect().undo() != null && !takenBack(request)) {
        left.putIfAbsent(request.effect().target(), request);
      }
    }
    return left.isEmpty() ? Step.done(said(sent)) : next(left.values());
  }

  private static String said(List<Sent<HttpRequest>> sent) {
    var undone =
        sent.stream()
            .map(request -> request.effect().takenBackBy())
            .flatMap(Optional::stream)
            .distinct()
            .collect(Collectors.joining(", "));
    return undone.isEmpty()
        ? "%s stays done: the action has no undo.".formatted(sent.get(0).effect().summary())
        : "taken back by %s.".formatted(undone);
  }

  private Step next(Collection<Sent<HttpRequest>> requests) {
    var unknown =
        requests.stream()
            .map(this::outcomes)
            .filter(before -> !before.isEmpty())
            .map(before -> before.get(before.size() - 1))
            .filter(Outcome.Unknown.class::isInstance)
            .findFirst();
    return unknown.isPresent()
        ? Step.of(new Work.Unknown(((Outcome.Unknown) unknown.get()).message()))
        : Step.todo(
            requests.stream()
                .map(request -> request.effect().reversed(request.mark(), back.size() + 1))
                .toList());
  }

  private boolean takenBack(Sent<HttpRequest> request) {
    return outcomes(request).stream().anyMatch(Outcome.Applied.class::isInstance);
  }

  /** How those ended that were sent to take it back. */
  private List<Outcome> outcomes(Sent<HttpRequest> request) {
    return back.stream()
        .filter(it -> reverses(it.effect(), request))
        .<Outcome>map(Sent::outcome)
        .toList();
  }

  private static boolean reverses(Effect effect, Sent<HttpRequest> request) {
    return effect instanceof HttpRequest http && request.mark().text().equals(http.reverses());
  }
}
