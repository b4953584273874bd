package dev.backstep.stable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Hashes;
import dev.backstep.cluster.PodTemplates;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The state of some workloads: their pod templates and the ConfigMaps that these read.
 *
 * @param workloads each with its template, as the API server has it
 * @param configMaps contents by name; a ConfigMap that does not exist is not in it
 * @param schema which schema the database has that goes with it; null: nobody asks for it
 */
@RecordBuilder
public record StableContent(
    List<WorkloadContent> workloads, Map<String, ConfigMapContent> configMaps, String schema)
    implements StableContentBuilder.With {
  public StableContent(List<WorkloadContent> workloads, Map<String, ConfigMapContent> configMaps) {
    this(workloads, configMaps, null);
  }

  /**
   * One workload's template, and the names of the ConfigMaps it reads.
   *
   * @param digests what the names of its images stood for, as far as its pods said so; no part of
   *     what tells states apart, since nobody knows it of a template alone
   */
  @RecordBuilder
  public record WorkloadContent(
      WorkloadKind kind,
      String name,
      ObjectNode template,
      String images,
      Set<String> configMaps,
      Map<String, String> digests)
      implements StableContentWorkloadContentBuilder.With {
    /** Never null: states of earlier versions are without it. */
    public WorkloadContent {
      digests = digests == null ? Map.of() : digests;
    }

    /** Kind and name. */
    public WorkloadRef ref() {
      return new WorkloadRef(kind, name);
    }
  }

  /** A ConfigMap's content; absent parts are null. */
  public record ConfigMapContent(Map<String, String> data, Map<String, String> binaryData) {}

  /** The content of one workload; empty when it is not part of this state. */
  public Optional<WorkloadContent> of(WorkloadRef ref) {
    return workloads.stream().filter(workload -> workload.ref().equals(ref)).findFirst();
  }

  /** Same content, same hash; when pods were restarted does not count. */
  public String hash() {
    return Hashes.of(comparable());
  }

  /** Hash of one workload's template. */
  public String templateHash(WorkloadContent workload) {
    return Hashes.of(PodTemplates.content(workload.template()));
  }

  /** Hash of the ConfigMaps that one workload reads. */
  public String configMapsHash(WorkloadContent workload) {
    var read = new TreeMap<String, ConfigMapContent>(configMaps);
    read.keySet().retainAll(workload.configMaps());
    return Hashes.of(Json.MAPPER.<JsonNode>valueToTree(read));
  }

  /** What the names of images stood for when this state was proven good, as {@code name@digest}. */
  public List<String> digests(WorkloadRef ref) {
    return of(ref).stream()
        .flatMap(workload -> workload.digests().entrySet().stream())
        .map(digest -> digest.getKey() + "@" + digest.getValue())
        .sorted()
        .toList();
  }

  /** The images, for the reader. */
  public String summary() {
    return String.join(
        ", ", workloads.stream().map(w -> w.name() + ": " + w.images()).limit(5).toList());
  }

  private JsonNode comparable() {
    var hashes = new TreeMap<String, String>();
    for (var workload : workloads) {
      hashes.put(
          workload.kind() + "/" + workload.name(),
          templateHash(workload) + configMapsHash(workload));
    }
    if (schema != null) {
      hashes.put("schema", schema);
    }
    return Json.MAPPER.valueToTree(hashes);
  }
}
