package dev.backstep.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/**
 * The API server's own witness of who did what: its audit log, a JSON object per line (audit.k8s.io
 * Event). Only finished requests are shown.
 */
public final class AuditLog {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration QUIET = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path file;

  AuditLog(Path file) {
    this.file = file;
  }

  /** A place in the log, in bytes from its start. */
  public record Mark(long offset) {}

  /**
   * A finished request. Absent texts are empty; the request's object is null unless the audit
   * policy keeps it. {@code impersonatedUser} is empty when the user acted as itself.
   */
  public record Entry(
      String verb,
      String resource,
      String subresource,
      String namespace,
      String name,
      String user,
      String impersonatedUser,
      int responseCode,
      JsonNode requestObject,
      Instant time,
      String stage) {

    private static Entry of(JsonNode event) {
      var object = event.path("objectRef");
      return new Entry(
          event.path("verb").asText(),
          object.path("resource").asText(),
          object.path("subresource").asText(),
          object.path("namespace").asText(),
          object.path("name").asText(),
          event.path("user").path("username").asText(),
          event.path("impersonatedUser").path("username").asText(),
          event.path("responseStatus").path("code").asInt(),
          event.get("requestObject"),
          Instant.parse(event.path("requestReceivedTimestamp").asText()),
          event.path("stage").asText());
    }
  }

  /** The end of the log as it is now. */
  public Mark mark() {
    try {
      return new Mark(Files.size(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What was finished since, as far as it is written. */
  public List<Entry> since(Mark mark) {
    return textSince(mark)
        .lines()
        .map(AuditLog::parse)
        .filter(event -> event.path("stage").asText().equals("ResponseComplete"))
        .map(Entry::of)
        .toList();
  }

  /** The requests of interest since the mark, once no new one was written for a second. */
  public List<Entry> settledSince(Mark mark, Predicate<Entry> ofInterest) {
    var seen = new AtomicInteger(-1);
    var quietSince = new AtomicLong();
    return Awaitility.await("the audit log to be quiet")
        .atMost(PATIENCE)
        .pollInterval(QUIET.dividedBy(4))
        .until(
            () -> since(mark).stream().filter(ofInterest).toList(),
            entries -> {
              if (seen.getAndSet(entries.size()) != entries.size()) {
                quietSince.set(System.nanoTime());
              }
              return System.nanoTime() - quietSince.get() >= QUIET.toNanos();
            });
  }

  /** Whole lines only: the last one may be half written. */
  private String textSince(Mark mark) {
    try (var log = new RandomAccessFile(file.toFile(), "r")) {
      if (log.length() < mark.offset()) {
        throw new IllegalStateException(file + " is shorter than at the mark: it was rotated");
      }
      var bytes = new byte[Math.toIntExact(log.length() - mark.offset())];
      log.seek(mark.offset());
      log.readFully(bytes);
      var text = new String(bytes, StandardCharsets.UTF_8);
      return text.substring(0, text.lastIndexOf('\n') + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parse(String line) {
    try {
      return MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
