package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.testing.Workloads;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  @Test
  void theKindsAreSeenAlike() {
    var web = Workload.of(Workloads.deployment("web", "app:v1").build());
    var db = Workload.of(Workloads.statefulSet("db", "db:v1").build());
    var agent = Workload.of(Workloads.daemonSet("agent", "agent:v1").build());

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

    assertThat(Workload.of(some).historyLimit()).isEqualTo(2);
    assertThat(Workload.of(Workloads.deployment("web", "app:v1").build()).historyLimit())
        .isEqualTo(10);
  }

  @Test
  void onlyADeploymentCanBePaused() {
    var paused =
        Workloads.deployment("web", "app:v1").editSpec().withPaused(true).endSpec().build();

    assertThat(Workload.of(paused).paused()).isTrue();
    assertThat(Workload.of(Workloads.deployment("web", "app:v1").build()).paused()).isFalse();
    assertThat(Workload.of(Workloads.statefulSet("db", "db:v1").build()).paused()).isFalse();
  }

  @Test
  void aKindsResourceIsWhatRbacCallsIt() {
    assertThat(Workload.resource(WorkloadKind.Deployment)).isEqualTo("deployments");
    assertThat(Workload.resource(WorkloadKind.StatefulSet)).isEqualTo("statefulsets");
    assertThat(Workload.resource(WorkloadKind.DaemonSet)).isEqualTo("daemonsets");
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
