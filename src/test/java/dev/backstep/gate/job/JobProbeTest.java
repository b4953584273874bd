package dev.backstep.gate.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.cluster.Impersonation;
import dev.backstep.effect.Author;
import dev.backstep.gate.GateScope;
import dev.backstep.job.JobManifests;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Reading.Color;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.LoopbackApi.Asked;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the Job of a gate is made, woken and judged, one look after the other. */
class JobProbeTest {
  private static final JobRun SMOKE = gate("image: 'smoke:1', timeout: 1m");
  private static final JobRun NIGHTLY = gate("from: {cronJob: nightly}, timeout: 1m");
  private static final String JOBS = "/apis/batch/v1/namespaces/shop/jobs";

  private final LoopbackApi api = new LoopbackApi();
  private final JobProbe probe =
      new JobProbe(
          new AskedJobs(
              api.client(), new Impersonation(api.client()), new JobManifests(api.client())));

  @AfterEach
  void stop() {
    probe.stop();
    api.close();
  }

  private static JobRun gate(String yaml) {
    return PlanYaml.spec("gates: [{name: smoke, job: {%s}}]".formatted(yaml)).gates().get(0).job();
  }

  private Reading measured(JobRun gate, String asking) throws Exception {
    var scope =
        GateScope.of(new Author("shop", "runner"), Workloads.of())
            .with()
            .asking(asking)
            .claim("bs-run-1")
            .build();
    return probe.measure(gate, scope).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private Reading measured(JobRun gate) throws Exception {
    return measured(gate, "run-1 level one");
  }

  /** The Job as it was asked to be created. */
  private Job created(String asking) throws Exception {
    api.refusesAt("POST", JOBS, 409, "already exists");
    assertThat(measured(SMOKE, asking).color()).isEqualTo(Color.NONE);
    var body = api.asked().get(api.asked().size() - 1).body();
    return api.client().getKubernetesSerialization().unmarshal(body, Job.class);
  }

  private JobBuilder job(boolean suspended) throws Exception {
    return new JobBuilder(created("run-1 level one"))
        .editMetadata()
        .withUid("uid-1")
        .endMetadata()
        .editSpec()
        .withSuspend(suspended)
        .endSpec();
  }

  private Job ended(String type) throws Exception {
    return job(false)
        .withNewStatus()
        .addNewCondition()
        .withType(type)
        .withStatus("True")
        .withMessage("Job has reached the specified backoff limit")
        .endCondition()
        .endStatus()
        .build();
  }

  @Test
  void aJobIsMadeSuspendedAndItsNameFollowsFromTheAsking() throws Exception {
    var first = created("run-1 level one");

    assertThat(first.getSpec().getSuspend()).isTrue();
    assertThat(first.getSpec().getBackoffLimit()).isZero();
    assertThat(first.getMetadata().getName()).startsWith("bs-gate-");
    assertThat(created("run-1 level one").getMetadata().getName())
        .isEqualTo(first.getMetadata().getName());
    assertThat(created("run-1 level two").getMetadata().getName())
        .isNotEqualTo(first.getMetadata().getName());
  }

  @Test
  void onlyAJobThatWasMadeIsWokenAndOnlyOnce() throws Exception {
    // given
    var suspended = job(true).build();
    api.has(suspended).answers("PATCH", suspended, suspended);

    // when
    var reading = measured(SMOKE);

    // then
    var last = api.asked().get(api.asked().size() - 1);
    assertThat(reading.color()).isEqualTo(Color.NONE);
    assertThat(last.method()).isEqualTo("PATCH");
    assertThat(last.user()).isEqualTo("system:serviceaccount:shop:runner");
    assertThat(last.body())
        .contains("\"op\":\"test\",\"path\":\"/metadata/uid\",\"value\":\"uid-1\"")
        .contains("\"op\":\"replace\",\"path\":\"/spec/suspend\",\"value\":false");
    assertThat(api.asked()).extracting(Asked::method).filteredOn("POST"::equals).hasSize(1);
  }

  @Test
  void whileItRunsNothingIsSaid() throws Exception {
    api.has(job(false).build());

    assertThat(measured(SMOKE).color()).isEqualTo(Color.NONE);
  }

  @Test
  void aGoodEndIsGreenAndABadOneIsRed() throws Exception {
    // given
    var complete = ended("Complete");
    var failed = ended("Failed");
    var name = complete.getMetadata().getName();

    // then
    api.has(complete);
    assertThat(measured(SMOKE)).isEqualTo(Reading.green("Job %s ended well".formatted(name)));
    api.has(failed);
    assertThat(measured(SMOKE))
        .isEqualTo(
            Reading.red(
                "Job %1$s failed: Job has reached the specified backoff limit. Look at what it said: kubectl -n shop logs job/%1$s"
                    .formatted(name)));
  }

  @Test
  void whatCannotStartIsNoVerdict() throws Exception {
    // given
    var job = job(false).build();
    api.has(job)
        .has(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("smoke-pod")
                .addToLabels("batch.kubernetes.io/job-name", job.getMetadata().getName())
                .endMetadata()
                .withNewStatus()
                .addNewContainerStatus()
                .withName("job")
                .withNewState()
                .withNewWaiting()
                .withReason("ImagePullBackOff")
                .withMessage("Back-off pulling image smoke:1")
                .endWaiting()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build());

    // then
    assertThat(measured(SMOKE))
        .isEqualTo(
            Reading.error(
                "Job %s cannot start: ImagePullBackOff: Back-off pulling image smoke:1"
                    .formatted(job.getMetadata().getName())));
  }

  @Test
  void whatCannotBeMadeIsNoVerdict() throws Exception {
    api.refusesAt("POST", JOBS, 403, "exceeded quota");

    assertThat(measured(SMOKE))
        .satisfies(
            it -> {
              assertThat(it.color()).isEqualTo(Color.ERROR);
              assertThat(it.message()).contains("the API server said no: ", "exceeded quota");
            });
    assertThat(measured(NIGHTLY))
        .isEqualTo(
            Reading.error(
                "CronJob nightly does not exist in namespace shop. Create it; it may be suspended"));
  }

  @Test
  void whatItNeedsIsKnownBefore() {
    var scope = GateScope.of(new Author("shop", "runner"), Workloads.of());

    assertThat(probe.preflight(SMOKE, scope).toCompletableFuture().join()).isEmpty();
    assertThat(probe.preflight(NIGHTLY, scope).toCompletableFuture().join())
        .extracting(Problem::reason)
        .isEqualTo(List.of("CronJobAbsent"));
  }
}
