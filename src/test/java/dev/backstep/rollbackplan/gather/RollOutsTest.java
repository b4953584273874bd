package dev.backstep.rollbackplan.gather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whether everything that was put back runs again. */
class RollOutsTest {
  private static Step of(List<WorkloadRef> targets, HasMetadata... workloads) {
    return new RollOuts(Workloads.of(workloads)).of("shop", targets);
  }

  private static List<WorkloadRef> refs(String... names) {
    return Arrays.stream(names)
        .map(name -> new WorkloadRef(WorkloadKind.Deployment, name))
        .toList();
  }

  private static Deployment done(String name) {
    return Workloads.deployment(name, "app:v1").build();
  }

  private static Deployment behind(String name) {
    return Workloads.deployment(name, "app:v1")
        .editStatus()
        .withReadyReplicas(1)
        .endStatus()
        .build();
  }

  private static String said(Step step) {
    return ((Work.Rolling) step.work()).message();
  }

  @Test
  void whatIsRolledOutOrDoesNotExistIsNotWaitedFor() {
    var observed = Step.of(new Work.Observed("It is rolled out."));

    assertThat(of(refs("web", "gone"), done("web"), behind("other"))).isEqualTo(observed);
    assertThat(of(List.of())).isEqualTo(observed);
  }

  @Test
  void whatIsStillRollingOutIsNamedWithHowFarItIs() {
    var step = of(refs("api", "web"), done("api"), behind("web"));

    assertThat(said(step)).startsWith("Still rolling out: Deployment web: ").endsWith(".");
    assertThat(said(step)).contains("1").doesNotContain("api");
  }

  /** It may still get on, and a human sees in the status that it does not. */
  @Test
  void whatDoesNotGetOnIsWaitedForAsWell() {
    var stuck =
        Workloads.deployment("web", "app:v1")
            .editStatus()
            .addNewCondition()
            .withType("Progressing")
            .withReason("ProgressDeadlineExceeded")
            .endCondition()
            .endStatus()
            .build();

    assertThat(said(of(refs("web"), stuck))).contains("does not get on");
  }

  @Test
  void fiveAreNamedAndTheRestIsCounted() {
    // given
    var names = IntStream.rangeClosed(1, 7).mapToObj(i -> "web-" + i).toArray(String[]::new);
    var workloads = Arrays.stream(names).map(RollOutsTest::behind).toArray(HasMetadata[]::new);

    // when
    var five = said(of(refs(Arrays.copyOf(names, 5)), workloads));
    var seven = said(of(refs(names), workloads));

    // then
    assertThat(five).contains("web-5").doesNotContain("more");
    assertThat(seven).contains("web-5").doesNotContain("web-6").endsWith(", and 2 more.");
  }
}
