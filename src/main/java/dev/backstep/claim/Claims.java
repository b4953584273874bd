package dev.backstep.claim;

import com.fasterxml.jackson.databind.JavaType;
import dev.backstep.api.Json;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Records;
import dev.backstep.cluster.Records.Owner;
import dev.backstep.memory.Recent;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionList;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Claims of runs: one per object and run id, created once, immutable, without owner. That a run id
 * was used is known from them alone, so a wiped status or an object that was created again does not
 * run a second time. Each kind has a bean of its own, which knows its claims only.
 *
 * @param <P> the spec of the kind
 */
public abstract class Claims<P> {
  private static final String CLAIM = "claim";
  private static final String IMAGE = "image";

  /** Of all claims of the kind together that are kept in memory. */
  private static final long CACHED_BYTES = 20_000_000;

  private final KubernetesClient client;
  private final String kind;
  private final JavaType type;

  /** Claims never change, so what was read once stays true. */
  private final Recent<String, Found<P>> read = new Recent<>(CACHED_BYTES);

  protected Claims(
      KubernetesClient client, Class<? extends CustomResource<P, ?>> kind, Class<P> pinned) {
    this.client = client;
    this.kind = HasMetadata.getKind(kind);
    this.type = Json.MAPPER.getTypeFactory().constructParametricType(Claim.class, pinned);
  }

  private record Found<P>(Owner owner, Claim<P> claim) {}

  /**
   * The name of the claim of a run. It is in the namespace of the owner, but names the run beyond
   * that too: in databases, and on objects that several namespaces hold.
   */
  public static String name(HasMetadata owner, String runId) {
    return "bs-run-" + Owner.of(owner).hash(owner.getMetadata().getNamespace(), runId);
  }

  /** A claim; empty when nobody of this kind made it. */
  public Optional<Claim<P>> find(String namespace, String name) {
    return found(namespace, name).map(Found::claim);
  }

  /**
   * A claim as it is now: with its namespace it goes, and what is remembered of it does not.
   *
   * @return empty when nobody of this kind made it
   */
  public Optional<Claim<P>> read(String namespace, String name) {
    read.remove(key(namespace, name));
    return find(namespace, name);
  }

  /** The name of the object whose run made a claim; empty when it is gone, or another kind's. */
  public Optional<String> ownerOf(String namespace, String name) {
    return found(namespace, name).map(Found::owner).map(Owner::name);
  }

  private Optional<Found<P>> found(String namespace, String name) {
    var cached = read.get(key(namespace, name));
    if (cached.isPresent()) {
      return cached;
    }
    var record = client.apps().controllerRevisions().inNamespace(namespace).withName(name).get();
    return Optional.ofNullable(record).flatMap(this::known);
  }

  /** Remembers a record; empty: it is none of this kind's claims. */
  private Optional<Found<P>> known(ControllerRevision record) {
    var found =
        Owner.of(record)
            .filter(owner -> owner.kind().equals(kind))
            .map(owner -> new Found<P>(owner, Records.data(record, type)));
    found.ifPresent(it -> read.put(key(record), it, weight(record)));
    return found;
  }

  private static String key(ControllerRevision record) {
    return key(record.getMetadata().getNamespace(), record.getMetadata().getName());
  }

  private static String key(String namespace, String name) {
    return namespace + "/" + name;
  }

  private static int weight(ControllerRevision record) {
    return Json.MAPPER.valueToTree(record.getData()).toString().length();
  }

  /** Makes a claim, or gives the one that is there already. */
  public Claim<P> create(HasMetadata owner, String name, Claim<P> claim) {
    var json = Json.MAPPER.valueToTree(claim);
    var record = Records.create(client, Owner.of(owner), CLAIM, name, Map.of(), json);
    known(record);
    return Records.data(record, type);
  }

  /** All claims of an object but the newest and those that are needed, newest first. */
  protected List<String> unneeded(HasMetadata owner, int newest, Collection<String> needed) {
    return records(owner, CLAIM).list().getItems().stream()
        .sorted(
            Comparator.comparing(
                    (ControllerRevision claim) -> claim.getMetadata().getCreationTimestamp())
                .reversed())
        .skip(newest)
        .map(claim -> claim.getMetadata().getName())
        .filter(name -> !needed.contains(name))
        .toList();
  }

  /** The images of an object but those of the claims that are needed, by claim. */
  protected Map<String, List<ControllerRevision>> images(
      HasMetadata owner, Collection<String> needed) {
    return records(owner, IMAGE).list().getItems().stream()
        .filter(image -> !needed.contains(claim(image)))
        .collect(Collectors.groupingBy(Claims::claim));
  }

  private static String claim(ControllerRevision image) {
    return image.getMetadata().getLabels().get(Annotations.CLAIM);
  }

  /** The images of a run. */
  public List<ControllerRevision> images(String namespace, String claim) {
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
      records(HasMetadata owner, String sort) {
    return client
        .apps()
        .controllerRevisions()
        .inNamespace(owner.getMetadata().getNamespace())
        .withLabels(Owner.of(owner).labels(sort));
  }

  /** Drops a claim, and its images first: without the claim nobody would find them. */
  public void drop(String namespace, String claim, List<ControllerRevision> images) {
    drop(images);
    client.apps().controllerRevisions().inNamespace(namespace).withName(claim).delete();
    read.remove(key(namespace, claim));
  }

  /** Drops images. */
  public void drop(List<ControllerRevision> images) {
    images.forEach(image -> client.resource(image).delete());
  }
}
