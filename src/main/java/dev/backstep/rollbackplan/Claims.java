package dev.backstep.rollbackplan;

import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Hashes;
import dev.backstep.cluster.Records;
import dev.backstep.resource.Recent;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Claims of runs: one per plan name and run id, created once, immutable, without owner. That a run
 * id was used is known from them alone, so a wiped status or a plan that was created again does not
 * run a second time.
 */
@ApplicationScoped
public class Claims {
  /** Of all claims together that are kept in memory. */
  private static final long CACHED_BYTES = 20_000_000;

  private final KubernetesClient client;

  /** Claims never change, so what was read once stays true. */
  private final Recent<String, Found> read = new Recent<>(CACHED_BYTES);

  public Claims(KubernetesClient client) {
    this.client = client;
  }

  /** The name of the claim of a run. */
  static String name(RollbackPlan plan, String runId) {
    return "bs-run-" + Hashes.of(plan.getMetadata().getName(), runId);
  }

  static Records.Owner owner(RollbackPlan plan) {
    return new Records.Owner(plan.getMetadata().getNamespace(), plan.getMetadata().getName());
  }

  private record Found(String plan, Claim claim) {}

  /** A claim; empty when nobody made it. */
  Optional<Claim> find(String namespace, String name) {
    return found(namespace, name).map(Found::claim);
  }

  /** The name of the plan whose run made a claim; empty when the claim is gone. */
  Optional<String> planOf(String namespace, String name) {
    return found(namespace, name).map(Found::plan);
  }

  private Optional<Found> found(String namespace, String name) {
    var key = namespace + "/" + name;
    var cached = read.get(key);
    if (cached.isPresent()) {
      return cached;
    }
    var record = client.apps().controllerRevisions().inNamespace(namespace).withName(name).get();
    if (record == null) {
      return Optional.empty();
    }
    var found =
        new Found(Annotations.of(record).get(Annotations.PLAN), Records.data(record, Claim.class));
    read.put(key, found, Json.MAPPER.valueToTree(record.getData()).toString().length());
    return Optional.of(found);
  }

  /** Makes a claim, or gives the one that is there already. */
  Claim create(RollbackPlan plan, String name, Claim claim) {
    var record =
        Records.create(
            client,
            owner(plan),
            name,
            Map.of(Annotations.RECORD, "claim"),
            Json.MAPPER.valueToTree(claim));
    return Records.data(record, Claim.class);
  }

  /**
   * The claims that nobody needs: all but the newest, newest first. Those of open and unreleased
   * runs are needed, and the one of the id that stands in the spec: without it a wiped status would
   * have it run again.
   */
  List<String> unneeded(RollbackPlan plan) {
    var needed = needed(plan);
    return records(plan, "claim").list().getItems().stream()
        .sorted(
            Comparator.comparing(
                    (ControllerRevision claim) -> claim.getMetadata().getCreationTimestamp())
                .reversed())
        .skip(plan.getSpec().historyLimit())
        .map(claim -> claim.getMetadata().getName())
        .filter(name -> !needed.contains(name))
        .toList();
  }

  /** The images of a plan that nobody can use any more when it is gone, by claim. */
  Map<String, List<ControllerRevision>> orphaned(RollbackPlan plan) {
    var held = PlanView.statusOf(plan).holds().stream().map(Hold::claim).toList();
    return records(plan, "image").list().getItems().stream()
        .filter(image -> !held.contains(claim(image)))
        .collect(Collectors.groupingBy(Claims::claim));
  }

  private static String claim(ControllerRevision image) {
    return image.getMetadata().getLabels().get(Annotations.CLAIM);
  }

  /** The images of a run. */
  List<ControllerRevision> images(String namespace, String claim) {
    return client
        .apps()
        .controllerRevisions()
        .inNamespace(namespace)
        .withLabel(Annotations.CLAIM, claim)
        .list()
        .getItems();
  }

  private FilterWatchListDeletable<
          ControllerRevision, ControllerRevisionList, Resource<ControllerRevision>>
      records(RollbackPlan plan, String kind) {
    return client
        .apps()
        .controllerRevisions()
        .inNamespace(plan.getMetadata().getNamespace())
        .withLabels(labels(plan, kind));
  }

  static Map<String, String> labels(RollbackPlan plan, String kind) {
    return Map.of(
        Annotations.RECORD, kind, Annotations.PLAN, Hashes.of(plan.getMetadata().getName()));
  }

  private static Set<String> needed(RollbackPlan plan) {
    var status = PlanView.statusOf(plan);
    var held = status.holds().stream().map(Hold::claim);
    var current = Stream.ofNullable(status.run()).map(RunStatus::claim);
    var wished = Stream.ofNullable(plan.getSpec().run()).map(wish -> name(plan, wish.id()));
    return Stream.of(held, current, wished).flatMap(it -> it).collect(Collectors.toSet());
  }

  /** Drops the images first: without the claim nobody would find them. */
  void drop(String namespace, String claim, List<ControllerRevision> images) {
    drop(images);
    client.apps().controllerRevisions().inNamespace(namespace).withName(claim).delete();
    read.remove(namespace + "/" + claim);
  }

  void drop(List<ControllerRevision> images) {
    images.forEach(image -> client.resource(image).delete());
  }
}
