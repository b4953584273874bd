package dev.backstep.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.api.v1alpha1.action.JobRun.At;
import dev.backstep.api.v1alpha1.action.JobRun.ImageFrom;
import dev.backstep.api.v1alpha1.action.JobRunBuilder;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.effect.Author;
import dev.backstep.problem.ProblemException;
import dev.backstep.testing.Workloads;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The container images that Jobs run because workloads do, or did when a run began. */
class WorkloadImagesTest {
  private static final WorkloadRef WEB = new WorkloadRef(WorkloadKind.Deployment, "web");

  private final Workloads workloads = Workloads.of(Workloads.deployment("web", "app:v2").build());
  private final WorkloadImages images = new WorkloadImages(workloads);

  private static JobRun of(String container, At at) {
    return JobRunBuilder.builder().imageFrom(new ImageFrom(WEB, container, at)).build();
  }

  private Optional<JsonNode> atStart(String container) {
    return images.atStart(Stream.of(of(container, At.RunStart)), "shop");
  }

  private static WantedJob wanted(JobRun run, boolean inRun, Optional<JsonNode> atStart) {
    return new WantedJob(run, "gate smoke", new Author("shop", "runner"), inRun, atStart);
  }

  private String image(JobRun run, boolean inRun, Optional<JsonNode> atStart)
      throws ProblemException {
    return images.resolved(wanted(run, inRun, atStart)).image();
  }

  @Test
  void theImageOfTheStartIsRunWhateverRunsLater() throws ProblemException {
    // given
    var kept = atStart(null);

    // when
    workloads.has(Workloads.deployment("web", "app:v1").build());

    // then
    assertThat(image(of(null, At.RunStart), true, kept)).isEqualTo("app:v2");
    assertThat(image(of("app", At.RunStart), true, kept)).isEqualTo("app:v2");
    assertThat(image(of("app", At.Now), true, kept)).isEqualTo("app:v1");
  }

  @Test
  void withoutARunItIsThatWhichOneWouldBeginWith() throws ProblemException {
    assertThat(image(of("app", At.RunStart), false, Optional.empty())).isEqualTo("app:v2");
  }

  @Test
  void whatIsGoneSinceIsStillKnownByItsName() throws ProblemException {
    // given
    var kept = atStart("app");

    // when
    workloads.has();

    // then
    assertThat(image(of("app", At.RunStart), true, kept)).isEqualTo("app:v2");
    assertThatThrownBy(() -> image(of(null, At.RunStart), true, kept))
        .hasMessageContaining(
            "There is no Deployment web in namespace shop, whose image gate smoke would run.");
  }

  @Test
  void whatDidNotExistThenHasNoImage() {
    // given
    workloads.has();
    var kept = atStart("app");
    workloads.has(Workloads.deployment("web", "app:v2").build());

    // then
    assertThatThrownBy(() -> image(of("app", At.RunStart), true, kept))
        .hasMessageContaining("Deployment web had no container app when the run began");
  }

  @Test
  void onlyWhatIsWantedOfTheStartIsKept() {
    assertThat(images.atStart(Stream.of(of("app", At.Now)), "shop")).isEmpty();
    assertThat(atStart("app").orElseThrow().toString())
        .isEqualTo("{\"Deployment web\":{\"app\":\"app:v2\"}}");
  }
}
