package dev.backstep.simulation;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.rollbackplan.RollbackPlanReconciler;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * What the SDK does for one plan in one process: has it looked at one at a time, when something
 * happened or the time has come, and puts its status with what it answered last.
 */
final class SimulatedQueue {
  private final Simulation world;
  private final VirtualTime time;
  private final SimulatedProcess process;
  private final String namespace;
  private final String name;
  private final RollbackPlanReconciler reconciler;
  private final Context<RollbackPlan> context = SdkContext.writing(this::written);
  private RollbackPlan written;
  private VirtualTime.Task timer;
  private boolean queued;
  private boolean running;
  private boolean again;
  private int failures;

  SimulatedQueue(
      Simulation world,
      SimulatedProcess process,
      String namespace,
      String name,
      RollbackPlanReconciler reconciler) {
    this.world = world;
    this.time = world.time();
    this.process = process;
    this.namespace = namespace;
    this.name = name;
    this.reconciler = reconciler;
  }

  private RollbackPlan written(RollbackPlan plan) {
    written = putStatus(plan);
    return written;
  }

  private String path() {
    return "/apis/backstep.dev/v1alpha1/namespaces/%s/rollbackplans/%s".formatted(namespace, name);
  }

  /** As the client does it, but what the answer says is read once for all. */
  private RollbackPlan putStatus(RollbackPlan plan) {
    var body = Json.CLIENT.asJson(plan).getBytes(StandardCharsets.UTF_8);
    try {
      var answer = process.send(request("PUT", path() + "/status", body));
      if (!answer.isOk()) {
        throw new KubernetesClientException(
            answer.body().path("message").asText(),
            answer.code(),
            Json.CLIENT.convertValue(answer.body(), Status.class));
      }
      return (RollbackPlan) world.typed(answer.object());
    } catch (IOException e) {
      throw new KubernetesClientException("no answer", e);
    }
  }

  private Request request(String method, String path, byte[] body) {
    return new Request(method, path, Map.of(), body, null, world.moment());
  }

  /** The plan as the cache has it, or as this process last wrote it, whichever is newer. */
  private RollbackPlan plan() {
    var cached = process.cached(namespace, SimulatedApiServer.PLANS, name);
    if (cached == null) {
      return null;
    }
    var metadata = cached.path("metadata");
    var newer =
        written != null
            && written.getMetadata().getUid().equals(metadata.path("uid").asText())
            && version(written) >= metadata.path("resourceVersion").asLong();
    return newer ? written : (RollbackPlan) world.typed(cached);
  }

  private static long version(RollbackPlan plan) {
    return Long.parseLong(plan.getMetadata().getResourceVersion());
  }

  /** Has the plan looked at soon. */
  void wake() {
    if (running) {
      again = true;
    } else if (!queued) {
      queued = true;
      time.after(time.random(3), process, () -> reconcile(true));
    }
  }

  /**
   * Looks at the plan.
   *
   * @param woken true: because something happened
   */
  private void reconcile(boolean woken) {
    var event = woken || queued;
    queued = false;
    var plan = plan();
    if (plan == null || running) {
      return;
    }
    running = true;
    again = false;
    var who = process.name() + " " + namespace + "/" + name;
    world.requestRules().pass(who, event);
    if (timer != null) {
      timer.cancel();
    }
    try {
      process.mistake().looking();
      var pause = plan.getMetadata().getDeletionTimestamp() == null ? work(plan) : cleanUp(plan);
      failures = 0;
      pause
          .map(process.mistake()::pause)
          .ifPresent(millis -> timer = time.after(millis, process, () -> reconcile(false)));
    } catch (KubernetesClientException e) {
      retry();
    } catch (RuntimeException e) {
      world.violated("X0", process.name() + ": the reconciler threw " + e, e);
      retry();
    } finally {
      running = false;
      world.requestRules().passed(who);
    }
    if (again) {
      wake();
    }
  }

  private Optional<Long> work(RollbackPlan plan) {
    return reconciler.reconcile(plan, context).getScheduleDelay();
  }

  private Optional<Long> cleanUp(RollbackPlan plan) {
    var control = reconciler.cleanup(plan, context);
    if (control.isRemoveFinalizer()) {
      var patch =
          """
[{"op":"test","path":"/metadata/uid","value":"%s"},{"op":"remove","path":"/metadata/finalizers"}]
"""
              .formatted(plan.getMetadata().getUid());
      try {
        process.send(request("PATCH", path(), patch.getBytes(StandardCharsets.UTF_8)));
      } catch (IOException e) {
        return Optional.of(1000L);
      }
    }
    return control.getScheduleDelay();
  }

  /** What the SDK does with an exception. */
  private void retry() {
    failures++;
    timer =
        time.after(
            Math.min(30_000, 500L << Math.min(failures, 10)), process, () -> reconcile(false));
  }
}
