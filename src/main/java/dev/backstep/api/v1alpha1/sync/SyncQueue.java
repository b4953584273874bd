package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.Members;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The queue of a sync, and how it is measured. Nothing is ever cleared because of a threshold. */
@ValidationRule(
    value =
        "duration(self.interval) >= duration('1s') && duration(self.interval) <= duration('10m')",
    fieldPath = ".interval",
    message = "interval must be between 1s and 10m")
@ValidationRule(
    value = "!has(self.clear) || !has(self.clear.http) || has(self.size)",
    fieldPath = ".size",
    message =
        "clear.http needs size: it is compared with what was exported, and read back in the end")
@RecordBuilder
public record SyncQueue(
    @Default("30s")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "Time between two measurements, 1s to 10m. Without autoDisable, never less than 30s once the same was found ten times in a row.")
        String interval,
    @JsonPropertyDescription("How much waits in it.") Metric size,
    @JsonPropertyDescription("How much in it has failed, such as dead letters.") Metric failed,
    @JsonPropertyDescription("When the sync last did something.") LastSync lastSync,
    @JsonPropertyDescription("How action clearQueue empties it.") ClearSpec clear)
    implements SyncQueueBuilder.With {
  /** What {@code size} is called in the status. */
  public static final String SIZE = "size";

  /** What {@code failed} is called in the status. */
  public static final String FAILED = "failed";

  /** What {@code lastSync} is called in the status. */
  public static final String LAST_SYNC = "lastSync";

  /** What is measured, by name. */
  public Map<String, Measurable> measured() {
    var all = new LinkedHashMap<String, Measurable>();
    all.put(SIZE, size);
    all.put(FAILED, failed);
    all.put(LAST_SYNC, lastSync);
    all.values().removeIf(Objects::isNull);
    return all;
  }

  /** The first metric of which it is not known how it is measured. */
  public Optional<String> unknown() {
    return measured().entrySet().stream()
        .filter(it -> !Members.anySet(it.getValue().union()))
        .map(it -> "spec.queue.%s (no known kind of metric)".formatted(it.getKey()))
        .findFirst();
  }
}
