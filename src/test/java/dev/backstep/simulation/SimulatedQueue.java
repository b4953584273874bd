package dev.backstep.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * What the SDK does for one object in one process: has it looked at one at a time, when something
 * happened or the time has come, and puts its status with what it answered last.
 *
 * @param <R> its kind
 */
final class SimulatedQueue<R extends HasMetadata> {
  private final Simulation world;
  private final VirtualTime time;
  private final SimulatedProcess process;
  private final Kind<R> kind;
  private final String namespace;
  private final String name;
  private final Context<R> context = SdkContext.writing(this::written);
  private R written;
  private VirtualTime.Task timer;
  private boolean queued;
  private boolean running;
  private boolean again;
  private int failures;

  /**
   * A kind of object that is carried on.
   *
   * @param resource as the API server calls it
   */
  record Kind<R extends HasMetadata>(
      String resource, Reconciler<R> reconciler, Cleaner<R> cleaner) {}

  SimulatedQueue(
      Simulation world, SimulatedProcess process, Kind<R> kind, String namespace, String name) {
    this.world = world;
    this.time = world.time();
    this.process = process;
    this.kind = kind;
    this.namespace = namespace;
    this.name = name;
  }

  private R written(R object) {
    written = putStatus(object);
    return written;
  }

  private String path() {
    return "/apis/backstep.dev/v1alpha1/namespaces/%s/%s/%s"
        .formatted(namespace, kind.resource(), name);
  }

  /** As the client does it, but what the answer says is read once for all. */
  private R putStatus(R object) {
    var body = Json.CLIENT.asJson(object).getBytes(StandardCharsets.UTF_8);
    try {
      var answer = process.send(request("PUT", path() + "/status", body));
      if (!answer.isOk()) {
        throw new KubernetesClientException(
            answer.body().path("message").asText(),
            answer.code(),
            Json.CLIENT.convertValue(answer.body(), Status.class));
      }
      return typed(answer.object());
    } catch (IOException e) {
      throw new KubernetesClientException("no answer", e);
    }
  }

  @SuppressWarnings("unchecked")
  private R typed(ObjectNode object) {
    return (R) world.typed(object);
  }

  private Request request(String method, String path, byte[] body) {
    return new Request(method, path, Map.of(), body, null, world.moment());
  }

  /** The object as the cache has it, or as this process last wrote it, whichever is newer. */
  private R object() {
    var cached = process.cached(namespace, kind.resource(), name);
    if (cached == null) {
      return null;
    }
    var metadata = cached.path("metadata");
    var newer =
        written != null
            && written.getMetadata().getUid().equals(metadata.path("uid").asText())
            && version(written) >= metadata.path("resourceVersion").asLong();
    return newer ? written : typed(cached);
  }

  private static long version(HasMetadata object) {
    return Long.parseLong(object.getMetadata().getResourceVersion());
  }

  /** Has the object looked at soon. */
  void wake() {
    if (running) {
      again = true;
    } else if (!queued) {
      queued = true;
      time.after(time.random(3), process, () -> reconcile(true));
    }
  }

  /**
   * Looks at the object.
   *
   * @param woken true: because something happened
   */
  private void reconcile(boolean woken) {
    var event = woken || queued;
    queued = false;
    var object = object();
    if (object == null || running) {
      return;
    }
    running = true;
    again = false;
    var who = process.name() + " " + namespace + "/" + kind.resource() + "/" + name;
    world.requestRules().pass(who, event);
    if (timer != null) {
      timer.cancel();
    }
    try {
      process.mistake().looking();
      var goes = object.getMetadata().getDeletionTimestamp() != null;
      var pause = goes ? cleanUp(object) : work(object);
      failures = 0;
      pause
          .map(process.mistake()::pause)
          .ifPresent(millis -> timer = time.after(millis, process, () -> reconcile(false)));
    } catch (KubernetesClientException e) {
      retry();
    } catch (Exception e) {
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

  private Optional<Long> work(R object) throws Exception {
    return kind.reconciler().reconcile(object, context).getScheduleDelay();
  }

  private Optional<Long> cleanUp(R object) throws Exception {
    var control = kind.cleaner().cleanup(object, context);
    if (control.isRemoveFinalizer()) {
      var patch =
          """
[{"op":"test","path":"/metadata/uid","value":"%s"},{"op":"remove","path":"/metadata/finalizers"}]
"""
              .formatted(object.getMetadata().getUid());
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
