package dev.backstep.api.v1alpha1.schema;

import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.RollbackPlan;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Writes the CRDs: {@code mvn compile exec:java@crds}. They are checked in, and a test fails when
 * they are not what this writes.
 */
public final class CrdFiles {
  private static final String HEADER =
      "# Generated from the API records: mvn compile exec:java@crds\n";

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
          "Approval",
          List.of("Plan", "Run", "Level", "Decision", "Approver", "Age"));

  private CrdFiles() {}

  /** Writes the CRDs into each of the given folders. */
  public static void main(String[] folders) throws IOException {
    for (var folder : folders) {
      write(Path.of(folder));
    }
  }

  /** Writes the CRDs into a folder. */
  public static void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    var generated = Files.createTempDirectory("crds");
    new CRDGenerator()
        .customResourceClasses(RollbackPlan.class, Approval.class)
        .forCRDVersions("v1")
        .inOutputDir(generated.toFile())
        .generate();
    try (var files = Files.list(generated)) {
      for (var file : files.toList()) {
        var crd = Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class);
        finish(crd);
        Files.writeString(
            folder.resolve(crd.getMetadata().getName() + ".yaml"),
            HEADER + Serialization.asYaml(crd));
      }
    }
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
