package dev.backstep.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.sync.AutoDisable;
import dev.backstep.api.v1alpha1.sync.Means;
import dev.backstep.api.v1alpha1.sync.ResyncSpec;
import dev.backstep.api.v1alpha1.sync.SyncQueue;
import dev.backstep.api.v1alpha1.value.Notification;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/** A sync or a fleet of workers, and how it is kept off. */
@ValidationRule(
    value = "duration(self.timeout) >= duration('10s') && duration(self.timeout) <= duration('1h')",
    fieldPath = ".timeout",
    message = "timeout must be between 10s and 1h")
@ValidationRule(
    value =
        "duration(self.readBack) >= duration('5s') && duration(self.readBack) <= duration('1h')",
    fieldPath = ".readBack",
    message = "readBack must be between 5s and 1h")
@ValidationRule(
    value = "!has(self.autoDisable) || size(self.autoDisable) == 0 || has(self.queue)",
    fieldPath = ".autoDisable",
    message = "autoDisable needs queue: nothing is measured without it")
@ValidationRule(
    value =
        "!has(self.notifications) || self.notifications.all(n, !has(n.events) || n.events.all(e, e in ['QueueUnhealthy', 'SyncStale']))",
    fieldPath = ".notifications",
    message =
        "QueueUnhealthy and SyncStale are the events of a SyncControl; the others are those of plans")
@ValidationRule(
    value = "!has(self.notifications) || size(self.notifications) == 0 || has(self.queue)",
    fieldPath = ".notifications",
    message = "notifications needs queue: without it there is nothing to tell")
@RecordBuilder
public record SyncControlSpec(
    @Required
        @Size(min = 1, max = 253)
        @Pattern(Patterns.OBJECT_NAME)
        @JsonPropertyDescription(
            "ServiceAccount in the same namespace. Every write to anything that is not Backstep's own, and every read of a Secret, is made as this ServiceAccount: its RBAC decides what the SyncControl may do.")
        String serviceAccountName,
    @Default("Enabled")
        @JsonPropertyDescription(
            "What people and Git want. The sync is off while this says Disabled, or while anybody holds it (status.holders).")
        Wish state,
    @Required
        @Size(min = 1, max = 8)
        @JsonPropertyDescription(
            "How the sync is kept off. All of them are used, each is read back, and they are given back in reverse order.")
        List<Means> means,
    @Default("1m")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "Until when every means has to be proven off, 10s to 1h; later the SyncControl says DisableFailed, and goes on trying.")
        String timeout,
    @Default("30s")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "How often it is read back, while disabled, whether every means is still off, 5s to 1h.")
        String readBack,
    @Size(max = 8)
        @JsonPropertyDescription(
            "When the SyncControl holds the sync off by itself; each rule is a holder of its own.")
        List<AutoDisable> autoDisable,
    @JsonPropertyDescription("What action resync copies, from where and to where.")
        ResyncSpec resync,
    @JsonPropertyDescription("The queue of the sync, and how it is measured.") SyncQueue queue,
    @Size(max = 8)
        @JsonPropertyDescription(
            "Where people are told that there is too much in the queue, or that the last sync is too long ago.")
        List<Notification> notifications)
    implements SyncControlSpecBuilder.With {

  /** Lists are never null. */
  public SyncControlSpec {
    autoDisable = autoDisable == null ? List.of() : autoDisable;
    notifications = notifications == null ? List.of() : notifications;
  }

  /** True where something of a queue is measured. */
  public boolean measures() {
    return queue != null && !queue.measured().isEmpty();
  }

  /** What people want. */
  public enum Wish {
    Enabled,
    Disabled
  }
}
