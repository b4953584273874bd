package dev.backstep.api.v1alpha1.restore;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.value.Location;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;

/** The backup that comes back. */
@SchemaCustomizer(value = ExactlyOne.class, input = "path,latest")
public record RestoreSource(
    @Required @JsonPropertyDescription("Where backups are kept.") Location from,
    @Size(min = 1, max = 512)
        @Pattern(Patterns.RELATIVE_PATH)
        @JsonPropertyDescription(
            "This file or folder; of letters, digits and ._-/, relative, without '..'.")
        String path,
    @JsonPropertyDescription("The newest one that has a manifest.") Latest latest,
    @Pattern("^[0-9a-f]{64}$")
        @JsonPropertyDescription(
            "SHA-256 that the file has to have, in hex; absent: that of its manifest, if there is one.")
        String sha256,
    @Size(min = 1, max = 63)
        @JsonPropertyDescription(
            "Name of the database that the backup has to be of; absent: that of the target.")
        String database,
    @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "An older backup is refused; counted back from when the trouble began (run.since), or from now.")
        String maxDataLoss) {

  /** The newest of several. */
  public record Latest(
      @Required
          @Size(min = 1, max = 512)
          @Pattern(Patterns.RELATIVE_PATH)
          @JsonPropertyDescription("What their names begin with, folders included.")
          String prefix,
      @JsonPropertyDescription(
              "Only backups that were begun before this moment; absent: before the trouble began (run.since), where that is given.")
          Instant before) {}
}
