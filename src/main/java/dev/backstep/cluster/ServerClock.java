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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The API server's time: this machine's monotonic clock, set by the Date that the API server sends.
 * So a clock that jumps here neither shortens nor lengthens a run's deadlines, and two processes
 * that follow each other count on.
 */
@ApplicationScoped
public class ServerClock extends Clock {
  private static final Logger LOG = Logger.getLogger(ServerClock.class);
  private static final Duration REPEAT = Duration.ofSeconds(60);

  /** The Date header has whole seconds: a smaller difference is no difference. */
  private static final Duration RESOLUTION = Duration.ofMillis(1500);

  private static final Duration WORTH_SAYING = Duration.ofSeconds(5);

  private final KubernetesClient client;
  private final long startNanos = System.nanoTime();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private volatile Instant start = Instant.now();

  public ServerClock(KubernetesClient client) {
    this.client = client;
  }

  @PostConstruct
  void begin() {
    compare();
    timer.scheduleWithFixedDelay(
        this::compare, REPEAT.toSeconds(), REPEAT.toSeconds(), TimeUnit.SECONDS);
  }

  @PreDestroy
  void stop() {
    timer.shutdownNow();
  }

  @Override
  public Instant instant() {
    return start.plusNanos(System.nanoTime() - startNanos);
  }

  private void compare() {
    try {
      var http = client.getHttpClient();
      var request =
          http.newHttpRequestBuilder().uri(URI.create(client.getMasterUrl() + "version")).build();
      var date = http.sendAsync(request, String.class).get(5, TimeUnit.SECONDS).header("Date");
      if (date != null) {
        correct(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.debugf("the API server's time is not known: %s", e.getMessage());
    }
  }

  private void correct(Instant server) {
    // The header is cut to whole seconds: on average it is half a second behind.
    var behind = Duration.between(instant(), server.plusMillis(500));
    if (behind.abs().compareTo(RESOLUTION) > 0) {
      start = start.plus(behind);
      if (behind.abs().compareTo(WORTH_SAYING) > 0) {
        LOG.warnf("this machine's clock is %s off the API server's; its time is used", behind);
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
