package dev.backstep.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.SyncControlSpec;

/** Plans as users write them; what the API server would fill in has to be written. */
public final class PlanYaml {
  private static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory()).registerModule(new JavaTimeModule());

  private PlanYaml() {}

  /** The spec of a plan. */
  public static RollbackPlanSpec spec(String text) {
    return read(text, RollbackPlanSpec.class);
  }

  /** The spec of a SyncControl. */
  public static SyncControlSpec sync(String text) {
    return read(text, SyncControlSpec.class);
  }

  /** A part of one. */
  public static <T> T read(String text, Class<T> type) {
    try {
      return YAML.readValue(text, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
