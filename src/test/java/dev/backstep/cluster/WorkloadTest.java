package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.problem.Problem;
import dev.backstep.testing.Workloads;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  @Test
  void theKindsAreSeenAlike() {
    var web = Workloads.workload(Workloads.deployment("web", "app:v1").build());
    var db = Workloads.workload(Workloads.statefulSet("db", "db:v1").build());
    var agent = Workloads.workload(Workloads.daemonSet("agent", "agent:v1").build());

    assertThat(web.ref()).isEqualTo(new WorkloadRef(WorkloadKind.Deployment, "web"));
    assertThat(db.ref()).isEqualTo(new WorkloadRef(WorkloadKind.StatefulSet, "db"));
    assertThat(agent.ref()).isEqualTo(new WorkloadRef(WorkloadKind.DaemonSet, "agent"));
    assertThat(web.replicas()).isEqualTo(3);
    assertThat(db.replicas()).isEqualTo(2);
    assertThat(agent.replicas()).isNull();
    assertThat(PodTemplates.images(agent.template())).isEqualTo("agent:v1");
    assertThat(db.selector().getMatchLabels()).containsEntry("app", "db");
  }

  @Test
  void tenOldRevisionsAreKeptUnlessItSaysOtherwise() {
    var some =
        Workloads.deployment("web", "app:v1")
            .editSpec()
            .withRevisionHistoryLimit(2)
            .endSpec()
            .build();

    assertThat(Workloads.workload(some).historyLimit()).isEqualTo(2);
    assertThat(Workloads.workload(Workloads.deployment("web", "app:v1").build()).historyLimit())
        .isEqualTo(10);
  }

  @Test
  void oneThatIsPausedSaysHowItIsResumed() {
    var paused =
        Workloads.deployment("web", "app:v1").editSpec().withPaused(true).endSpec().build();
    var argo = Workloads.rollout("web", "app:v1");
    argo.getSpec().setPaused(true);

    assertThat(Workloads.workload(paused).paused())
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .endsWith("Resume it: kubectl -n shop rollout resume deployment/web.");
    assertThat(Workloads.workload(argo).paused())
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .endsWith("patch rollout web --type=merge -p '{\"spec\":{\"paused\":false}}'.");
    assertThat(Workloads.workload(Workloads.rollout("web", "app:v1")).paused()).isEmpty();
    assertThat(Workloads.workload(Workloads.statefulSet("db", "db:v1").build()).paused()).isEmpty();
  }

  /** It is rolled out by whom it names. */
  @Test
  void aRolloutThatTakesItsTemplateFromElsewhereCannotGetAnother() {
    var argo = Workloads.rollout("web", "app:v1");
    argo.getSpec().setTemplate(null);
    argo.getSpec().setWorkloadRef(Map.of("kind", "Deployment", "name", "base"));

    assertThat(Workloads.workload(argo).notRolledOut())
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("from Deployment base (spec.workloadRef)");
    assertThat(PodTemplates.images(Workloads.workload(argo).template())).isEmpty();
    assertThat(PodTemplates.configMaps(Workloads.workload(argo).template())).isEmpty();
  }

  @Test
  void aRolloutIsRestartedByATimeOfItsOwn() {
    var argo = Workloads.rollout("web", "app:v1");
    var time = Instant.parse("2026-11-21T14:05:00.250Z");
    assertThat(Workloads.workload(argo).restartedSince(time)).isFalse();

    var stamp = Workloads.workload(argo).restart(null, time);
    assertThat(stamp.pointer()).isEqualTo("/spec/restartAt");
    assertThat(stamp.before().isNull()).isTrue();
    assertThat(stamp.after().asText()).isEqualTo("2026-11-21T14:05:01Z");

    argo.getSpec().setRestartAt(stamp.after().asText());
    assertThat(Workloads.workload(argo).restartedSince(time)).isTrue();
  }

  @Test
  void aKindsResourceIsWhatRbacCallsIt() {
    assertThat(Workloads.TYPES.all().map(type -> type.group() + "/" + type.resource()))
        .containsExactlyInAnyOrder(
            "apps/deployments", "apps/statefulsets", "apps/daemonsets", "argoproj.io/rollouts");
    assertThat(Workloads.TYPES.all().map(WorkloadType::kind))
        .containsExactlyInAnyOrder(WorkloadKind.values());
  }

  @Test
  void theSameContentHasTheSameHashInWhateverOrder() throws Exception {
    var json = new ObjectMapper();
    var one = Hashes.of(json.readTree("{\"a\": {\"c\": 1, \"b\": [1, 2]}, \"d\": null}"));

    assertThat(Hashes.of(json.readTree("{\"d\": null, \"a\": {\"b\": [1, 2], \"c\": 1}}")))
        .isEqualTo(one);
    assertThat(Hashes.of(json.readTree("{\"d\": null, \"a\": {\"b\": [2, 1], \"c\": 1}}")))
        .isNotEqualTo(one);
    assertThat(one).matches("[0-9a-f]{16}");
    assertThat(Hashes.of("a", "b")).isNotEqualTo(Hashes.of("ab"));
  }
}
