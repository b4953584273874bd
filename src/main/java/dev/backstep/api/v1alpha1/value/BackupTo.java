package dev.backstep.api.v1alpha1.value;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** Where a backup goes, and for how long such ones are kept. */
public record BackupTo(
    @Required @JsonPropertyDescription("Where it is kept.") Location to,
    @Required
        @Size(min = 1, max = 256)
        @Pattern(Patterns.PATH_PREFIX)
        @JsonPropertyDescription(
            "What the names of its files begin with, such as orders/daily-: a folder, a prefix, or both. The file is <prefix><UTC time>.dump, .sqlite of a SQLite file, or .json of a queue, with <file>.manifest.json beside it.")
        String prefix,
    @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "Older ones of this prefix are deleted once the new one is verified, never the last one; absent: all are kept.")
        String retention) {}
