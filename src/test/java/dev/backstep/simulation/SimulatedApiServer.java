package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * An API server with one namespace, in memory: resourceVersion, generation, preconditions,
 * finalizers, immutable records and the answers 403, 404, 409 and 422 as the real one gives them.
 * Every write is told to the listeners with the object before and after it: the audit log.
 */
final class SimulatedApiServer {
  static final String NAMESPACE = "shop";
  static final String PLANS = "rollbackplans";
  static final String RECORDS = "controllerrevisions";

  private static final Map<String, String> KINDS =
      Map.of(
          PLANS,
          "RollbackPlan",
          RECORDS,
          "ControllerRevision",
          "deployments",
          "Deployment",
          "statefulsets",
          "StatefulSet",
          "daemonsets",
          "DaemonSet",
          "configmaps",
          "ConfigMap",
          "pods",
          "Pod",
          "serviceaccounts",
          "ServiceAccount",
          "replicasets",
          "ReplicaSet",
          "events",
          "Event");

  private final VirtualTime time;
  private final Map<String, TreeMap<String, ObjectNode>> objects = new HashMap<>();
  private final List<Listener> listeners = new ArrayList<>();
  private long version = 100;
  private long uids;

  SimulatedApiServer(VirtualTime time) {
    this.time = time;
  }

  /** Who made a write. */
  record Writer(String name, boolean operator, Request request) {
    static Writer other(String name) {
      return new Writer(name, false, null);
    }
  }

  /** One accepted write that changed something. */
  record Write(Writer writer, String resource, String name, ObjectNode before, ObjectNode after) {}

  /** Is told of every write. */
  interface Listener {
    void written(Write write);
  }

  void listen(Listener listener) {
    listeners.add(listener);
  }

  /** An object as it is now; null: there is none. Never to be changed in place. */
  ObjectNode get(String resource, String name) {
    return all(resource).get(name);
  }

  Map<String, ObjectNode> all(String resource) {
    return objects.computeIfAbsent(resource, key -> new TreeMap<>());
  }

  /** Creates an object, or replaces it: for everybody but the operator. */
  void put(String who, String resource, ObjectNode object) {
    var name = object.path("metadata").path("name").asText();
    if (get(resource, name) == null) {
      create(Writer.other(who), resource, object);
    } else {
      update(Writer.other(who), resource, name, object, false);
    }
  }

  /** Writes a status, for everybody but the operator. */
  void putStatus(String who, String resource, ObjectNode object) {
    update(
        Writer.other(who), resource, object.path("metadata").path("name").asText(), object, true);
  }

  /** Deletes an object; one with finalizers is only marked. */
  void delete(String who, String resource, String name) {
    delete(Writer.other(who), resource, name);
  }

  /** Answers a request of a process. */
  Answer handle(String process, Request request) {
    var path = request.path().split("/");
    var writer = new Writer(process, true, request);
    if (request.path().endsWith("selfsubjectaccessreviews")) {
      var review = Json.parse(request.body());
      review.putObject("status").put("allowed", true);
      return new Answer(201, review);
    }
    // /api/v1/namespaces/shop/pods/x and /apis/apps/v1/namespaces/shop/deployments/x/status
    var first = path[1].equals("api") ? 5 : 6;
    if (path.length <= first
        || !path[first - 1].equals(NAMESPACE)
        || !KINDS.containsKey(path[first])) {
      throw new IllegalArgumentException("not simulated: " + request);
    }
    var resource = path[first];
    var name = path.length > first + 1 ? path[first + 1] : null;
    var status = path.length > first + 2 && path[first + 2].equals("status");
    return switch (request.method()) {
      case "GET" -> name == null ? list(resource, request.query()) : found(resource, name);
      case "POST" -> post(writer, resource, request);
      case "PUT" -> put(writer, resource, name, request, status);
      case "PATCH" -> patch(writer, resource, name, request);
      case "DELETE" -> delete(writer, resource, name, request);
      default -> throw new IllegalArgumentException("not simulated: " + request);
    };
  }

  private Answer found(String resource, String name) {
    var object = get(resource, name);
    return object == null ? notFound(resource, name) : Answer.ok(object);
  }

  private Answer list(String resource, Map<String, String> query) {
    var list = Json.MAPPER.createObjectNode();
    list.put("kind", KINDS.get(resource) + "List").put("apiVersion", apiVersion(resource));
    list.putObject("metadata").put("resourceVersion", String.valueOf(version));
    var items = list.putArray("items");
    var selector = query.get("labelSelector");
    all(resource).values().stream().filter(it -> selected(it, selector)).forEach(items::add);
    return Answer.ok(list);
  }

  private static boolean selected(ObjectNode object, String selector) {
    if (selector == null || selector.isEmpty()) {
      return true;
    }
    for (var part : selector.split(",")) {
      var pair = part.split("=");
      if (!pair[1].equals(object.path("metadata").path("labels").path(pair[0]).asText())) {
        return false;
      }
    }
    return true;
  }

  private static String apiVersion(String resource) {
    return switch (resource) {
      case PLANS -> "backstep.dev/v1alpha1";
      case "configmaps", "pods", "serviceaccounts", "events" -> "v1";
      default -> "apps/v1";
    };
  }

  private Answer post(Writer writer, String resource, Request request) {
    var object = Json.parse(request.body());
    var name = object.path("metadata").path("name").asText();
    return get(resource, name) == null
        ? new Answer(201, create(writer, resource, object))
        : Answer.refused(409, "AlreadyExists", resource + " \"" + name + "\" already exists");
  }

  private Answer put(Writer writer, String resource, String name, Request request, boolean status) {
    var live = get(resource, name);
    var object = Json.parse(request.body());
    if (live == null) {
      return notFound(resource, name);
    }
    var wanted = object.path("metadata").path("resourceVersion").asText("");
    if (!wanted.isEmpty() && !wanted.equals(live.path("metadata").path("resourceVersion").asText())
        || !sameUid(object, live)) {
      return conflict(resource, name);
    }
    return Answer.ok(update(writer, resource, name, object, status));
  }

  /** A uid that is named is a precondition. */
  private static boolean sameUid(JsonNode object, JsonNode live) {
    var uid = object.path("metadata").path("uid").asText("");
    return uid.isEmpty() || uid.equals(live.path("metadata").path("uid").asText());
  }

  private Answer patch(Writer writer, String resource, String name, Request request) {
    var live = get(resource, name);
    if (live == null) {
      return notFound(resource, name);
    }
    var changed = live.deepCopy();
    try {
      if (!JsonPatch.apply(Json.MAPPER.readTree(request.body()), changed)) {
        return Answer.refused(
            422, "Invalid", "the server rejected our request due to an error in our request");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Answer.ok(
        request.query().containsKey("dryRun")
            ? wouldBe(resource, live, changed)
            : update(writer, resource, name, changed, false));
  }

  /** What a write would make of an object. */
  private static ObjectNode wouldBe(String resource, ObjectNode live, ObjectNode object) {
    var next = shallow(object);
    keepServerFields(live, next);
    if (movesGeneration(resource, live, next)) {
      next.withObject("/metadata").put("generation", generation(live) + 1);
    }
    return next;
  }

  private Answer delete(Writer writer, String resource, String name, Request request) {
    var live = get(resource, name);
    if (live == null) {
      return notFound(resource, name);
    }
    var wanted = Json.parse(request.body()).path("preconditions");
    var metadata = live.path("metadata");
    for (var field : List.of("uid", "resourceVersion")) {
      if (wanted.has(field) && !wanted.path(field).equals(metadata.path(field))) {
        return conflict(resource, name);
      }
    }
    delete(writer, resource, name);
    return Answer.ok(live);
  }

  private static Answer notFound(String resource, String name) {
    return Answer.refused(404, "NotFound", resource + " \"" + name + "\" not found");
  }

  private static Answer conflict(String resource, String name) {
    return Answer.refused(
        409,
        "Conflict",
        "Operation cannot be fulfilled on "
            + resource
            + " \""
            + name
            + "\": the object has been modified; please apply your changes to the latest version");
  }

  private ObjectNode create(Writer writer, String resource, ObjectNode object) {
    var made = object.deepCopy();
    var metadata = made.withObject("/metadata");
    made.put("kind", KINDS.get(resource)).put("apiVersion", apiVersion(resource));
    metadata.put("namespace", NAMESPACE).put("uid", "uid-" + ++uids);
    metadata.put("creationTimestamp", seconds());
    metadata.put("generation", 1);
    if (resource.equals(PLANS)) {
      made.remove("status");
      StructuralDefaults.fill(made);
    }
    store(writer, resource, metadata.path("name").asText(), null, made);
    return made;
  }

  /** The new object with what only the server decides; writing what is there already is nothing. */
  private ObjectNode update(
      Writer writer, String resource, String name, ObjectNode object, boolean status) {
    var live = get(resource, name);
    // What is stored is never changed in place, so parts of it may be shared.
    var next = shallow(status ? live : object);
    if (status) {
      copy(object, next, "status");
    } else {
      keepServerFields(live, next);
      if (resource.equals(PLANS)) {
        copy(live, next, "status");
        StructuralDefaults.fill(next);
      }
      if (resource.equals(RECORDS)) {
        copy(live, next, "data");
      }
    }
    if (next.equals(live)) {
      return live;
    }
    if (movesGeneration(resource, live, next)) {
      next.withObject("/metadata").put("generation", generation(live) + 1);
    }
    store(writer, resource, name, live, next);
    return finished(writer, resource, name, next);
  }

  private static ObjectNode shallow(ObjectNode object) {
    var copy = Json.MAPPER.createObjectNode();
    copy.setAll(object);
    if (object.get("metadata") instanceof ObjectNode metadata) {
      var fresh = copy.putObject("metadata");
      fresh.setAll(metadata);
    }
    return copy;
  }

  /** An object that is being deleted goes with its last finalizer. */
  private ObjectNode finished(Writer writer, String resource, String name, ObjectNode object) {
    var metadata = object.path("metadata");
    if (metadata.has("deletionTimestamp") && metadata.path("finalizers").isEmpty()) {
      remove(writer, resource, name);
    }
    return object;
  }

  private static void keepServerFields(ObjectNode live, ObjectNode next) {
    var metadata = next.withObject("/metadata");
    for (var field :
        List.of("uid", "creationTimestamp", "generation", "resourceVersion", "deletionTimestamp")) {
      copy((ObjectNode) live.path("metadata"), metadata, field);
    }
  }

  private static void copy(ObjectNode from, ObjectNode to, String field) {
    if (from.hasNonNull(field)) {
      to.set(field, from.get(field));
    } else {
      to.remove(field);
    }
  }

  private static boolean movesGeneration(String resource, ObjectNode live, ObjectNode next) {
    return !Objects.equals(live.get("spec"), next.get("spec"))
        || resource.equals("deployments")
            && !live.path("metadata")
                .path("annotations")
                .equals(next.path("metadata").path("annotations"));
  }

  private static int generation(ObjectNode object) {
    return object.path("metadata").path("generation").asInt();
  }

  private void store(
      Writer writer, String resource, String name, ObjectNode before, ObjectNode after) {
    after.withObject("/metadata").put("resourceVersion", String.valueOf(++version));
    all(resource).put(name, after);
    tell(new Write(writer, resource, name, before, after));
  }

  private void delete(Writer writer, String resource, String name) {
    var live = get(resource, name);
    if (live == null) {
      return;
    }
    if (live.path("metadata").path("finalizers").isEmpty()) {
      remove(writer, resource, name);
    } else if (!live.path("metadata").has("deletionTimestamp")) {
      var marked = live.deepCopy();
      marked.withObject("/metadata").put("deletionTimestamp", seconds());
      marked.withObject("/metadata").put("generation", generation(live) + 1);
      store(writer, resource, name, live, marked);
    }
  }

  private void remove(Writer writer, String resource, String name) {
    version++;
    tell(new Write(writer, resource, name, all(resource).remove(name), null));
  }

  private void tell(Write write) {
    listeners.forEach(listener -> listener.written(write));
  }

  private String seconds() {
    return time.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
