package dev.backstep.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Pod templates as JSON: how they are compared, restarted and described. */
@ApplicationScoped
public class PodTemplates {
  /** Where a workload keeps its pod template. */
  public static final String POINTER = "/spec/template";

  /** Numbers are compared as they are written: 2 and 2L are not equal as objects. */
  private static final Comparator<JsonNode> VALUES =
      (one, other) -> {
        var numbers = one.isNumber() && other.isNumber();
        return numbers ? one.asText().compareTo(other.asText()) : one.equals(other) ? 0 : 1;
      };

  private final KubernetesClient client;

  public PodTemplates(KubernetesClient client) {
    this.client = client;
  }

  /** The template as the API server has it. */
  public ObjectNode json(PodTemplateSpec template) {
    return client.getKubernetesSerialization().convertValue(template, ObjectNode.class);
  }

  /** The template of JSON. */
  public PodTemplateSpec parse(JsonNode template) {
    return client.getKubernetesSerialization().convertValue(template, PodTemplateSpec.class);
  }

  /** What a template says apart from when it was restarted: two such are the same to a user. */
  public static ObjectNode content(ObjectNode template) {
    var copy = template.deepCopy();
    if (copy.path("metadata").path("annotations") instanceof ObjectNode annotations) {
      annotations.remove(Annotations.RESTARTED_AT);
      if (annotations.isEmpty()) {
        ((ObjectNode) copy.path("metadata")).remove("annotations");
      }
    }
    if (copy.path("metadata") instanceof ObjectNode metadata) {
      metadata.remove("creationTimestamp");
    }
    return copy;
  }

  /** True when two templates say the same. */
  public static boolean same(ObjectNode one, ObjectNode other) {
    return content(one).equals(VALUES, content(other));
  }

  /** When the template was restarted last, as whoever did it wrote it; null: never. */
  public static String restartedAt(PodTemplateSpec template) {
    var annotations =
        template.getMetadata() == null ? null : template.getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(Annotations.RESTARTED_AT);
  }

  /** The template with the annotation that makes its controller replace all pods. */
  public static ObjectNode restarted(ObjectNode template, Instant time) {
    var copy = template.deepCopy();
    copy.withObject("/metadata/annotations").put(Annotations.RESTARTED_AT, time.toString());
    return copy;
  }

  /** The template, restarted when the other one was last. */
  public static ObjectNode restartedLike(ObjectNode template, ObjectNode other) {
    var at = other.path("metadata").path("annotations").path(Annotations.RESTARTED_AT);
    var copy = template.deepCopy();
    if (at.isTextual()) {
      copy.withObject("/metadata/annotations").set(Annotations.RESTARTED_AT, at);
    }
    return copy;
  }

  /** The images of a template, for the reader. */
  public static String images(PodTemplateSpec template) {
    return containers(template).map(Container::getImage).collect(Collectors.joining(" "));
  }

  /** All containers, init containers last. */
  public static Stream<Container> containers(PodTemplateSpec template) {
    var spec = template.getSpec();
    return Stream.of(spec.getContainers(), spec.getInitContainers()).flatMap(List::stream);
  }

  /** The ConfigMaps that pods of this template read. */
  public static Set<String> configMaps(PodTemplateSpec template) {
    var names = new TreeSet<String>();
    template
        .getSpec()
        .getVolumes()
        .forEach(
            volume -> {
              if (volume.getConfigMap() != null) {
                names.add(volume.getConfigMap().getName());
              }
              if (volume.getProjected() != null) {
                volume.getProjected().getSources().stream()
                    .filter(source -> source.getConfigMap() != null)
                    .forEach(source -> names.add(source.getConfigMap().getName()));
              }
            });
    containers(template)
        .forEach(
            container -> {
              container.getEnvFrom().stream()
                  .filter(from -> from.getConfigMapRef() != null)
                  .forEach(from -> names.add(from.getConfigMapRef().getName()));
              container.getEnv().stream()
                  .filter(env -> env.getValueFrom() != null)
                  .filter(env -> env.getValueFrom().getConfigMapKeyRef() != null)
                  .forEach(env -> names.add(env.getValueFrom().getConfigMapKeyRef().getName()));
            });
    return names;
  }
}
