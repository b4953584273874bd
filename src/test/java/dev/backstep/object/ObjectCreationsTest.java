package dev.backstep.object;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.cluster.Impersonation;
import dev.backstep.effect.Author;
import dev.backstep.testing.LoopbackApi;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ObjectCreationsTest {
  private static final Author AUTHOR = new Author("shop", "runner");
  private static final ObjectCreation JOB =
      new ObjectCreation(
          Serialization.unmarshal(
              """
              apiVersion: batch/v1
              kind: Job
              metadata: {namespace: shop, name: tidy, labels: {a: b}}
              spec:
                suspend: true
                template:
                  spec:
                    volumes: []
                    containers:
                    - name: job
                      image: tool:1
                      command: [tidy, --all]
                      env: [{name: PASSWORD, value: secret}]
              """,
              ObjectNode.class),
          "Job tidy: created");

  private final LoopbackApi api = new LoopbackApi();
  private final ObjectCreations creations =
      new ObjectCreations(api.client(), new Impersonation(api.client()));

  @AfterEach
  void stop() {
    api.close();
  }

  /** As for a patch: where, before, after. What a variable says may be for fewer eyes. */
  @Test
  void aPreviewShowsEverythingThatTheObjectWouldHave() {
    assertThat(creations.preview(JOB, AUTHOR))
        .containsExactly(
            "Job tidy /spec/suspend: (nothing) -> true",
            "Job tidy /spec/template/spec/containers/0/name: (nothing) -> job",
            "Job tidy /spec/template/spec/containers/0/image: (nothing) -> tool:1",
            "Job tidy /spec/template/spec/containers/0/command: (nothing) -> [\"tidy\",\"--all\"]",
            "Job tidy /spec/template/spec/containers/0/env/0/name: (nothing) -> PASSWORD",
            "Job tidy /spec/template/spec/containers/0/env/0/value: (nothing) -> (not shown)");
    assertThat(api.asked())
        .singleElement()
        .satisfies(it -> assertThat(it.query()).isEqualTo("dryRun=All"));
  }

  /** Who has to approve it wants to know what it does, and not how its pod is kept from harm. */
  @Test
  void aJobOfBackstepsOwnIsOnlyNamed() {
    var manifest = JOB.manifest().deepCopy();
    manifest
        .withObject("/metadata/annotations")
        .put("backstep.dev/program", "Backup")
        .put("backstep.dev/fence", "none");

    assertThat(creations.preview(new ObjectCreation(manifest, "Job tidy: created"), AUTHOR))
        .containsExactly("Job tidy: runs Backstep's Backup");
  }

  @Test
  void aPreviewSaysWhatWouldBeRefused() {
    api.refusesAt("POST", "/apis/batch/v1/namespaces/shop/jobs", 403, "exceeded quota");

    assertThat(creations.preview(JOB, AUTHOR))
        .containsExactly("Job tidy: would be refused: exceeded quota");
  }
}
