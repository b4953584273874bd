package dev.backstep.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.backstep.api.v1alpha1.ladder.GitOps;
import dev.backstep.cluster.Annotations;
import dev.backstep.config.BackstepConfig;
import dev.backstep.object.Place;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Applications of Argo CD. They write on each object what they track it by, {@code
 * <application>:<group>/<kind>:<namespace>/<name>}; controllers copy that to what they make, so it
 * counts only where it names the object that it is on.
 */
@Singleton
class Applications implements DeployerKind {
  private static final String TRACKING = "argocd.argoproj.io/tracking-id";
  private static final int NAMED = 5;

  private static final ResourceDefinitionContext RESOURCE =
      DeployerKind.resource("argoproj.io", "v1alpha1", "Application", "applications");

  /** An operation that runs ignores the switch, and overwrites what is changed meanwhile. */
  private static final Place PHASE = Place.at("/status/operationState/phase");

  private static final String RUNNING = "Running";
  private static final String TERMINATING = "Terminating";

  private final BackstepConfig config;

  Applications(BackstepConfig config) {
    this.config = config;
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
        .or(() -> config.gitOps().instanceLabel().flatMap(key -> DeployerKind.label(object, key)))
        .map(this::tracking);
  }

  private static String itself(HasMetadata object) {
    var metadata = object.getMetadata();
    return "/%s:%s/%s".formatted(object.getKind(), metadata.getNamespace(), metadata.getName());
  }

  /** Applications outside of Argo CD's own namespace are named {@code <namespace>_<name>}. */
  private Deployer tracking(String application) {
    var end = application.indexOf('_');
    return end < 0
        ? new Deployer(this, config.gitOps().argoCdNamespace(), application)
        : new Deployer(this, application.substring(0, end), application.substring(end + 1));
  }

  @Override
  public Stream<Deployer> named(GitOps gitOps) {
    return gitOps.argoCD().stream().map(it -> new Deployer(this, it.namespace(), it.application()));
  }

  @Override
  public String howToName(Deployer deployer) {
    return "spec.gitOps.argoCD (application: %s, namespace: %s)"
        .formatted(deployer.name(), deployer.namespace());
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

  /** It leaves alone what Git does not have; what Git has, it does not write on the object. */
  @Override
  public Optional<Boolean> keeps(HasMetadata object, Place place) {
    return Optional.empty();
  }

  @Override
  public Optional<String> clears(HasMetadata object) {
    return Optional.empty();
  }

  @Override
  public Place place() {
    return Place.at("/spec/syncPolicy/automated/enabled");
  }

  @Override
  public Place around() {
    return Place.at("/spec/syncPolicy");
  }

  @Override
  public JsonNode off() {
    return BooleanNode.FALSE;
  }

  @Override
  public Optional<String> underWay(JsonNode application) {
    var phase = PHASE.in(application).asText();
    return application.has("operation") || phase.equals(RUNNING) || phase.equals(TERMINATING)
        ? Optional.of("an operation of it is not over yet")
        : Optional.empty();
  }

  @Override
  public Optional<Duration> patience() {
    return Optional.empty();
  }

  @Override
  public Optional<Ending> ending(JsonNode application) {
    return PHASE.in(application).asText().equals(RUNNING)
        ? Optional.of(new Ending(PHASE, TextNode.valueOf(TERMINATING)))
        : Optional.empty();
  }

  @Override
  public Optional<Comparing> comparing() {
    return Optional.of(new Comparing("argocd.argoproj.io/refresh", "normal"));
  }

  @Override
  public Optional<String> redeploys(JsonNode application) {
    var sync = application.at("/status/sync/status").asText("Unknown");
    if (sync.equals("Synced")) {
      return Optional.empty();
    }
    var differing =
        StreamSupport.stream(application.at("/status/resources").spliterator(), false)
            .filter(it -> !it.path("status").asText("Synced").equals("Synced"))
            .map(it -> "%s %s".formatted(it.path("kind").asText(), it.path("name").asText()))
            .toList();
    return Optional.of(
        differing.isEmpty()
            ? "whether what runs is what Git has is not known (%s)".formatted(sync)
            : "Git has something else for %s%s, which would be deployed again"
                .formatted(
                    differing.stream().limit(NAMED).collect(Collectors.joining(", ")),
                    differing.size() > NAMED
                        ? " and %d more".formatted(differing.size() - NAMED)
                        : ""));
  }
}
