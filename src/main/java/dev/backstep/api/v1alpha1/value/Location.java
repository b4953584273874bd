package dev.backstep.api.v1alpha1.value;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Where files are kept: on a volume, or in an object store. */
@SchemaCustomizer(ExactlyOne.class)
public record Location(
    @JsonPropertyDescription("A volume of the namespace.") Volume volume,
    @JsonPropertyDescription("A bucket of a store that speaks the protocol of Amazon S3.") S3 s3) {

  /** A volume, which pods that the operator starts mount. */
  public record Volume(
      @Required
          @Size(min = 1, max = 253)
          @Pattern(Patterns.OBJECT_NAME)
          @JsonPropertyDescription("A PersistentVolumeClaim of the namespace.")
          String claimName) {}

  /** A bucket, and who reads and writes it. */
  @ValidationRule(
      value = "has(self.endpointURL) || has(self.region)",
      fieldPath = ".region",
      message = "without endpointURL it is Amazon's own store, which needs a region")
  public record S3(
      @Size(min = 8, max = 512)
          @Pattern(Patterns.ENDPOINT)
          @JsonPropertyDescription(
              "Such as https://minio.backup:9000, as seen from a pod of the namespace; absent: Amazon's own.")
          String endpointURL,
      @Required
          @Size(min = 3, max = 63)
          @Pattern(Patterns.BUCKET)
          @JsonPropertyDescription("It has to exist.")
          String bucket,
      @Size(min = 1, max = 32)
          @Pattern(Patterns.REGION)
          @JsonPropertyDescription("Such as eu-central-1; required without endpointURL.")
          String region,
      @Required @JsonPropertyDescription("A Secret with the keys accessKeyId and secretAccessKey.")
          Ref secretRef) {}

  /** As people name it: {@code volume backups}, or {@code bucket backups}. */
  public String place() {
    return volume == null
        ? "bucket %s".formatted(s3.bucket())
        : "volume %s".formatted(volume.claimName());
  }
}
