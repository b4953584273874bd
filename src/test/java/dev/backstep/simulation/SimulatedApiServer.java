package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * An API server in memory: resourceVersion, generation, preconditions, finalizers, immutable
 * records and the answers 403, 404, 409 and 422 as the real one gives them. Every write is told to
 * the listeners with the object before and after it: the audit log. Whoever names no namespace
 * means the home namespace, in which the ladder is.
 */
final class SimulatedApiServer {
  /** The home namespace. */
  static final String NAMESPACE = "shop";

  static final String PLANS = "rollbackplans";
  static final String SYNCS = "synccontrols";
  static final String RESTORES = "dbrestores";
  static final String RECORDS = "controllerrevisions";

  private static final Map<String, String> KINDS =
      Map.ofEntries(
          Map.entry(PLANS, "RollbackPlan"),
          Map.entry("valves", "Valve"),
          Map.entry(SYNCS, "SyncControl"),
          Map.entry(RESTORES, "DbRestore"),
          Map.entry(RECORDS, "ControllerRevision"),
          Map.entry("deployments", "Deployment"),
          Map.entry("statefulsets", "StatefulSet"),
          Map.entry("daemonsets", "DaemonSet"),
          Map.entry("rollouts", "Rollout"),
          Map.entry("configmaps", "ConfigMap"),
          Map.entry("jobs", "Job"),
          Map.entry("cronjobs", "CronJob"),
          Map.entry("scaledobjects", "ScaledObject"),
          Map.entry("pods", "Pod"),
          Map.entry("serviceaccounts", "ServiceAccount"),
          Map.entry("replicasets", "ReplicaSet"),
          Map.entry("horizontalpodautoscalers", "HorizontalPodAutoscaler"),
          Map.entry("services", "Service"),
          Map.entry("endpointslices", "EndpointSlice"),
          Map.entry("applications", "Application"),
          Map.entry("kustomizations", "Kustomization"),
          Map.entry("helmreleases", "HelmRelease"),
          Map.entry("ingresses", "Ingress"),
          Map.entry("httproutes", "HTTPRoute"),
          Map.entry("events", "Event"));

  /** The kinds that Backstep carries on: with a status of its own, and defaults. */
  private static final Set<String> CARRIED_ON = Set.of(PLANS, SYNCS, RESTORES);

  private final VirtualTime time;
  private final Map<String, TreeMap<String, ObjectNode>> objects = new HashMap<>();
  private final List<Listener> listeners = new ArrayList<>();
  private final Set<String> terminating = new HashSet<>();
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
  record Write(
      Writer writer,
      String namespace,
      String resource,
      String name,
      ObjectNode before,
      ObjectNode after) {}

  /** An object's place. */
  private record Place(String namespace, String resource, String name) {
    static Place of(String resource, ObjectNode object) {
      var metadata = object.path("metadata");
      return new Place(
          metadata.path("namespace").asText(NAMESPACE), resource, metadata.path("name").asText());
    }
  }

  /** Is told of every write. */
  interface Listener {
    void written(Write write);
  }

  /** True for a write of the plan that the ladder is about. */
  static boolean isLadder(Write write) {
    return write.resource().equals(PLANS)
        && write.name().equals(ReferenceLadder.PLAN)
        && write.namespace().equals(NAMESPACE);
  }

  /** The kind of a resource's objects. */
  static String kind(String resource) {
    return KINDS.get(resource);
  }

  /** The resource of an object's kind. */
  static String resource(JsonNode object) {
    var kind = object.path("kind").asText().toLowerCase(Locale.ROOT);
    return kind.endsWith("s") ? kind + "es" : kind + "s";
  }

  /** Tells of writes in the home namespace. */
  void listen(Listener listener) {
    listenEverywhere(
        write -> {
          if (write.namespace().equals(NAMESPACE)) {
            listener.written(write);
          }
        });
  }

  /** Tells of writes in every namespace. */
  void listenEverywhere(Listener listener) {
    listeners.add(listener);
  }

  /** An object as it is now; null: there is none. Never to be changed in place. */
  ObjectNode get(String resource, String name) {
    return get(NAMESPACE, resource, name);
  }

  /** As {@link #get(String, String)}, in any namespace. */
  ObjectNode get(String namespace, String resource, String name) {
    return all(namespace, resource).get(name);
  }

  private ObjectNode get(Place place) {
    return get(place.namespace, place.resource, place.name);
  }

  Map<String, ObjectNode> all(String resource) {
    return all(NAMESPACE, resource);
  }

  /** As {@link #all(String)}, in any namespace. */
  Map<String, ObjectNode> all(String namespace, String resource) {
    return objects.computeIfAbsent(namespace + "/" + resource, key -> new TreeMap<>());
  }

  /** From now on nothing can be created in a namespace: it is being deleted. */
  void terminate(String namespace) {
    terminating.add(namespace);
  }

  /** True while a namespace is being deleted. */
  boolean terminating(String namespace) {
    return terminating.contains(namespace);
  }

  /** Creates an object, or replaces it: for everybody but the operator. */
  void put(String who, String resource, ObjectNode object) {
    var place = Place.of(resource, object);
    if (get(place) != null) {
      update(Writer.other(who), place, object, false);
    } else if (!terminating(place.namespace)) {
      create(Writer.other(who), place, object);
    }
  }

  /** Writes a status, for everybody but the operator. */
  void putStatus(String who, String resource, ObjectNode object) {
    update(Writer.other(who), Place.of(resource, object), object, true);
  }

  /** Deletes an object of the home namespace; one with finalizers is only marked. */
  void delete(String who, String resource, String name) {
    delete(who, NAMESPACE, resource, name);
  }

  /** As {@link #delete(String, String, String)}, in any namespace. */
  void delete(String who, String namespace, String resource, String name) {
    delete(Writer.other(who), new Place(namespace, resource, name));
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
    if (request.path().endsWith("selfsubjectrulesreviews")) {
      return new Answer(201, everything(Json.parse(request.body())));
    }
    if (request.isDiscovery()) {
      return Answer.ok(resources(path[2] + "/" + path[3]));
    }
    // /api/v1/namespaces/shop/pods/x and /apis/apps/v1/namespaces/shop/deployments/x/status
    var first = path[1].equals("api") ? 5 : 6;
    if (path.length <= first || !KINDS.containsKey(path[first])) {
      throw new IllegalArgumentException("not simulated: " + request);
    }
    var name = path.length > first + 1 ? path[first + 1] : null;
    var place = new Place(path[first - 1], path[first], name);
    var status = path.length > first + 2 && path[first + 2].equals("status");
    return switch (request.method()) {
      case "GET" -> name == null ? list(place, request.query()) : found(place);
      case "POST" -> post(writer, place, request);
      case "PUT" -> put(writer, place, request, status);
      case "PATCH" -> patch(writer, place, request);
      case "DELETE" -> delete(writer, place, request);
      default -> throw new IllegalArgumentException("not simulated: " + request);
    };
  }

  /** A review that says that everything is allowed. */
  private static ObjectNode everything(ObjectNode review) {
    var status = review.putObject("status").put("incomplete", false);
    status.putArray("nonResourceRules");
    var rule = status.putArray("resourceRules").addObject();
    List.of("verbs", "apiGroups", "resources").forEach(list -> rule.putArray(list).add("*"));
    return review;
  }

  /** What there is of an API group: who has no model of a kind asks for its name. */
  private static ObjectNode resources(String groupVersion) {
    var list = Json.MAPPER.createObjectNode();
    list.put("kind", "APIResourceList").put("apiVersion", "v1").put("groupVersion", groupVersion);
    var resources = list.putArray("resources");
    KINDS.forEach(
        (name, kind) -> {
          if (apiVersion(new Place("", name, "")).equals(groupVersion)) {
            resources.addObject().put("name", name).put("kind", kind).put("namespaced", true);
          }
        });
    return list;
  }

  private Answer found(Place place) {
    var object = get(place);
    return object == null ? notFound(place) : Answer.ok(object);
  }

  private Answer list(Place place, Map<String, String> query) {
    var list = Json.MAPPER.createObjectNode();
    list.put("kind", KINDS.get(place.resource) + "List").put("apiVersion", apiVersion(place));
    list.putObject("metadata").put("resourceVersion", String.valueOf(version));
    var items = list.putArray("items");
    var selector = query.get("labelSelector");
    all(place.namespace, place.resource).values().stream()
        .filter(it -> selected(it, selector))
        .forEach(items::add);
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

  private static String apiVersion(Place place) {
    return switch (place.resource) {
      case PLANS, SYNCS, RESTORES, "valves" -> "backstep.dev/v1alpha1";
      case "jobs", "cronjobs" -> "batch/v1";
      case "scaledobjects" -> "keda.sh/v1alpha1";
      case "applications" -> "argoproj.io/v1alpha1";
      case "kustomizations" -> "kustomize.toolkit.fluxcd.io/v1";
      case "helmreleases" -> "helm.toolkit.fluxcd.io/v2";
      case "horizontalpodautoscalers" -> "autoscaling/v2";
      case "configmaps", "pods", "serviceaccounts", "events", "services" -> "v1";
      case "endpointslices" -> "discovery.k8s.io/v1";
      case "ingresses" -> "networking.k8s.io/v1";
      case "httproutes" -> "gateway.networking.k8s.io/v1";
      default -> "apps/v1";
    };
  }

  private Answer post(Writer writer, Place list, Request request) {
    var object = Json.parse(request.body());
    var name = object.path("metadata").path("name").asText();
    var place = new Place(list.namespace, list.resource, name);
    if (get(place) != null) {
      return Answer.refused(
          409, "AlreadyExists", place.resource + " \"" + name + "\" already exists");
    }
    if (terminating(place.namespace)) {
      return Answer.terminating(beingTerminated(place));
    }
    return new Answer(
        201, request.query().containsKey("dryRun") ? object : create(writer, place, object));
  }

  private static String beingTerminated(Place place) {
    return "%s \"%s\" is forbidden: unable to create new content in namespace %s because it is being terminated"
        .formatted(place.resource, place.name, place.namespace);
  }

  private Answer put(Writer writer, Place place, Request request, boolean status) {
    var live = get(place);
    var object = Json.parse(request.body());
    if (live == null) {
      return notFound(place);
    }
    var wanted = object.path("metadata").path("resourceVersion").asText("");
    if (!wanted.isEmpty() && !wanted.equals(live.path("metadata").path("resourceVersion").asText())
        || !sameUid(object, live)) {
      return conflict(place);
    }
    return Answer.ok(update(writer, place, object, status));
  }

  /** A uid that is named is a precondition. */
  private static boolean sameUid(JsonNode object, JsonNode live) {
    var uid = object.path("metadata").path("uid").asText("");
    return uid.isEmpty() || uid.equals(live.path("metadata").path("uid").asText());
  }

  private Answer patch(Writer writer, Place place, Request request) {
    var live = get(place);
    if (live == null) {
      return notFound(place);
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
    withoutEmptyLists(changed.at("/spec/template"));
    return Answer.ok(
        request.query().containsKey("dryRun")
            ? wouldBe(place, live, changed)
            : update(writer, place, changed, false));
  }

  /** The API server leaves out lists of a pod template in which nothing is. */
  private static void withoutEmptyLists(JsonNode value) {
    for (var it = value.elements(); it.hasNext(); ) {
      var inner = it.next();
      if (inner.isArray() && inner.isEmpty()) {
        it.remove();
      } else {
        withoutEmptyLists(inner);
      }
    }
  }

  /** What a write would make of an object. */
  private static ObjectNode wouldBe(Place place, ObjectNode live, ObjectNode object) {
    var next = shallow(object);
    keepServerFields(live, next);
    if (movesGeneration(place, live, next)) {
      next.withObject("/metadata").put("generation", generation(live) + 1);
    }
    return next;
  }

  private Answer delete(Writer writer, Place place, Request request) {
    if (place.name == null) {
      return deleteAll(writer, place, request.query().get("labelSelector"));
    }
    var live = get(place);
    if (live == null) {
      return notFound(place);
    }
    var wanted = Json.parse(request.body()).path("preconditions");
    var metadata = live.path("metadata");
    for (var field : List.of("uid", "resourceVersion")) {
      if (wanted.has(field) && !wanted.path(field).equals(metadata.path(field))) {
        return conflict(place);
      }
    }
    delete(writer, place);
    return Answer.ok(live);
  }

  private Answer deleteAll(Writer writer, Place list, String selector) {
    all(list.namespace, list.resource).values().stream()
        .filter(it -> selected(it, selector))
        .map(it -> Place.of(list.resource, it))
        .toList()
        .forEach(it -> delete(writer, it));
    return Answer.ok(Json.MAPPER.createObjectNode().put("kind", "Status").put("status", "Success"));
  }

  private static Answer notFound(Place place) {
    return Answer.refused(404, "NotFound", place.resource + " \"" + place.name + "\" not found");
  }

  private static Answer conflict(Place place) {
    return Answer.refused(
        409,
        "Conflict",
        "Operation cannot be fulfilled on %s \"%s\": the object has been modified; please apply your changes to the latest version"
            .formatted(place.resource, place.name));
  }

  private ObjectNode create(Writer writer, Place place, ObjectNode object) {
    var made = object.deepCopy();
    var metadata = made.withObject("/metadata");
    made.put("kind", KINDS.get(place.resource)).put("apiVersion", apiVersion(place));
    metadata.put("namespace", place.namespace).put("uid", "uid-" + ++uids);
    metadata.put("creationTimestamp", seconds());
    metadata.put("generation", 1);
    if (CARRIED_ON.contains(place.resource)) {
      made.remove("status");
      StructuralDefaults.fill(place.resource, made);
    }
    store(writer, place, null, made);
    return made;
  }

  /** The new object with what only the server decides; writing what is there already is nothing. */
  private ObjectNode update(Writer writer, Place place, ObjectNode object, boolean status) {
    var live = get(place);
    // What is stored is never changed in place, so parts of it may be shared.
    var next = shallow(status ? live : object);
    if (status) {
      copy(object, next, "status");
    } else {
      keepServerFields(live, next);
      if (CARRIED_ON.contains(place.resource)) {
        copy(live, next, "status");
        StructuralDefaults.fill(place.resource, next);
      }
      if (place.resource.equals(RECORDS)) {
        copy(live, next, "data");
      }
    }
    if (next.equals(live)) {
      return live;
    }
    if (movesGeneration(place, live, next)) {
      next.withObject("/metadata").put("generation", generation(live) + 1);
    }
    store(writer, place, live, next);
    return finished(writer, place, next);
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
  private ObjectNode finished(Writer writer, Place place, ObjectNode object) {
    var metadata = object.path("metadata");
    if (metadata.has("deletionTimestamp") && metadata.path("finalizers").isEmpty()) {
      remove(writer, place);
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

  private static boolean movesGeneration(Place place, ObjectNode live, ObjectNode next) {
    return !Objects.equals(live.get("spec"), next.get("spec"))
        || place.resource.equals("deployments")
            && !live.path("metadata")
                .path("annotations")
                .equals(next.path("metadata").path("annotations"));
  }

  private static int generation(ObjectNode object) {
    return object.path("metadata").path("generation").asInt();
  }

  private void store(Writer writer, Place place, ObjectNode before, ObjectNode after) {
    after.withObject("/metadata").put("resourceVersion", String.valueOf(++version));
    all(place.namespace, place.resource).put(place.name, after);
    tell(writer, place, before, after);
  }

  private void delete(Writer writer, Place place) {
    var live = get(place);
    if (live == null) {
      return;
    }
    if (live.path("metadata").path("finalizers").isEmpty()) {
      remove(writer, place);
    } else if (!live.path("metadata").has("deletionTimestamp")) {
      var marked = live.deepCopy();
      marked.withObject("/metadata").put("deletionTimestamp", seconds());
      marked.withObject("/metadata").put("generation", generation(live) + 1);
      store(writer, place, live, marked);
    }
  }

  private void remove(Writer writer, Place place) {
    version++;
    tell(writer, place, all(place.namespace, place.resource).remove(place.name), null);
  }

  private void tell(Writer writer, Place place, ObjectNode before, ObjectNode after) {
    var write = new Write(writer, place.namespace, place.resource, place.name, before, after);
    listeners.forEach(listener -> listener.written(write));
  }

  private String seconds() {
    return time.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
