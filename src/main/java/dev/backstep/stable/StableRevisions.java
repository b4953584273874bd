package dev.backstep.stable;

import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.status.StableRevision;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Hashes;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.Records;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.stable.StableContent.ConfigMapContent;
import dev.backstep.stable.StableContent.WorkloadContent;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Remembers states that were proven good, and finds the one to go back to. */
@ApplicationScoped
public class StableRevisions {
  /** What one object may hold; the API server's own limit is 1.5 MiB. */
  static final int MAX_BYTES = 1_000_000;

  private final KubernetesClient client;
  private final PodTemplates templates;

  public StableRevisions(KubernetesClient client, PodTemplates templates) {
    this.client = client;
    this.templates = templates;
  }

  /** The state of these workloads now; empty when one of them does not exist. */
  public Optional<StableContent> now(
      String namespace, Collection<WorkloadRef> refs, WorkloadLookup workloads) {
    var contents = new ArrayList<WorkloadContent>();
    for (var ref : refs) {
      var workload = workloads.find(namespace, ref);
      if (workload.isEmpty()) {
        return Optional.empty();
      }
      var template = workload.get().template();
      contents.add(
          new WorkloadContent(
              ref.kind(),
              ref.name(),
              templates.json(template),
              PodTemplates.images(template),
              PodTemplates.configMaps(template)));
    }
    return Optional.of(new StableContent(contents, configMaps(namespace, contents)));
  }

  private Map<String, ConfigMapContent> configMaps(
      String namespace, List<WorkloadContent> workloads) {
    var contents = new TreeMap<String, ConfigMapContent>();
    workloads.stream()
        .flatMap(workload -> workload.configMaps().stream())
        .distinct()
        .forEach(
            name -> {
              var map = client.configMaps().inNamespace(namespace).withName(name).get();
              if (map != null) {
                contents.put(name, new ConfigMapContent(map.getData(), map.getBinaryData()));
              }
            });
    return contents;
  }

  /** What ran when a run started; workloads that do not exist are not in it. */
  public Baseline baseline(
      String namespace, Collection<WorkloadRef> refs, WorkloadLookup workloads) {
    var templateHashes = new TreeMap<String, String>();
    var configMapHashes = new TreeMap<String, String>();
    for (var ref : refs) {
      now(namespace, List.of(ref), workloads)
          .ifPresent(
              content -> {
                var workload = content.workloads().get(0);
                templateHashes.put(ref.toString(), content.templateHash(workload));
                configMapHashes.put(ref.toString(), content.configMapsHash(workload));
              });
    }
    return new Baseline(templateHashes, configMapHashes);
  }

  /** The name under which a state is kept. */
  public static String name(Records.Owner owner, StableContent content) {
    return "bs-stable-" + Hashes.of(owner.plan(), content.hash());
  }

  /** True when a state is too large to be kept in one object. */
  public static boolean tooLarge(StableContent content) {
    return Json.MAPPER.valueToTree(content).toString().length() > MAX_BYTES;
  }

  /** Keeps a state; keeping the same one again changes nothing. */
  public StableRevision keep(Records.Owner owner, StableContent content, Instant provenAt) {
    var name = name(owner, content);
    Records.create(
        client,
        owner,
        name,
        Map.of(Annotations.RECORD, "stable"),
        Json.MAPPER.valueToTree(content));
    return new StableRevision(name, provenAt, content.summary());
  }

  /** Forgets a state. */
  public void drop(String namespace, StableRevision revision) {
    client.apps().controllerRevisions().inNamespace(namespace).withName(revision.name()).delete();
  }

  /** A kept state; empty when somebody deleted it. */
  public Optional<StableContent> read(String namespace, StableRevision revision) {
    return Optional.ofNullable(
            client
                .apps()
                .controllerRevisions()
                .inNamespace(namespace)
                .withName(revision.name())
                .get())
        .map(record -> Records.data(record, StableContent.class));
  }
}
