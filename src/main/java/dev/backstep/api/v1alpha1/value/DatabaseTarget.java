package dev.backstep.api.v1alpha1.value;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A database: in a PostgreSQL server, or in a file on a volume. */
@SchemaCustomizer(ExactlyOne.class)
public record DatabaseTarget(
    @JsonPropertyDescription(
            "PostgreSQL: a Secret with host, port, dbname, user and password, labelled backstep.dev/database=true.")
        Ref databaseRef,
    @JsonPropertyDescription("SQLite: a file.") Sqlite sqlite) {

  /** A SQLite file on a volume. */
  public record Sqlite(
      @Required
          @Size(min = 1, max = 253)
          @Pattern(Patterns.OBJECT_NAME)
          @JsonPropertyDescription("A PersistentVolumeClaim of the namespace.")
          String claimName,
      @Required
          @Size(min = 1, max = 512)
          @Pattern(Patterns.RELATIVE_PATH)
          @JsonPropertyDescription(
              "Path of the file on the volume; of letters, digits and ._-/, relative, without '..'.")
          String path,
      @Min(1)
          @Max(4294967294L)
          @JsonPropertyDescription(
              "Number of the user that the application runs as (securityContext.runAsUser): what works at the file runs as it, so that a file that is put in its place is the application's own. Absent: 65532.")
          Long user) {}
}
