package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.BackupTo;
import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import dev.backstep.api.v1alpha1.value.Location;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A database is copied into a file, and that is read back. */
@ValidationRule(
    value =
        "duration(self.timeout) >= duration('10s') && duration(self.timeout) <= duration('24h')",
    fieldPath = ".timeout",
    message = "the timeout of a backup must be between 10s and 24h")
public record Backup(
    @Required @JsonPropertyDescription("What is backed up.") DatabaseTarget target,
    @Required @JsonPropertyDescription("Where the backup is kept.") Location to,
    @Required
        @Size(min = 1, max = 256)
        @Pattern(Patterns.PATH_PREFIX)
        @JsonPropertyDescription(
            "What the names of its files begin with, such as orders/daily-: a folder, a prefix, or both. The file is <prefix><UTC time>.dump, or .sqlite, with <file>.manifest.json beside it.")
        String prefix,
    @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "Older ones of this prefix are deleted once the new one is verified, never the last one; absent: all are kept.")
        String retention,
    @Default("30m")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "After this time it is ended, 10s to 24h; has to be shorter than the action's own timeout.")
        String timeout) {

  /** Where it goes, and for how long it is kept. */
  public BackupTo backupTo() {
    return new BackupTo(to, prefix, retention);
  }
}
