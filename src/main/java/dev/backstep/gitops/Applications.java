package dev.backstep.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.cluster.Annotations;
import dev.backstep.config.BackstepConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * Applications of Argo CD. They write on each object what they track it by, {@code
 * <application>:<group>/<kind>:<namespace>/<name>}; controllers copy that to what they make, so it
 * counts only where it names the object that it is on.
 */
@Singleton
class Applications implements DeployerKind {
  static final String TRACKING = "argocd.argoproj.io/tracking-id";

  private static final ResourceDefinitionContext RESOURCE =
      DeployerKind.resource("argoproj.io", "v1alpha1", "Application", "applications");

  private final BackstepConfig.GitOps config;

  Applications(BackstepConfig config) {
    this.config = config.gitOps();
  }

  @Override
  public ResourceDefinitionContext resource() {
    return RESOURCE;
  }

  @Override
  public Optional<Deployer> of(HasMetadata object) {
    return Optional.ofNullable(Annotations.of(object).get(TRACKING))
        .filter(tracked -> tracked.endsWith(itself(object)))
        .map(tracked -> tracked.substring(0, tracked.indexOf(':')))
        .or(() -> config.instanceLabel().flatMap(key -> DeployerKind.label(object, key)))
        .map(this::named);
  }

  private static String itself(HasMetadata object) {
    var metadata = object.getMetadata();
    return "/%s:%s/%s".formatted(object.getKind(), metadata.getNamespace(), metadata.getName());
  }

  /** Applications outside of Argo CD's own namespace are named {@code <namespace>_<name>}. */
  private Deployer named(String application) {
    var end = application.indexOf('_');
    return end < 0
        ? new Deployer(this, config.argoCdNamespace(), application)
        : new Deployer(this, application.substring(0, end), application.substring(end + 1));
  }

  @Override
  public Optional<String> reverts(JsonNode application) {
    var automated = application.at("/spec/syncPolicy/automated");
    if (!automated.isObject() || !automated.path("enabled").asBoolean(true)) {
      return Optional.empty();
    }
    return Optional.of(
        automated.path("selfHeal").asBoolean()
            ? "heals itself, so what a level changes of that would be as in Git again within a second"
            : "syncs by itself, so what a level changes of that would be as in Git again with the next commit");
  }

  @Override
  public String off() {
    return "{\"spec\":{\"syncPolicy\":{\"automated\":{\"enabled\":false}}}}";
  }
}
