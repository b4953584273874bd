package dev.backstep.api.v1alpha1.schema;

import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.SyncControl;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the CRDs and the field reference: {@code mvn compile exec:java@crds}. They are checked in,
 * and a test fails when they are not what this writes.
 */
public final class CrdFiles {
  private static final String HEADER =
      "# Generated from the API records: mvn compile exec:java@crds\n";

  private static final List<Class<? extends HasMetadata>> KINDS =
      List.of(RollbackPlan.class, SyncControl.class, DbRestore.class, Approval.class);

  /** The generator sorts columns by path; people read those of each kind in this order. */
  private static final Map<String, List<String>> COLUMNS =
      Map.of(
          "RollbackPlan",
          List.of(
              "Phase",
              "Ready",
              "Level",
              "Healthy",
              "Holds",
              "Run",
              "Age",
              "Reason",
              "Started",
              "Mitigated",
              "Approver"),
          "SyncControl",
          List.of("State", "Desired", "Holders", "Queue", "Failed", "Last-Sync", "Age", "Reason"),
          "DbRestore",
          List.of("Target", "Source", "Phase", "Progress", "Data-Age", "Age", "Reason"),
          "Approval",
          List.of("Plan", "Run", "Level", "Decision", "Approver", "Age"));

  /** What kubectl explain says of a kind. */
  private static final Map<String, String> DESCRIPTIONS =
      Map.of(
          "RollbackPlan",
          "A rollback procedure: a ladder of levels that a run climbs until the gates are healthy.",
          "SyncControl",
          "One switch for a sync or a fleet of workers, which several may hold off.",
          "DbRestore",
          "Replaces a database by a backup that was restored and verified beside it.",
          "Approval",
          "What one person says to one level of a run, or to a restore. Written once.");

  private CrdFiles() {}

  /** Writes the reference into the file that is named first, and the CRDs into each folder. */
  public static void main(String[] places) throws IOException {
    Files.writeString(Path.of(places[0]), reference());
    for (var folder : List.of(places).subList(1, places.length)) {
      write(Path.of(folder));
    }
  }

  /** Writes the CRDs into a folder. */
  public static void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (var crd : definitions().values()) {
      Files.writeString(
          folder.resolve(crd.getMetadata().getName() + ".yaml"),
          HEADER + Serialization.asYaml(crd));
    }
  }

  /** The field reference of all kinds. */
  static String reference() throws IOException {
    return Reference.of(definitions());
  }

  private static Map<Class<? extends HasMetadata>, CustomResourceDefinition> definitions()
      throws IOException {
    var generated = Files.createTempDirectory("crds");
    new CRDGenerator()
        .customResourceClasses(KINDS)
        .forCRDVersions("v1")
        .inOutputDir(generated.toFile())
        .generate();
    var definitions = new LinkedHashMap<Class<? extends HasMetadata>, CustomResourceDefinition>();
    for (var kind : KINDS) {
      var file = generated.resolve(CustomResource.getCRDName(kind) + "-v1.yml");
      var crd = Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class);
      finish(crd);
      definitions.put(kind, crd);
    }
    return definitions;
  }

  private static void finish(CustomResourceDefinition crd) {
    crd.getSpec().getNames().setCategories(List.of("backstep"));
    crd.getSpec().getVersions().stream()
        .filter(version -> version.getSubresources() == null)
        // The generator writes an empty status for a kind that has none.
        .forEach(
            version -> version.getSchema().getOpenAPIV3Schema().getProperties().remove("status"));
    crd.getSpec()
        .getVersions()
        .forEach(
            version -> {
              var schema = version.getSchema().getOpenAPIV3Schema();
              Descriptions.complete(schema);
              Descriptions.ofKind(schema, DESCRIPTIONS.get(crd.getSpec().getNames().getKind()));
              NamedLists.mark(schema.getProperties().get("spec"));
            });
    var order = COLUMNS.get(crd.getSpec().getNames().getKind());
    crd.getSpec()
        .getVersions()
        .forEach(
            version ->
                version
                    .getAdditionalPrinterColumns()
                    .sort(
                        Comparator.comparing(
                            (CustomResourceColumnDefinition column) ->
                                order.indexOf(column.getName()))));
  }
}
