package dev.backstep.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.backstep.api.v1alpha1.sync.Means;

/** Means as users write them; what the API server would fill in has to be written. */
public final class MeansYaml {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private MeansYaml() {}

  /** One of the name {@code back}; the text is its key with what belongs to it. */
  public static Means of(String text) {
    try {
      return YAML.readValue("{name: back, %s}".formatted(text), Means.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
