package dev.backstep.stable;

import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.status.StableRevision;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.ConfigMaps;
import dev.backstep.cluster.ImageDigests;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.Records;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.memory.Recent;
import dev.backstep.stable.StableContent.ConfigMapContent;
import dev.backstep.stable.StableContent.WorkloadContent;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Remembers states that were proven good, and finds the one to go back to. */
@ApplicationScoped
public class StableRevisions {
  /** What one object may hold; the API server's own limit is 1.5 MiB. */
  static final int MAX_BYTES = 1_000_000;

  /** Of all states together that are kept in memory. */
  private static final long CACHED_BYTES = 5_000_000;

  private final KubernetesClient client;
  private final ConfigMaps configMaps;
  private final PodTemplates templates;
  private final ImageDigests digests;

  /** A state is named by its content, so what was read once stays true. */
  private final Recent<String, StableContent> read = new Recent<>(CACHED_BYTES);

  public StableRevisions(
      KubernetesClient client,
      ConfigMaps configMaps,
      PodTemplates templates,
      ImageDigests digests) {
    this.client = client;
    this.configMaps = configMaps;
    this.digests = digests;
    this.templates = templates;
  }

  /** What these workloads run now, from the caches; those that do not exist are not in it. */
  public List<WorkloadContent> running(
      String namespace, Collection<WorkloadRef> refs, WorkloadLookup workloads) {
    return refs.stream()
        .map(ref -> workloads.find(namespace, ref))
        .flatMap(Optional::stream)
        .map(
            workload ->
                new WorkloadContent(
                    workload.ref().kind(),
                    workload.ref().name(),
                    templates.json(workload.template()),
                    PodTemplates.images(workload.template()),
                    PodTemplates.configMaps(workload.template()),
                    Map.of()))
        .toList();
  }

  /** These workloads with the ConfigMaps that they read, as these were a moment ago. */
  public StableContent now(String namespace, List<WorkloadContent> workloads) {
    return content(workloads, name -> configMaps.find(namespace, name));
  }

  /** The same, with the ConfigMaps as they are just now. */
  public StableContent readNow(String namespace, List<WorkloadContent> workloads) {
    return content(workloads, name -> configMaps.read(namespace, name));
  }

  private static StableContent content(
      List<WorkloadContent> workloads, Function<String, Optional<ConfigMap>> read) {
    var contents = new TreeMap<String, ConfigMapContent>();
    workloads.stream()
        .flatMap(workload -> workload.configMaps().stream())
        .distinct()
        .forEach(
            name ->
                read.apply(name)
                    .map(map -> new ConfigMapContent(map.getData(), map.getBinaryData()))
                    .ifPresent(content -> contents.put(name, content)));
    return new StableContent(workloads, contents);
  }

  /** The name under which a state is kept. */
  public static String name(Records.Owner owner, StableContent content) {
    return "bs-stable-" + owner.hash(content.hash());
  }

  /** True when a state is too large to be kept in one object. */
  public static boolean tooLarge(StableContent content) {
    return Json.MAPPER.valueToTree(content).toString().length() > MAX_BYTES;
  }

  /** The same state, with what the names of its images stand for now. */
  public StableContent withDigests(
      String namespace, StableContent content, WorkloadLookup workloads) {
    return content.withWorkloads(
        content.workloads().stream()
            .map(
                workload ->
                    workloads
                        .find(namespace, workload.ref())
                        .map(live -> workload.withDigests(digests.of(live)))
                        .orElse(workload))
            .toList());
  }

  /** Keeps a state; keeping the same one again changes nothing. */
  public StableRevision keep(Records.Owner owner, StableContent content, Instant provenAt) {
    var name = name(owner, content);
    Records.create(client, owner, "stable", name, Map.of(), Json.MAPPER.valueToTree(content));
    return new StableRevision(name, provenAt, content.summary());
  }

  /** Forgets a state. */
  public void drop(String namespace, StableRevision revision) {
    client.apps().controllerRevisions().inNamespace(namespace).withName(revision.name()).delete();
    read.remove(namespace + "/" + revision.name());
  }

  /** A kept state; empty when somebody deleted it. */
  public Optional<StableContent> read(String namespace, StableRevision revision) {
    var key = namespace + "/" + revision.name();
    var known = read.get(key);
    return known.isPresent() ? known : found(namespace, key, revision);
  }

  private Optional<StableContent> found(String namespace, String key, StableRevision revision) {
    var revisions = client.apps().controllerRevisions().inNamespace(namespace);
    var record = revisions.withName(revision.name()).get();
    if (record == null) {
      return Optional.empty();
    }
    var content = Records.data(record, StableContent.class);
    read.put(key, content, Json.MAPPER.valueToTree(record.getData()).toString().length());
    return Optional.of(content);
  }
}
