package dev.backstep.action;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.cluster.Annotations;
import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Target;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an action may know of the run it belongs to: what only the run knows. What is asked of the
 * world, an executor is given when it is made.
 *
 * @param author on whose rights the action is done; it reaches nothing outside that namespace
 * @param holder who does it
 * @param now the time of the pass that asks
 * @param since when this run entered the level: pods restarted after it are new
 * @param args values of the run's args, by name; those that have none are missing
 * @param timeout within which the action has to be done
 * @param timedFrom from when the timeout counts; empty: the action has not begun
 * @param doneAt when it was last found that nothing was left to do; what was sent before that had
 *     its effect. Empty: it never was
 * @param attempt which attempt of the action this is, from 1
 * @param sent what the action sent, with its outcome, oldest first
 * @param holds what is recorded as held
 * @param atStart what the action kept of the world when the run began; empty: nothing, or there is
 *     no run
 * @param facts what the run's plan knows beside
 * @param readsBack true: what was done counts only once it was looked at, also where nothing else
 *     shows it than a question to somebody else's database
 */
@RecordBuilder
public record ActionScope(
    Author author,
    Holder holder,
    Instant now,
    Instant since,
    Map<String, String> args,
    Duration timeout,
    Optional<Instant> timedFrom,
    Optional<Instant> doneAt,
    int attempt,
    List<EffectStatus> sent,
    List<Hold> holds,
    Optional<JsonNode> atStart,
    PlanFacts facts,
    boolean readsBack)
    implements ActionScopeBuilder.With {

  /** The namespace of everything that the action reaches. */
  public String namespace() {
    return author.namespace();
  }

  /** Name of the action. */
  public String action() {
    return holder.action();
  }

  /** Claim of the run; null before one. */
  public String claim() {
    return holder.claim();
  }

  /** The same, of an action that sent this in its so many attempts. */
  public ActionScope of(int attempts, List<EffectStatus> effects) {
    return with().attempt(attempts).sent(effects).build();
  }

  /** How much of the timeout is left. */
  public Duration timeLeft() {
    return timeout.minus(timedFrom.map(from -> Duration.between(from, now)).orElse(Duration.ZERO));
  }

  /** What the action keeps off: from now on, or still, where it is the same. */
  public Hold holds(Target target, String original, String held) {
    return held(target)
        .filter(known -> known.original().equals(original) && known.held().equals(held))
        .orElseGet(() -> newHold(target, original, held));
  }

  private Hold newHold(Target target, String original, String held) {
    return new Hold(
        holder.run(),
        claim(),
        action(),
        holder.type(),
        target.kind(),
        target.name(),
        original,
        held,
        takenAt());
  }

  /**
   * Since when it counts as kept off if it is taken now. What could not be taken before, or not
   * even be begun, is tried again as the same: else each try would be another effect, with an image
   * and with words of its own.
   */
  public Instant takenAt() {
    var last = sent.stream().skip(Math.max(0, sent.size() - 1)).filter(this::isOfThisAttempt);
    var tried =
        last.map(effect -> effect.count(How.Failed) + effect.count(How.NotSent) > 0)
            .findFirst()
            .orElse(timedFrom.isPresent());
    return tried ? timedFrom.filter(since::isBefore).orElse(since) : now;
  }

  private boolean isOfThisAttempt(EffectStatus effect) {
    return effect.attempt() == attempt;
  }

  /** What the action keeps off at this target; empty: nothing, as far as is recorded. */
  public Optional<Hold> held(Target target) {
    return holds.stream()
        .filter(hold -> hold.claim().equals(claim()) && hold.action().equals(action()))
        .filter(hold -> hold.target().equals(target.toString()))
        .findFirst();
  }

  /** True when this action was the last to change the object. */
  public boolean marked(HasMetadata object) {
    return Mark.by(Annotations.of(object).get(Annotations.MARK), claim(), action());
  }

  /** The effect that changed the object last; empty: it is not one of this action. */
  public Optional<EffectStatus> lastEffect(HasMetadata object) {
    return marked(object)
        ? sent.stream()
            .filter(
                effect -> Annotations.of(object).get(Annotations.MARK).startsWith(prefix(effect)))
            .findFirst()
        : Optional.empty();
  }

  /**
   * What this attempt sent last, if all of it reached its targets; empty: it did not, or nothing.
   */
  public Optional<EffectStatus> landed() {
    return sent.stream()
        .skip(Math.max(0, sent.size() - 1))
        .filter(effect -> effect.verb() == Intent.Verb.Apply && effect.attempt() == attempt)
        .filter(effect -> effect.count(How.Applied) == effect.targets())
        .findFirst();
  }

  private String prefix(EffectStatus effect) {
    return "%s/".formatted(Mark.first(claim(), action(), effect.verb(), effect.number()).prefix());
  }

  /**
   * True when an effect of the present attempt reached its target: for actions whose effect the
   * world does not show.
   */
  public boolean applied() {
    return sent.stream()
        .filter(effect -> effect.verb() == Intent.Verb.Apply && effect.attempt() == attempt)
        .anyMatch(effect -> effect.count(How.Applied) > 0);
  }
}
