package dev.backstep.effect;

import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;

/**
 * Sends the effects of recorded intents, many targets at a time, and says when they ended. What it
 * knows may be lost at any moment: the intent in the status is the truth, and an intent of which
 * this process knows nothing is closed by looking at its targets.
 */
@ApplicationScoped
public class EffectRunner {
  private static final Logger LOG = Logger.getLogger(EffectRunner.class);

  /** Each time longer, up to a limit: an abort does not wait for more than that. */
  private static final Duration FIRST_RETRY = Duration.ofSeconds(2);

  private static final Duration LAST_RETRY = Duration.ofSeconds(5);

  private final Effectors effectors;
  private final Images images;
  private final Clock clock;
  private final ExecutorService threads;
  private final ScheduledExecutorService timer;
  private final EffectTurns turns;
  private final CacheWait caches;
  private final OpenIntents intents = new OpenIntents();

  @Inject
  public EffectRunner(Effectors effectors, Images images, Clock clock) {
    this(
        effectors,
        images,
        clock,
        Executors.newCachedThreadPool(),
        Executors.newSingleThreadScheduledExecutor());
  }

  /** With threads of the caller's choice. */
  public EffectRunner(
      Effectors effectors, Images images, Clock clock, ScheduledExecutorService threads) {
    this(effectors, images, clock, threads, threads);
  }

  private EffectRunner(
      Effectors effectors,
      Images images,
      Clock clock,
      ExecutorService threads,
      ScheduledExecutorService timer) {
    this.effectors = effectors;
    this.images = images;
    this.clock = clock;
    this.threads = threads;
    this.timer = timer;
    this.turns = new EffectTurns(effectors, threads);
    this.caches = new CacheWait(effectors, timer);
  }

  /** How an effect is brought to its end. */
  @FunctionalInterface
  private interface Doing {
    Outcome outcome(Effect effect, Mark mark);
  }

  /**
   * How far an intent's effects are.
   *
   * @param object uid of the one whose intent it is
   */
  public Progress progress(String object, Intent intent) {
    return intent == null ? new Progress.None() : intents.progress(object, intent);
  }

  /** Forgets an intent whose outcome was recorded. */
  public void forget(String object, Intent intent) {
    intents.forget(object, intent);
  }

  /** Sends an intent's effects for the first time, right after it was recorded. */
  public void send(Intent intent, List<? extends Effect> effects, Order order) {
    start(intent, effects, order, (effect, mark) -> sent(intent, effect, mark, order.author()));
  }

  private Outcome sent(Intent intent, Effect effect, Mark mark, Author author) {
    // Effects wait for their turn, so only now it is known whether it is too late.
    return clock.instant().isAfter(intent.notAfter())
        ? new Outcome.NotSent(
            new Problem(
                "TooLate",
                "%s was not sent in time; it is tried again.".formatted(effect.target())))
        : effectors.of(effect).send(effect, mark, author, intent.notAfter());
  }

  /**
   * Brings an intent that was found open to a known end.
   *
   * @param recorded how those of its effects ended that need not be closed any more, by index
   */
  public void close(Intent intent, boolean wanted, Map<Integer, Outcome> recorded, Order order) {
    if (!recorded.isEmpty()) {
      intents.ended(order.object(), intent, recorded);
    }
    images
        .read(order.author().namespace(), intent.images())
        .ifPresentOrElse(
            effects ->
                start(
                    intent,
                    effects,
                    order,
                    (effect, mark) ->
                        effectors
                            .of(effect)
                            .close(effect, mark, wanted, order.author(), intent.notAfter())),
            () -> lost(intent, order));
  }

  /** Without its image nobody can tell which targets the effects were for. */
  private void lost(Intent intent, Order order) {
    var unknown =
        "It is not known what this effect changed: its before-image %s cannot be read (it was deleted, or made by another version). Look at the targets; those that were changed are marked with %s."
            .formatted(String.join(", ", intent.images()), intent.mark());
    intents.put(order.object(), intent, new Progress.Report(List.of(), unknown));
    order.whenDone().run();
  }

  private void start(Intent intent, List<? extends Effect> effects, Order order, Doing doing) {
    intents.put(order.object(), intent, new Progress.InFlight());
    var ended = intents.ended(order.object(), intent);
    var running =
        IntStream.range(0, effects.size())
            .filter(part -> !ended.containsKey(part))
            .mapToObj(part -> begin(effects.get(part), part, intent, order, doing, ended))
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(running)
        .whenComplete(
            (done, error) -> {
              if (error == null) {
                caches.await(effects, ended::get, () -> tell(intent, effects, ended, order));
              } else {
                var pause = again(intent, order, error);
                LOG.logf(
                    pause.isZero() ? Level.INFO : Level.WARN,
                    "effect %s is not known to have ended: %s",
                    intent.mark(),
                    error);
                lookAgainLater(intent, soFar(effects, ended, error), order, pause);
              }
            });
  }

  private static Progress.NotKnown soFar(
      List<? extends Effect> effects, Map<Integer, Outcome> ended, Throwable error) {
    return new Progress.NotKnown(
        report(
            effects, part -> ended.getOrDefault(part, notKnown(effects.get(part), cause(error)))));
  }

  private static Outcome notKnown(Effect effect, Throwable why) {
    return Outcome.Unknown.stillOpen(
        "It could not be found out in time whether this was done: %s. %s Look at %s."
            .formatted(
                Sentences.clause(effect.summary()),
                Sentences.of(String.valueOf(why.getMessage())),
                effect.target()));
  }

  private static Progress.Report report(
      List<? extends Effect> effects, IntFunction<Outcome> outcomes) {
    return new Progress.Report(
        IntStream.range(0, effects.size())
            .mapToObj(part -> Progress.Result.of(effects.get(part), outcomes.apply(part)))
            .toList());
  }

  private CompletableFuture<Void> begin(
      Effect effect,
      int part,
      Intent intent,
      Order order,
      Doing doing,
      Map<Integer, Outcome> ended) {
    var mark = Mark.of(intent, order.claim(), part);
    return turns
        .take(effect, order, () -> doing.outcome(effect, mark))
        .thenAccept(outcome -> ended.put(part, outcome));
  }

  /** Says how effects ended. */
  private void tell(
      Intent intent, List<? extends Effect> effects, Map<Integer, Outcome> ended, Order order) {
    intents.put(order.object(), intent, report(effects, ended::get));
    order.whenDone().run();
  }

  /** What goes on is closed at once, what is not answered later and later. */
  private Duration again(Intent intent, Order order, Throwable error) {
    if (cause(error) instanceof NotKnownException notKnown && notKnown.goesOn()) {
      return Duration.ZERO;
    }
    var longer = FIRST_RETRY.multipliedBy(intents.inVain(order.object(), intent));
    return longer.compareTo(LAST_RETRY) < 0 ? longer : LAST_RETRY;
  }

  private static Throwable cause(Throwable error) {
    return error instanceof CompletionException ? error.getCause() : error;
  }

  /** It is not known: leave it some time before those effects are closed. */
  private void lookAgainLater(Intent intent, Progress.NotKnown soFar, Order order, Duration pause) {
    timer.schedule(
        () -> {
          intents.put(order.object(), intent, soFar);
          order.whenDone().run();
        },
        pause.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  @PreDestroy
  void stop() {
    timer.shutdown();
    threads.shutdown();
  }
}
