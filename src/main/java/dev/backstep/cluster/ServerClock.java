package dev.backstep.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The API server's time: this machine's monotonic clock, set by the Date that the API server sends.
 * So a clock that jumps here neither shortens nor lengthens a run's deadlines, and two processes
 * that follow each other count on. Several API servers may differ: what counts is the middle one of
 * the last answers.
 */
@ApplicationScoped
public class ServerClock extends Clock {
  private static final Logger LOG = Logger.getLogger(ServerClock.class);
  private static final Duration REPEAT = Duration.ofSeconds(60);

  /** How often the API server's time is asked for until it is known. */
  private static final Duration UNKNOWN_REPEAT = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** How many answers are compared. */
  private static final int ANSWERS = 5;

  /** The Date header has whole seconds: a smaller difference is no difference. */
  private static final Duration RESOLUTION = Duration.ofMillis(1500);

  private static final Duration WORTH_SAYING = Duration.ofSeconds(5);

  private final KubernetesClient client;
  private final long startNanos = System.nanoTime();
  private final Instant localStart = Instant.now();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final CountDownLatch compared = new CountDownLatch(1);
  private final Deque<Duration> offsets = new ArrayDeque<>();
  private volatile Duration offset = Duration.ZERO;

  public ServerClock(KubernetesClient client) {
    this.client = client;
  }

  /** Does not hold up the start: whoever asks for the time first waits for the answer. */
  @PostConstruct
  void begin() {
    timer.execute(this::repeat);
  }

  @PreDestroy
  void stop() {
    timer.shutdownNow();
    compared.countDown();
  }

  @Override
  public Instant instant() {
    try {
      // Without the API server's time a deadline could be over too early; without it for long,
      // this machine's is the best there is.
      if (compared.getCount() > 0 && !compared.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        compared.countDown();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return local().plus(offset);
  }

  private Instant local() {
    return localStart.plusNanos(System.nanoTime() - startNanos);
  }

  private void repeat() {
    var known = compare();
    compared.countDown();
    if (!timer.isShutdown()) {
      var pause = known ? REPEAT : UNKNOWN_REPEAT;
      timer.schedule(this::repeat, pause.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private boolean compare() {
    try {
      var http = client.getHttpClient();
      var request =
          http.newHttpRequestBuilder().uri(URI.create(client.getMasterUrl() + "version")).build();
      var answer =
          http.sendAsync(request, String.class).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      var date = answer.header("Date");
      if (date != null) {
        heard(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      if (offsets.isEmpty()) {
        LOG.warnf("the API server's time is not known, this machine's is used: %s", e);
      }
    }
    return !offsets.isEmpty();
  }

  /** An API server said what time it is. */
  void heard(Instant server) {
    // The header is cut to whole seconds: on average it is half a second behind.
    offsets.addLast(Duration.between(local(), server.plusMillis(500)));
    if (offsets.size() > ANSWERS) {
      offsets.removeFirst();
    }
    var middle = offsets.stream().sorted().skip(offsets.size() / 2).findFirst().orElseThrow();
    var correction = middle.minus(offset);
    if (correction.abs().compareTo(RESOLUTION) > 0) {
      offset = middle;
      if (correction.abs().compareTo(WORTH_SAYING) > 0) {
        LOG.warnf("this machine's clock is %s off the API server's; its time is used", correction);
      }
    }
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return Clock.fixed(instant(), zone);
  }
}
