package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Plays the controllers of Deployments, StatefulSets, DaemonSets and Rollouts: sees a change after
 * a while, rolls it out after another while, and gets nowhere with an image that crashes. A
 * StatefulSet of one pod waits for a broken pod as the real one does. Names of workloads are {@code
 * <namespace>/<name>}.
 */
final class SimulatedControllers implements SimulatedApiServer.Listener {
  static final String WHO = "controller";

  /** What makes pods. */
  static final List<String> WORKLOADS =
      List.of("deployments", "statefulsets", "daemonsets", "rollouts");

  private static final String REVISION = "controller-revision-hash";
  private static final long PROGRESS_DEADLINE = 40_000;

  /** Each has one pod of a DaemonSet. */
  private static final int NODES = 2;

  private final Simulation world;
  private final SimulatedApiServer server;
  private final VirtualTime time;
  private final Map<String, Pods> running = new HashMap<>();

  SimulatedControllers(Simulation world) {
    this.world = world;
    this.server = world.server();
    this.time = world.time();
  }

  /** The pods of one workload that exist now. */
  private record Pods(JsonNode template, int count, boolean ready, boolean broken) {}

  /** True when the workload's pods are there and work as they should. */
  boolean answers(String workload) {
    var pods = running.get(workload);
    return pods != null && pods.count > 0 && pods.ready && !pods.broken;
  }

  /** True when a pod of the workload is there that does harm. */
  boolean anyBroken(String workload) {
    var pods = running.get(workload);
    return pods != null && pods.count > 0 && pods.broken;
  }

  /** Somebody mends the pods that run now, or breaks them: those that come after them are not. */
  void mended(String workload, boolean well) {
    running.computeIfPresent(
        workload, (name, pods) -> new Pods(pods.template, pods.count, pods.ready, !well));
  }

  boolean rolledOut(String name) {
    var object = workload(name);
    if (object == null) {
      return false;
    }
    var status = object.path("status");
    var seen =
        status.path("observedGeneration").asInt() == object.at("/metadata/generation").asInt();
    return seen
        && (status.has("desiredNumberScheduled")
            ? as(status, NODES, "updatedNumberScheduled", "numberReady")
            : as(
                status,
                object.at("/spec/replicas").asInt(),
                "updatedReplicas",
                "replicas",
                "readyReplicas"));
  }

  private static boolean as(JsonNode status, int wanted, String... fields) {
    return Stream.of(fields).allMatch(field -> status.path(field).asInt() == wanted);
  }

  private ObjectNode workload(String name) {
    return WORKLOADS.stream()
        .map(resource -> get(resource, name))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private ObjectNode get(String resource, String name) {
    var parts = name.split("/");
    return server.get(parts[0], resource, parts[1]);
  }

  @Override
  public void written(SimulatedApiServer.Write write) {
    switch (write.resource()) {
      case "deployments", "statefulsets", "daemonsets", "rollouts" -> workloadWritten(write);
      case "pods" -> {
        if (write.after() == null && write.writer().operator()) {
          var set = write.namespace() + "/" + write.before().at("/metadata/labels/app").asText();
          time.after(time.between(500, 3000), null, () -> recreate(set));
        }
      }
      default -> {}
    }
  }

  private void workloadWritten(SimulatedApiServer.Write write) {
    if (write.after() == null) {
      running.remove(name(write.before()));
    } else if (write.before() == null) {
      boot(write.resource(), write.after());
    } else if (!generation(write.before()).equals(generation(write.after()))) {
      time.after(time.between(50, 400), null, () -> observe(write.resource(), name(write.after())));
    }
  }

  private static JsonNode generation(ObjectNode object) {
    return object.at("/metadata/generation");
  }

  /** What is there in the beginning is rolled out, as well as it can be. */
  private void boot(String resource, ObjectNode object) {
    var pods = started(object, object.at("/metadata/labels/wedged").asBoolean());
    running.put(name(object), pods);
    if (resource.equals("statefulsets")) {
      pod(object, pods);
      setStatus(object, pods, hash(pods.template), hash(pods.template), 1);
    } else {
      status(resource, object, pods.count, pods.count, pods.ready ? pods.count : 0, false);
    }
  }

  private Pods started(ObjectNode object, boolean wedged) {
    var template = object.at("/spec/template");
    var image = template.at("/spec/containers/0/image").asText();
    var map = template.at("/spec/volumes/0/configMap/name").asText();
    var config = map.isEmpty() ? null : get("configmaps", namespace(object) + "/" + map);
    var misconfigured = config != null && config.at("/data/mode").asText().equals("broken");
    return new Pods(
        template,
        wanted(object),
        !image.contains("crash"),
        wedged || misconfigured || image.contains("v2") && !safe(template));
  }

  /** This variable keeps a broken image from doing harm. */
  private static boolean safe(JsonNode template) {
    var variables = template.at("/spec/containers/0/env");
    return Json.named(variables, "SAFE_MODE").path("value").asText().equals("on");
  }

  private static int wanted(ObjectNode object) {
    return object.path("kind").asText().equals("DaemonSet")
        ? NODES
        : object.at("/spec/replicas").asInt();
  }

  private static String namespace(ObjectNode object) {
    return object.at("/metadata/namespace").asText();
  }

  private static String name(ObjectNode object) {
    return namespace(object) + "/" + object.at("/metadata/name").asText();
  }

  private void observe(String resource, String name) {
    var object = get(resource, name);
    if (object == null
        || object.at("/status/observedGeneration").asText().equals(generation(object).asText())) {
      return;
    }
    var pods = running.get(name);
    if (Objects.equals(pods.template, object.at("/spec/template"))) {
      scaled(resource, object, pods);
    } else if (resource.equals("statefulsets")) {
      replacePod(object, pods);
    } else {
      status(resource, object, pods.count, 0, pods.ready ? pods.count : 0, false);
      var template = object.at("/spec/template");
      time.after(world.rolloutTime(), null, () -> finish(resource, name, template));
    }
  }

  private void scaled(String resource, ObjectNode object, Pods pods) {
    var count = wanted(object);
    // Pods that come up now read the ConfigMaps as they are now; those that stay do not.
    var next =
        pods.count == 0
            ? started(object, false)
            : new Pods(pods.template, count, pods.ready, pods.broken);
    running.put(name(object), next);
    if (count == 0 && pods.count > 0) {
      linger(object);
    }
    if (resource.equals("statefulsets")) {
      setStatus(object, next, hash(next.template), hash(next.template), count);
    } else {
      status(resource, object, count, count, next.ready ? count : 0, false);
    }
  }

  /** A pod that is ending shows in no workload's status. */
  private void linger(ObjectNode workload) {
    var pod = podObject(workload, workload.at("/metadata/name").asText() + "-ending", false);
    server.put(WHO, "pods", pod);
    time.after(time.between(500, 4000), null, () -> delete(name(pod)));
  }

  private void delete(String pod) {
    var parts = pod.split("/");
    server.delete(WHO, parts[0], "pods", parts[1]);
  }

  private void finish(String resource, String name, JsonNode template) {
    var object = get(resource, name);
    if (object == null || !object.at("/spec/template").equals(template)) {
      return;
    }
    var pods = started(object, false);
    var old = running.get(name);
    if (old.template.equals(template)) {
      return;
    }
    if (pods.ready) {
      running.put(name, pods);
      status(resource, object, pods.count, pods.count, pods.count, false);
      return;
    }
    // The old pods stay while the new one does not become ready.
    status(resource, object, old.count + 1, 1, old.ready ? old.count : 0, false);
    time.after(PROGRESS_DEADLINE, null, () -> giveUp(resource, name, template));
  }

  private void giveUp(String resource, String name, JsonNode template) {
    var object = get(resource, name);
    var old = running.get(name);
    if (object != null
        && object.at("/spec/template").equals(template)
        && !old.template.equals(template)) {
      status(resource, object, old.count + 1, 1, old.ready ? old.count : 0, true);
    }
  }

  private void status(
      String resource, ObjectNode object, int count, int updated, int ready, boolean gaveUp) {
    var next = object.deepCopy();
    var status = next.putObject("status");
    status.set("observedGeneration", generation(object));
    if (resource.equals("daemonsets")) {
      status.put("desiredNumberScheduled", NODES).put("updatedNumberScheduled", updated);
      status.put("numberReady", ready).put("numberAvailable", ready).put("numberMisscheduled", 0);
      server.putStatus(WHO, resource, next);
      return;
    }
    status.put("replicas", count).put("updatedReplicas", updated);
    status.put("readyReplicas", ready).put("availableReplicas", ready);
    if (resource.equals("rollouts")) {
      argo(status, object, gaveUp, ready == wanted(object) && updated == count && count == ready);
    }
    var conditions = status.putArray("conditions");
    if (gaveUp) {
      conditions
          .addObject()
          .put("type", "Progressing")
          .put("status", "False")
          .put("reason", "ProgressDeadlineExceeded");
    }
    server.putStatus(WHO, resource, next);
  }

  /** Argo Rollouts sums up how far a roll-out is, and writes the generation as text. */
  private static void argo(ObjectNode status, ObjectNode object, boolean gaveUp, boolean done) {
    var hash = hash(object.at("/spec/template"));
    status.put("observedGeneration", generation(object).asText());
    status.put("phase", gaveUp ? "Degraded" : done ? "Healthy" : "Progressing");
    status.put("message", gaveUp ? "ProgressDeadlineExceeded" : "");
    status.put("currentPodHash", hash).put("stableRS", done ? hash : "before");
  }

  private void setStatus(ObjectNode set, Pods pods, String current, String updated, int there) {
    var next = get("statefulsets", name(set)).deepCopy();
    var status = next.putObject("status");
    var same = current.equals(updated);
    var ready = pods.ready ? there : 0;
    status.set("observedGeneration", generation(set));
    status.put("replicas", there).put("updatedReplicas", same ? there : 0);
    status.put("readyReplicas", ready).put("availableReplicas", ready);
    status.put("currentRevision", current).put("updateRevision", updated);
    server.putStatus(WHO, "statefulsets", next);
  }

  private static String hash(JsonNode template) {
    return Integer.toHexString(template.toString().hashCode());
  }

  /** A pod that is ready is replaced; one that is not is waited for, for ever. */
  private void replacePod(ObjectNode set, Pods pods) {
    setStatus(set, pods, hash(pods.template), hash(set.at("/spec/template")), pods.count);
    if (pods.ready || pods.count == 0) {
      var name = name(set);
      time.after(
          time.between(500, 3000),
          null,
          () -> {
            delete(name + "-0");
            recreate(name);
          });
    }
  }

  private void recreate(String name) {
    var set = get("statefulsets", name);
    if (set == null || get("pods", name + "-0") != null) {
      return;
    }
    var pods = started(set, false);
    running.put(name, pods);
    pod(set, pods);
    var hash = hash(pods.template);
    setStatus(set, pods, hash, hash, pods.count);
  }

  private void pod(ObjectNode set, Pods pods) {
    if (pods.count > 0) {
      server.put(WHO, "pods", podObject(set, set.at("/metadata/name").asText() + "-0", pods.ready));
    }
  }

  private static ObjectNode podObject(ObjectNode workload, String name, boolean ready) {
    var pod = Json.MAPPER.createObjectNode();
    pod.put("apiVersion", "v1").put("kind", "Pod");
    var metadata = pod.putObject("metadata").put("name", name);
    metadata.put("namespace", namespace(workload));
    var labels = (ObjectNode) workload.at("/spec/template/metadata/labels").deepCopy();
    metadata.set("labels", labels.put(REVISION, hash(workload.at("/spec/template"))));
    pod.putObject("status")
        .putArray("conditions")
        .addObject()
        .put("type", "Ready")
        .put("status", ready ? "True" : "False");
    return pod;
  }

  /** The workloads of the home namespace, by name. */
  List<String> workloads() {
    var home = SimulatedApiServer.NAMESPACE + "/";
    return running.keySet().stream()
        .filter(name -> name.startsWith(home))
        .map(name -> name.substring(home.length()))
        .sorted()
        .toList();
  }
}
