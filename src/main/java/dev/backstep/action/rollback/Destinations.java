package dev.backstep.action.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.ActionScope;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.action.RollBack;
import dev.backstep.api.v1alpha1.action.RollBack.ContainerImage;
import dev.backstep.api.v1alpha1.status.StableRevision;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.problem.Problem;
import dev.backstep.stable.StableContent;
import dev.backstep.stable.StableRevisions;
import io.fabric8.kubernetes.api.model.Container;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Finds out where a roll back goes: the last stable state, a revision, or given images. */
@ApplicationScoped
public class Destinations {
  private final StableRevisions stableRevisions;
  private final Revisions revisions;
  private final WorkloadLookup workloads;

  public Destinations(
      StableRevisions stableRevisions, Revisions revisions, WorkloadLookup workloads) {
    this.stableRevisions = stableRevisions;
    this.revisions = revisions;
    this.workloads = workloads;
  }

  /** What has to be known later of what ran when the run began; empty: nothing. */
  Optional<JsonNode> atStart(RollBack action, ActionScope scope) {
    if (action.to().lastStable() == null) {
      return Optional.empty();
    }
    var running = stableRevisions.running(scope.namespace(), action.workloads(), workloads);
    // Whoever wishes for a run may have changed a ConfigMap a moment before.
    var baseline = Baseline.of(stableRevisions.readNow(scope.namespace(), running));
    return Optional.of(Json.MAPPER.valueToTree(baseline));
  }

  /** What keeps the roll back from having a destination. */
  List<Problem> problems(RollBack action, ActionScope scope) {
    if (unknown(action)) {
      // Before a run nobody can say; a run that does not fill it in is refused.
      return List.of();
    }
    var problem = of(action, scope).problem();
    return problem == null ? List.of() : List.of(problem);
  }

  /**
   * What is meant, beyond what the plan says: the stable revision that comes back, and what the
   * names of images stood for, as far as they are those of a stable revision.
   */
  List<String> pins(RollBack action, ActionScope scope) {
    if (action.to().images() != null) {
      return imagePins(action, scope);
    }
    var destination = of(action, scope);
    if (destination.problem() != null || destination.stable() == null) {
      return List.of();
    }
    var stable = destination.stable();
    return Stream.concat(Stream.of(stable.hash()), pins(action, stable)).toList();
  }

  private static Stream<String> pins(RollBack action, StableContent stable) {
    return action.workloads().stream()
        .flatMap(ref -> stable.digests(ref).stream().map(it -> "%s: %s".formatted(ref, it)));
  }

  /** Of the newest stable revision that knows an image. */
  private List<String> imagePins(RollBack action, ActionScope scope) {
    var known = new TreeMap<String, String>();
    scope.facts().stable().stream()
        .flatMap(revision -> stableRevisions.read(scope.namespace(), revision).stream())
        .flatMap(stable -> pins(action, stable))
        .forEach(pin -> known.putIfAbsent(pin.substring(0, pin.lastIndexOf('@')), pin));
    return known.entrySet().stream()
        .filter(
            entry ->
                action.to().images().stream()
                    .anyMatch(image -> entry.getKey().endsWith(": " + image.image())))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** The destination; the workloads exist. */
  Destination of(RollBack action, ActionScope scope) {
    if (action.to().images() != null) {
      return images(action, scope);
    }
    return action.to().revision() == null ? lastStable(action, scope) : revision(action, scope);
  }

  private Destination images(RollBack action, ActionScope scope) {
    for (var ref : action.workloads()) {
      var workload = workloads.find(scope.namespace(), ref);
      if (workload.isEmpty()) {
        continue;
      }
      var names =
          PodTemplates.containers(workload.get().template()).map(Container::getName).toList();
      for (var image : action.to().images()) {
        if (!names.contains(image.container())) {
          return Destination.none(
              "ContainerAbsent",
              "%s has no container %s; it has %s. Correct action %s."
                  .formatted(ref, image.container(), String.join(", ", names), scope.action()));
        }
      }
    }
    return Destination.to((workload, live) -> withImages(live, action.to().images()));
  }

  private static ObjectNode withImages(ObjectNode template, List<ContainerImage> images) {
    var copy = template.deepCopy();
    Stream.of("containers", "initContainers")
        .flatMap(list -> elements(copy.path("spec").path(list)))
        .forEach(
            container ->
                images.stream()
                    .filter(image -> image.container().equals(container.path("name").asText()))
                    .forEach(image -> ((ObjectNode) container).put("image", image.image())));
    return copy;
  }

  private static Stream<JsonNode> elements(JsonNode list) {
    return Stream.iterate(0, i -> i < list.size(), i -> i + 1).map(list::get);
  }

  private Destination revision(RollBack action, ActionScope scope) {
    var ref = action.workloads().get(0);
    var workload = workloads.find(scope.namespace(), ref);
    if (workload.isEmpty()) {
      return Destination.none("TargetAbsent", "%s does not exist.".formatted(ref));
    }
    if (scope.marked(workload.get().object())) {
      // It is there already: Kubernetes gives a revision that comes back a new number.
      return Destination.to((w, live) -> live);
    }
    if (unknown(action)) {
      return Destination.none(
          "ArgumentAbsent",
          "Revision %s is not known: the run has to give that arg."
              .formatted(action.to().revision()));
    }
    var wanted = Long.parseLong(action.to().revision());
    return revisions
        .template(workload.get(), wanted)
        .map(template -> Destination.to((w, live) -> template))
        .orElseGet(() -> Destination.none("RevisionAbsent", absent(workload.get(), wanted)));
  }

  /** True while no run has filled in which revision. */
  private static boolean unknown(RollBack action) {
    return action.to().revision() != null && !Character.isDigit(action.to().revision().charAt(0));
  }

  private static String absent(Workload workload, long revision) {
    var ref = workload.ref();
    return workload.historyLimit() == 0
        ? "%s keeps no old revisions (revisionHistoryLimit: 0). Raise the limit, or roll back to lastStable or to images."
            .formatted(ref)
        : "%s has no revision %s any more. See kubectl rollout history %s/%s."
            .formatted(ref, revision, ref.kind().name().toLowerCase(Locale.ROOT), ref.name());
  }

  private Destination lastStable(RollBack action, ActionScope scope) {
    for (var revision : scope.facts().stable()) {
      var content = candidate(revision, action, scope);
      if (content != null) {
        return Destination.to(content);
      }
    }
    return Destination.none("NoStableRevision", noneStable(action, scope));
  }

  private static String noneStable(RollBack action, ActionScope scope) {
    var older =
        scope.facts().troubleSince() == null
            ? ""
            : " and is older than %s".formatted(scope.facts().troubleSince());
    return scope.facts().stable().isEmpty()
        ? "No state of %s was proven good yet: all gates have to be healthy for spec.stable.soak first. Until then roll back to a revision or to images."
            .formatted(action.workloads().get(0))
        : "None of the %s stable revisions differs from what ran when the run started%s. Roll back to a revision or to images."
            .formatted(scope.facts().stable().size(), older);
  }

  private StableContent candidate(StableRevision revision, RollBack action, ActionScope scope) {
    if (scope.facts().troubleSince() != null
        && !revision.provenAt().isBefore(scope.facts().troubleSince())) {
      return null;
    }
    var content = stableRevisions.read(scope.namespace(), revision).orElse(null);
    if (content == null || action.workloads().stream().anyMatch(ref -> content.of(ref).isEmpty())) {
      return null;
    }
    // Before a run there is nothing to differ from: any stable revision may be the one.
    var differs =
        scope
            .atStart()
            .map(kept -> Json.MAPPER.convertValue(kept, Baseline.class))
            .map(baseline -> differs(baseline, action, content))
            .orElse(true);
    return differs ? content : null;
  }

  private static boolean differs(Baseline baseline, RollBack action, StableContent content) {
    var withConfigMaps = action.to().lastStable().configMaps();
    return action.workloads().stream()
        .anyMatch(ref -> baseline.differs(ref, content, withConfigMaps));
  }
}
