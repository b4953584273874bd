package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What was measured of a queue; null: it is not measured, could not be, or there is none. */
@RecordBuilder
public record QueueStatus(
    @JsonPropertyDescription("How much waits in it.") Long size,
    @JsonPropertyDescription("How much in it has failed.") Long failed,
    @JsonPropertyDescription("When the sync last did something; absent: never, or not known.")
        Instant lastSync,
    @JsonPropertyDescription(
            "By how much each grew in a minute, as far as that is known; a number below 0: it became less.")
        Growth growthPerMinute,
    @JsonPropertyDescription("What could not be measured, each with the reason in a sentence.")
        List<NotMeasured> notMeasured,
    @JsonPropertyDescription(
            "When this was measured; written at most every 30 seconds unless a condition changes, and not while it stays the same.")
        Instant measuredAt)
    implements QueueStatusBuilder.With {

  /** Lists are never null. */
  public QueueStatus {
    notMeasured = notMeasured == null ? List.of() : notMeasured;
  }

  /** Why something could not be measured. */
  public record NotMeasured(
      @JsonPropertyDescription("size, failed or lastSync.") String metric,
      @JsonPropertyDescription("Why, in a sentence.") String message) {}

  /** Why it could not be measured; empty: it could, or it is not measured at all. */
  public Optional<String> notMeasured(String metric) {
    return notMeasured.stream()
        .filter(it -> it.metric().equals(metric))
        .map(NotMeasured::message)
        .findFirst();
  }

  /** By how much a queue grew in a minute; null: not known. */
  public record Growth(
      @JsonPropertyDescription("What waits in it.") Long size,
      @JsonPropertyDescription("What has failed.") Long failed) {}
}
