package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.schema.MapBounds;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.api.v1alpha1.value.Patterns;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** Settings that are other than usual until they are given back. */
@SchemaCustomizer(value = ExactlyOne.class, input = "configMap,env")
@ValidationRule(
    value = "has(self.configMap) || self.restart == 'Users'",
    fieldPath = ".restart",
    message = "new values of env restart the workload by themselves: restart cannot be None")
public record SetConfig(
    @JsonPropertyDescription("Keys of a ConfigMap.") Data configMap,
    @JsonPropertyDescription("Environment variables of a container.") Env env,
    @Default("Users")
        @JsonPropertyDescription(
            "Users: Deployments, StatefulSets and DaemonSets that read the ConfigMap are restarted, because running pods may not read it again; None: nothing is.")
        Users restart) {

  /** What happens to those who read a ConfigMap. */
  public enum Users {
    Users,
    None
  }

  /** Keys of a ConfigMap. */
  @SchemaCustomizer(value = MapBounds.class, input = "data,64,65536")
  public record Data(
      @Required
          @Size(min = 1, max = 253)
          @Pattern(Patterns.OBJECT_NAME)
          @JsonPropertyDescription("The ConfigMap, in the plan's namespace.")
          String name,
      @Required
          @JsonPropertyDescription("The keys that are set, with their values; the others stay.")
          Map<String, String> data) {}

  /** Environment variables of a container. */
  public record Env(
      @Required @JsonPropertyDescription("Whose pods.") WorkloadRef workload,
      @Size(min = 1, max = 63)
          @Pattern(Patterns.LABEL)
          @JsonPropertyDescription("Its container; absent: the first one.")
          String container,
      @Required
          @Size(min = 1, max = 32)
          @JsonPropertyDescription(
              "The variables that are set; the others stay. With valueFrom another Secret is read.")
          List<NamedValue> set) {}
}
