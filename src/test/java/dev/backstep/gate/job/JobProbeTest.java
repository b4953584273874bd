package dev.backstep.gate.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.action.JobRun;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.PullFailures;
import dev.backstep.cluster.Secrets;
import dev.backstep.effect.Author;
import dev.backstep.gate.GateScope;
import dev.backstep.job.DescribedJobs;
import dev.backstep.job.JobManifests;
import dev.backstep.job.JobTrials;
import dev.backstep.job.WorkloadImages;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Reading.Color;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.LoopbackApi.Asked;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.WaitingPods;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the Job of a gate is made, woken and judged, one look after the other. */
class JobProbeTest {
  private static final JobRun SMOKE = gate("image: 'smoke:1', timeout: 1m");
  private static final JobRun NIGHTLY = gate("from: {cronJob: nightly}, timeout: 1m");
  private static final JobRun OF_WEB =
      gate("imageFrom: {workload: {kind: Deployment, name: web}, at: RunStart}, timeout: 1m");
  private static final GateScope SCOPE =
      GateScope.of(new Author("shop", "runner"), Workloads.of()).withGate("smoke");
  private static final String JOBS = "/apis/batch/v1/namespaces/shop/jobs";

  private final LoopbackApi api = new LoopbackApi();
  private final Workloads workloads = Workloads.of();
  private final WorkloadImages images = new WorkloadImages(workloads);
  private final JobProbe probe =
      new JobProbe(
          new AskedJobs(
              api.client(),
              new Impersonation(api.client()),
              new DescribedJobs(
                  api.client(),
                  new JobManifests(api.client()),
                  images,
                  new Secrets(new Impersonation(api.client()), Clock.systemUTC()),
                  new JobTrials(new Impersonation(api.client())),
                  new PullFailures(api.client())),
              images));

  @AfterEach
  void stop() {
    probe.stop();
    api.close();
  }

  private static JobRun gate(String yaml) {
    return PlanYaml.spec("gates: [{name: smoke, job: {%s}}]".formatted(yaml)).gates().get(0).job();
  }

  private Reading measured(JobRun gate, String asking) throws Exception {
    return measured(gate, asking, Map.of());
  }

  private Reading measured(JobRun gate, String asking, Map<String, JsonNode> kept)
      throws Exception {
    var scope = SCOPE.with().asking(asking).claim("bs-run-1").kept(kept).build();
    return probe.measure(gate, scope).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private Reading measured(JobRun gate) throws Exception {
    return measured(gate, "run-1 level one");
  }

  private Job created(String asking) throws Exception {
    return created(SMOKE, asking, Map.of());
  }

  /** The Job as it was asked to be created. */
  private Job created(JobRun gate, String asking, Map<String, JsonNode> kept) throws Exception {
    api.refusesAt("POST", JOBS, 409, "already exists");
    assertThat(measured(gate, asking, kept).color()).isEqualTo(Color.NONE);
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

  /** It says nothing of what was to be found out. */
  @Test
  void aPodThatWasTakenAwayIsNoVerdict() throws Exception {
    // given
    var failed = ended("Failed");
    var condition = failed.getStatus().getConditions().get(0);
    condition.setReason("PodFailurePolicy");
    condition.setMessage(
        "Pod shop/x has condition DisruptionTarget matching FailJob rule at index 0");
    api.has(failed);

    // then
    assertThat(measured(SMOKE))
        .isEqualTo(
            Reading.error(
                "The pod of Job %s was evicted, or its node went, before its program ended"
                    .formatted(failed.getMetadata().getName())));
  }

  @Test
  void theImageIsThatWhichTheWorkloadHadWhenTheRunBegan() throws Exception {
    // given
    workloads.has(Workloads.deployment("web", "app:v2").build());
    var kept = Map.of(GateScope.keptAs("smoke"), probe.atStart(OF_WEB, SCOPE).orElseThrow());
    workloads.has(Workloads.deployment("web", "app:v1").build());

    // then
    assertThat(image(created(OF_WEB, "run-1", kept))).isEqualTo("app:v2");
    assertThat(image(created(now(), "run-1", Map.of()))).isEqualTo("app:v1");
    assertThat(probe.atStart(SMOKE, SCOPE)).isEmpty();
    assertThat(probe.workloads(OF_WEB)).extracting(WorkloadRef::name).containsExactly("web");

    workloads.has();
    assertThat(measured(now()))
        .isEqualTo(
            Reading.error(
                "There is no Deployment web in namespace shop, whose image gate smoke would run. Correct imageFrom"));
  }

  private static JobRun now() {
    return gate("imageFrom: {workload: {kind: Deployment, name: web}, at: Now}, timeout: 1m");
  }

  private static String image(Job job) {
    return job.getSpec().getTemplate().getSpec().getContainers().get(0).getImage();
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
    assertThat(reasons(SMOKE)).isEmpty();
    assertThat(reasons(NIGHTLY)).containsExactly("CronJobAbsent");
    assertThat(probe.preflight(OF_WEB, SCOPE).toCompletableFuture().join())
        .containsExactly(
            new Problem(
                "ImageUnknown",
                "There is no Deployment web in namespace shop, whose image gate smoke would run. Correct imageFrom."));

    workloads.has(Workloads.deployment("web", "app:v2").build());
    assertThat(reasons(OF_WEB)).isEmpty();

    api.has(WaitingPods.inVain("app:v2"));
    assertThat(reasons(OF_WEB)).containsExactly("ImageNotPulled");
    assertThat(reasons(SMOKE)).isEmpty();

    api.refusesAt("POST", JOBS, 403, "exceeded quota");
    assertThat(reasons(SMOKE)).containsExactly("JobRefused");
  }

  private List<String> reasons(JobRun gate) {
    return probe.preflight(gate, SCOPE).toCompletableFuture().join().stream()
        .map(Problem::reason)
        .toList();
  }
}
