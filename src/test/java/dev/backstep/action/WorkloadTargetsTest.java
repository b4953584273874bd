package dev.backstep.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Workload;
import dev.backstep.effect.Work;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.problem.Problem;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class WorkloadTargetsTest {
  private static final WorkloadRef WEB = new WorkloadRef(WorkloadKind.Deployment, "web");
  private static final WorkloadRef API = new WorkloadRef(WorkloadKind.Deployment, "api");
  private static final WorkloadRef DB = new WorkloadRef(WorkloadKind.StatefulSet, "db");
  private static final WorkloadRef AGENT = new WorkloadRef(WorkloadKind.DaemonSet, "agent");

  private static final Function<Workload, Optional<ObjectPatch>> NOTHING =
      workload -> Optional.empty();

  private static WorkloadTargets of(HasMetadata... objects) {
    return Workloads.of(objects).targets();
  }

  private static Work left(List<WorkloadRef> refs, HasMetadata... objects) {
    return of(objects).step(Scopes.of(), refs, NOTHING).work();
  }

  private static List<Problem> problems(WorkloadRef ref, HasMetadata... objects) {
    return of(objects).problems(Scopes.of(), List.of(ref), Workload::notRolledOut);
  }

  @Test
  void theRightsAreThoseForTheNamedWorkloadsOfEachKind() {
    assertThat(of().patchRights(List.of(WEB, DB, API)))
        .containsExactlyInAnyOrder(
            new Right("patch", "apps", "deployments", List.of("web", "api")),
            new Right("patch", "apps", "statefulsets", List.of("db")));
  }

  @Test
  void whatIsLeftIsOneStepForAllTargets() {
    var targets =
        of(
            Workloads.deployment("web", "app:v1").build(),
            Workloads.deployment("api", "app:v1").build());

    var step =
        targets.step(
            Scopes.of(),
            List.of(WEB, API),
            it -> Optional.of(PatchBuilder.of(it.object()).build(it.ref() + ": changed")));

    assertThat(step.effects()).extracting(it -> it.target().name()).containsExactly("web", "api");
    assertThat(step.work()).isEqualTo(new Work.ToDo(2, "Deployment web: changed and 1 more."));
  }

  @Test
  void nothingIsTouchedWhileOneOfThemDoesNotExist() {
    assertThat(left(List.of(WEB, API), Workloads.deployment("web", "app:v1").build()))
        .isEqualTo(
            new Work.Impossible(
                "TargetAbsent",
                "Deployment api does not exist in namespace shop. Create it, or take it out of"
                    + " action back."));
  }

  @Test
  void withNothingLeftItIsObservedOnceAllAreRolledOut() {
    var web = Workloads.deployment("web", "app:v1").build();
    var api = Workloads.deployment("api", "app:v1").build();

    assertThat(left(List.of(WEB), web))
        .isEqualTo(new Work.Observed("Deployment web is rolled out: 3 of 3 pods are ready."));
    assertThat(left(List.of(WEB, API), web, api))
        .isEqualTo(new Work.Observed("All 2 workloads are rolled out."));
  }

  @Test
  void whileOneIsRollingItIsWaitedFor() {
    var web = Workloads.deployment("web", "app:v1").build();
    var api =
        Workloads.deployment("api", "app:v1").editStatus().withReadyReplicas(2).endStatus().build();

    assertThat(left(List.of(API, WEB), web, api))
        .isInstanceOfSatisfying(
            Work.Rolling.class,
            it -> assertThat(it.message()).startsWith("Deployment api: 3 of 3 pods are new"));
  }

  @Test
  void oneThatIsStuckIsSaidAtOnce() {
    var web =
        Workloads.deployment("web", "app:v1").editStatus().withReadyReplicas(2).endStatus().build();
    var api =
        Workloads.deployment("api", "app:v1")
            .editStatus()
            .addNewCondition()
            .withType("Progressing")
            .withReason("ProgressDeadlineExceeded")
            .endCondition()
            .endStatus()
            .build();

    assertThat(left(List.of(WEB, API), web, api)).isInstanceOf(Work.Stuck.class);
  }

  @Test
  void whatWouldTakeAChangeAndRollNothingOutIsAProblem() {
    var paused =
        Workloads.deployment("web", "app:v1").editSpec().withPaused(true).endSpec().build();
    var onDelete =
        Workloads.statefulSet("db", "db:v1")
            .editSpec()
            .editUpdateStrategy()
            .withType("OnDelete")
            .endUpdateStrategy()
            .endSpec()
            .build();
    var agent =
        Workloads.daemonSet("agent", "agent:v1")
            .editSpec()
            .editUpdateStrategy()
            .withType("OnDelete")
            .endUpdateStrategy()
            .endSpec()
            .build();

    assertThat(problems(WEB, paused))
        .containsExactly(
            new Problem(
                "TargetPaused",
                "Deployment web is paused, a change would not be rolled out. Resume it: kubectl -n"
                    + " shop rollout resume deployment/web."));
    assertThat(problems(DB, onDelete))
        .extracting(Problem::reason)
        .containsExactly("UpdateStrategyOnDelete");
    assertThat(problems(AGENT, agent))
        .extracting(Problem::reason)
        .containsExactly("UpdateStrategyOnDelete");
  }

  @Test
  void aKindThatTheClusterDoesNotKnowIsAProblemThatSaysWhatToInstall() {
    var rollout = new WorkloadRef(WorkloadKind.Rollout, "web");
    var targets = Workloads.of().withoutArgo().targets();
    var said =
        "Argo Rollouts is not installed in the cluster, so there is no Rollout web. Install it, or"
            + " take that out of action back.";

    assertThat(targets.problems(Scopes.of(), List.of(rollout), Workload::notRolledOut))
        .containsExactly(new Problem("KindAbsent", said));
    assertThat(targets.step(Scopes.of(), List.of(rollout), NOTHING).work())
        .isEqualTo(new Work.Impossible("KindAbsent", said));
    assertThat(targets.patchRights(List.of(rollout)))
        .containsExactly(new Right("patch", "argoproj.io", "rollouts", List.of("web")));
  }

  @Test
  void whatCanBeChangedIsNoProblem() {
    assertThat(problems(WEB, Workloads.deployment("web", "app:v1").build())).isEmpty();
    assertThat(problems(DB, Workloads.statefulSet("db", "db:v1").build())).isEmpty();
    assertThat(problems(AGENT, Workloads.daemonSet("agent", "agent:v1").build())).isEmpty();
    assertThat(problems(WEB)).extracting(Problem::reason).containsExactly("TargetAbsent");
  }
}
