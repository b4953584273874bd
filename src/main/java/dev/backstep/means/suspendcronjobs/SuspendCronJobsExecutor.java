package dev.backstep.means.suspendcronjobs;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Taken;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.sync.SuspendCronJobs;
import dev.backstep.api.v1alpha1.sync.SuspendCronJobs.CatchUp;
import dev.backstep.api.v1alpha1.sync.SuspendCronJobs.RunningJobs;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.means.OffValue;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.Place;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** CronJobs that begin no Job, and none of whose Jobs runs any more. */
@ApplicationScoped
public class SuspendCronJobsExecutor implements ActionExecutor<SuspendCronJobs> {
  private static final OffValue SUSPENDED =
      new OffValue(Place.at("/spec/suspend"), BooleanNode.TRUE, "suspended", "not suspended");

  private final KubernetesClient client;
  private final JobsOfCronJobs jobs;
  private final CatchingUp catchingUp;

  public SuspendCronJobsExecutor(
      KubernetesClient client, JobsOfCronJobs jobs, CatchingUp catchingUp) {
    this.client = client;
    this.jobs = jobs;
    this.catchingUp = catchingUp;
  }

  @Override
  public Class<SuspendCronJobs> type() {
    return SuspendCronJobs.class;
  }

  @Override
  public Traits traits(SuspendCronJobs means) {
    return Traits.HOLD;
  }

  @Override
  public List<Right> rights(SuspendCronJobs means, ActionScope scope) {
    var rights = new ArrayList<Right>();
    rights.add(new Right("patch", "batch", "cronjobs", means.names()));
    if (means.catchUp() != CatchUp.Kubernetes) {
      rights.add(new Right("patch", "batch", "cronjobs/status", means.names()));
    }
    if (means.runningJobs() == RunningJobs.Delete) {
      rights.add(new Right("delete", "batch", "jobs", List.of()));
    }
    if (means.catchUp() == CatchUp.RunOnce) {
      rights.add(new Right("create", "batch", "jobs", List.of()));
      rights.add(new Right("patch", "batch", "jobs", List.of()));
    }
    return List.copyOf(rights);
  }

  @Override
  public CompletionStage<List<Problem>> preflight(SuspendCronJobs means, ActionScope scope) {
    return CompletableFuture.completedStage(
        means.names().stream()
            .filter(name -> find(name, scope).isEmpty())
            .map(name -> absent(name, scope))
            .toList());
  }

  private Optional<CronJob> find(String name, ActionScope scope) {
    return Optional.ofNullable(
        client.batch().v1().cronjobs().inNamespace(scope.namespace()).withName(name).get());
  }

  private static Problem absent(String name, ActionScope scope) {
    return new Problem(
        "CronJobAbsent",
        "CronJob %s does not exist in namespace %s. Create it, or take it out of means %s."
            .formatted(name, scope.namespace(), scope.action()));
  }

  @Override
  public CompletionStage<Step> next(SuspendCronJobs means, ActionScope scope) {
    var found = new ArrayList<CronJob>();
    for (var name : means.names()) {
      var cronJob = find(name, scope);
      // One that is deleted while it is kept off begins no Job either.
      if (cronJob.isEmpty() && scope.held(new Target("CronJob", name)).isEmpty()) {
        var absent = absent(name, scope);
        return Step.impossible(absent.reason(), absent.message()).now();
      }
      cronJob.ifPresent(found::add);
    }
    var changes = found.stream().flatMap(cronJob -> change(cronJob, scope)).toList();
    return (changes.isEmpty() ? jobs.left(found, means, scope) : Step.todo(changes)).now();
  }

  private Stream<ObjectPatch> change(CronJob cronJob, ActionScope scope) {
    var json = client.getKubernetesSerialization().convertValue(cronJob, ObjectNode.class);
    return SUSPENDED.change(cronJob, json, scope).stream();
  }

  /** Jobs that were deleted do not come back. */
  @Override
  public CompletionStage<Step> back(SuspendCronJobs means, Taken taken, ActionScope scope) {
    // Where nobody knows what is to be given back, nothing is forgotten either.
    var reversed = taken.only(effect -> effect instanceof ObjectPatch).reversed();
    if (means.catchUp() != CatchUp.Kubernetes) {
      var forgetting = catchingUp.forgetting(taken, scope);
      if (!forgetting.isEmpty()) {
        return Step.todo(forgetting).now();
      }
    }
    return means.catchUp() == CatchUp.RunOnce
        ? reversed.thenApply(step -> caughtUp(step, taken, scope))
        : reversed;
  }

  private Step caughtUp(Step reversed, Taken taken, ActionScope scope) {
    if (!reversed.work().isSettled()) {
      return reversed;
    }
    var once = catchingUp.once(taken, scope);
    return once.work().isSettled() ? reversed : once;
  }
}
