package dev.backstep.notification;

import dev.backstep.api.v1alpha1.status.Told;
import dev.backstep.api.v1alpha1.value.Notification;
import dev.backstep.effect.Author;
import dev.backstep.memory.PerObjectState;
import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Tells people what happens, in the background. What is to be told follows from an object's status,
 * and how far it was told stands there: nothing is lost with a process, and what was told right
 * before it died is told again. What a run does never waits for it.
 */
@ApplicationScoped
public class Notifier implements PerObjectState {
  private static final Logger LOG = Logger.getLogger(Notifier.class);

  /** One that does not answer holds up no more than its thread, for as long as its timeout. */
  private static final int SENDERS = 4;

  private final Deliveries deliveries;
  private final Clock clock;
  private final ExecutorService sender;
  private final Map<Key, Progress> progress = new ConcurrentHashMap<>();

  @Inject
  public Notifier(Deliveries deliveries, Clock clock) {
    this(deliveries, clock, Executors.newFixedThreadPool(SENDERS));
  }

  /** With threads of the caller's choice. */
  public Notifier(Deliveries deliveries, Clock clock, ExecutorService sender) {
    this.deliveries = deliveries;
    this.clock = clock;
    this.sender = sender;
  }

  /** One notification of one object, and what it is told of. */
  private record Key(String uid, String name, String series) {
    static Key of(News news, String name) {
      return new Key(news.uid(), name, news.series().orElse(""));
    }
  }

  /** How far everybody was told, as the object's status is to say it. */
  public List<Told> told(News news) {
    return news.to().stream()
        .map(to -> news.told(to.name()).map(it -> further(news, it)).orElse(news.begin(to.name())))
        .toList();
  }

  /** What this process told counts, and what another one did that led meanwhile. */
  private Told further(News news, Told written) {
    return Stream.concat(Stream.of(written), known(news, written.name()).told().stream())
        .min(Comparator.comparingInt(it -> Notice.after(it, news.notices()).size()))
        .orElseThrow();
  }

  private Progress known(News news, String name) {
    return progress.getOrDefault(Key.of(news, name), Progress.NONE);
  }

  /**
   * Sends what is due to whom the object's status knows already.
   *
   * @param whenDone called when the status has something else to say
   */
  public void tell(News news, Runnable whenDone) {
    var now = clock.instant();
    for (var to : news.to()) {
      var due =
          news.told(to.name())
              .map(it -> Notice.after(further(news, it), news.notices()))
              .orElse(List.of());
      if (!due.isEmpty() && begin(Key.of(news, to.name()), now)) {
        sender.execute(() -> send(news, to, due, whenDone));
      }
    }
  }

  /** What would keep people from being told, found before there is something to tell. */
  public CompletionStage<List<Problem>> problems(List<Notification> to, Author author) {
    return to.isEmpty()
        ? CompletableFuture.completedStage(List.of())
        : CompletableFuture.supplyAsync(
            () -> to.stream().flatMap(it -> problems(it, author)).toList(), sender);
  }

  private Stream<Problem> problems(Notification to, Author author) {
    return deliveries.problems(to, author).stream()
        .map(
            it ->
                new Problem(
                    it.reason(),
                    "Notification %s would reach nobody: %s"
                        .formatted(to.name(), Sentences.of(it.message()))));
  }

  /** True when everybody was told of everything, as the object's status says. */
  public boolean hasTold(News news) {
    return news.to().stream()
        .allMatch(
            to ->
                news.told(to.name())
                    .filter(it -> Notice.after(it, news.notices()).isEmpty())
                    .isPresent());
  }

  /** True when it was not under way, and does not pause after it failed. */
  private boolean begin(Key key, Instant now) {
    var before = progress.getOrDefault(key, Progress.NONE);
    return before.rests(now)
        && (before == Progress.NONE
            ? progress.putIfAbsent(key, before.begun()) == null
            : progress.replace(key, before, before.begun()));
  }

  private void send(News news, Notification to, List<Notice> due, Runnable whenDone) {
    var key = Key.of(news, to.name());
    try {
      for (var notice : due) {
        if (!send(news, to, notice)) {
          break;
        }
      }
    } finally {
      progress.computeIfPresent(key, (it, known) -> known.ended());
      whenDone.run();
    }
  }

  /** True when it was taken, or is not wanted. */
  private boolean send(News news, Notification to, Notice notice) {
    var key = Key.of(news, to.name());
    var problem =
        to.wants(notice.event())
            ? deliveries.deliver(
                to, news.author(), Letters.id(news, notice), Letters.body(news, to, notice))
            : Optional.<Problem>empty();
    progress.computeIfPresent(
        key,
        (it, known) ->
            problem
                .map(why -> known.failed(why, clock.instant()))
                .orElseGet(() -> known.came(notice.told(to.name()))));
    problem.ifPresent(
        why ->
            LOG.warnf(
                "%s %s/%s, notification %s: %s",
                news.about().getKind(),
                news.about().getMetadata().getNamespace(),
                news.about().getMetadata().getName(),
                to.name(),
                why.message()));
    return problem.isEmpty();
  }

  /** When what was not taken is sent again; empty: nothing is waiting. */
  public Optional<Instant> again(News news) {
    return news.to().stream()
        .flatMap(to -> known(news, to.name()).failure().stream())
        .map(Progress.Failure::again)
        .min(Comparator.naturalOrder());
  }

  /** Whom something could not be told, in sentences; empty: everybody was told. */
  public Optional<String> failing(News news) {
    var said =
        news.to().stream()
            .flatMap(
                to ->
                    known(news, to.name()).failure().stream().map(it -> sentence(to, it.problem())))
            .toList();
    return said.isEmpty() ? Optional.empty() : Optional.of(Sentences.all(said, ""));
  }

  private static String sentence(Notification to, Problem problem) {
    return "Not told to %s: %s. It is sent again, at the latest every 5 min. Correct spec.notifications, or see to it that this is taken."
        .formatted(to.name(), Sentences.clause(problem.message()));
  }

  @Override
  public void forget(String uid) {
    progress.keySet().removeIf(key -> key.uid().equals(uid));
  }

  @PreDestroy
  void stop() {
    sender.shutdownNow();
  }
}
