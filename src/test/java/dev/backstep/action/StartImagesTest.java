package dev.backstep.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.testing.Workloads;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The container images that ran when a run began. */
class StartImagesTest {
  private static final WorkloadRef WEB = new WorkloadRef(WorkloadKind.Deployment, "web");
  private static final WorkloadRef DB = new WorkloadRef(WorkloadKind.StatefulSet, "db");

  private final Workloads workloads = Workloads.of(web("app:v1"));
  private final StartImages images = new StartImages(workloads.targets());

  private static io.fabric8.kubernetes.api.model.apps.Deployment web(String image) {
    return Workloads.deployment("web", image)
        .editSpec()
        .editTemplate()
        .editSpec()
        .addNewInitContainer()
        .withName("migrate")
        .withImage("migrate:v7")
        .endInitContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  @Test
  void theImagesOfTheStartAreKeptWhateverRunsLater() {
    // given
    var kept = images.now(List.of(WEB, DB), Scopes.of());

    // when
    workloads.has(web("app:v2"));

    // then
    assertThat(StartImages.of(kept, WEB, "app")).contains("app:v1");
    assertThat(StartImages.of(kept, WEB, "migrate")).contains("migrate:v7");
  }

  @Test
  void whatDidNotExistThenHasNoImage() {
    // given
    var kept = images.now(List.of(WEB, DB), Scopes.of());

    // then
    assertThat(StartImages.of(kept, WEB, "other")).isEmpty();
    assertThat(StartImages.of(kept, DB, "app")).isEmpty();
  }
}
