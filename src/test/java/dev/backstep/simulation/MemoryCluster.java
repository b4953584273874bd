package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.gate.HttpGate;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.cluster.WorkloadType;
import dev.backstep.config.BackstepConfig;
import dev.backstep.database.Schemas;
import dev.backstep.database.SimulatedSchemas;
import dev.backstep.effect.LookThreads;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.GateScope;
import dev.backstep.journal.Journal;
import dev.backstep.journal.MemoryTable;
import dev.backstep.measure.Reading;
import dev.backstep.notification.Deliveries;
import dev.backstep.notification.Notifier;
import dev.backstep.notification.SimulatedDeliveries;
import dev.backstep.resource.Caches;
import dev.backstep.rollbackplan.watch.PlanApprovals;
import dev.backstep.rollbackplan.watch.PlanCache;
import dev.backstep.rollbackplan.watch.PlanWakeups;
import dev.backstep.rollbackplan.watch.SimulatedApprovals;
import dev.backstep.rollbackplan.watch.SimulatedPlanCache;
import dev.backstep.rollbackplan.watch.SimulatedWakeups;
import dev.backstep.rollbackplan.watch.SimulatedWorkloadEvents;
import dev.backstep.rollbackplan.watch.WorkloadEvents;
import dev.backstep.testing.FilledCaches;
import dev.backstep.testing.LooksHere;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Instance;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.stream.Stream;

/** The API server of the simulation with an ordinary client, for tests of single classes. */
public final class MemoryCluster {
  public static final String NAMESPACE = SimulatedApiServer.NAMESPACE;

  private static final Config CONFIG =
      new ConfigBuilder(Config.empty())
          .withMasterUrl("http://simulated/")
          .withNamespace(NAMESPACE)
          .withRequestRetryBackoffLimit(0)
          .build();

  private static final Vertx NOWHERE =
      (Vertx)
          Proxy.newProxyInstance(
              Vertx.class.getClassLoader(),
              new Class<?>[] {Vertx.class},
              (proxy, method, arguments) -> null);

  private final VirtualTime time = new VirtualTime(1);
  private final SimulatedApiServer server = new SimulatedApiServer(time);
  private final List<String> requests = new ArrayList<>();
  private final KubernetesClient client;
  private final Beans beans;
  private final Map<String, ObjectNode> reviewed = new HashMap<>();
  private Reading reading = Reading.green("fine");
  private final Map<String, List<String>> pruned = new HashMap<>();
  private Function<Request, Optional<Answer>> refusal = request -> Optional.empty();

  public MemoryCluster() {
    this(null);
  }

  /**
   * @param table what the journal is kept in; null: there is no journal
   */
  public MemoryCluster(MemoryTable table) {
    client =
        new KubernetesClientBuilder()
            .withConfig(CONFIG)
            .withKubernetesSerialization(Json.CLIENT)
            .withHttpClientFactory(new SimulatedHttpClient.Factory(new Connection()))
            .build();
    beans = beans(table);
  }

  /** Every request, answered at once. */
  private final class Connection implements SimulatedHttpClient.Wire {
    private long moments;

    @Override
    public Answer send(Request request) {
      requests.add(request.method() + " " + request.path());
      return refusal.apply(request).orElseGet(() -> answered(request));
    }

    @Override
    public long moment() {
      return ++moments;
    }
  }

  /** There is one namespace; what is created elsewhere is taken and forgotten. */
  private Answer answered(Request request) {
    var review = reviewed.get(request.path().substring(request.path().lastIndexOf('/') + 1));
    if (review != null) {
      return new Answer(201, Json.parse(request.body()).set("status", review));
    }
    return request.path().contains("/namespaces/default/")
        ? new Answer(201, Json.parse(request.body()))
        : server.handle("operator", kept(request));
  }

  /** What is left of a request: the API server drops fields that its CRD does not have. */
  private Request kept(Request request) {
    var path = request.path().split("/");
    var field = request.isStatusWrite() ? pruned.get(path[path.length - 3]) : null;
    if (field == null) {
      return request;
    }
    var object = Json.parse(request.body());
    drop(object, field);
    return request.withBody(Json.bytes(object));
  }

  private static void drop(JsonNode from, List<String> field) {
    if (from.isArray()) {
      from.forEach(element -> drop(element, field));
    } else if (field.size() > 1) {
      drop(from.path(field.get(0)), field.subList(1, field.size()));
    } else if (from instanceof ObjectNode object) {
      object.remove(field.get(0));
    }
  }

  /** One of the operator's objects; its threads run while time passes, and nothing wakes a plan. */
  public <T> T bean(Class<T> type) {
    return beans.get(type);
  }

  /** Wherever the operator has one of these, it has this one instead; said before it is used. */
  public <T> void replace(Class<T> type, Class<? extends T> by) {
    beans.replace(type, by);
  }

  /** As {@link #bean}, of an operator that starts now and remembers nothing. */
  public <T> T another(Class<T> type) {
    return beans(null).get(type);
  }

  /** As {@link #another}, of one with every action and gate; nobody outside of it is reached. */
  public <T> T complete(Class<T> type) {
    var made = new Beans();
    made.put(Vertx.class, NOWHERE);
    return given(made, null).get(type);
  }

  private Beans beans(MemoryTable table) {
    var made = new Beans();
    made.leaveOut(Beans.NOT_SIMULATED);
    made.putAll(
        GateProbe.class, List.of(new Gauge<>(WorkloadRef.class), new Gauge<>(HttpGate.class)));
    return given(made, table);
  }

  private Beans given(Beans made, MemoryTable table) {
    var threads = new VirtualExecutor(time, new Operator());
    made.put(KubernetesClient.class, client);
    made.put(BackstepConfig.class, SimulatedProcess.SETTINGS);
    made.put(Instance.class, SimulatedProcess.NOTHING);
    made.put(
        Journal.class, table == null ? SimulatedProcess.NO_JOURNAL : table.journal(time, threads));
    made.put(Clock.class, time);
    var deliveries = new SimulatedDeliveries(null);
    made.put(Deliveries.class, deliveries);
    made.put(Notifier.class, new Notifier(deliveries, time, threads));
    made.put(Caches.class, new FilledCaches());
    made.put(WorkloadLookup.class, new Cached());
    made.put(Schemas.class, SimulatedSchemas.saying(() -> "1"));
    made.put(PlanWakeups.class, new SimulatedWakeups(() -> {}));
    made.replace(WorkloadEvents.class, SimulatedWorkloadEvents.class);
    made.put(PlanCache.class, new SimulatedPlanCache(this::plans));
    made.put(PlanApprovals.class, new SimulatedApprovals(List::of, List::of));
    made.put(LookThreads.class, new LooksHere());
    made.put(Executor.class, threads);
    made.put(ExecutorService.class, threads);
    made.put(ScheduledExecutorService.class, threads);
    return made;
  }

  /** Never dies and never stands still. */
  private static final class Operator implements VirtualTime.Owner {
    @Override
    public boolean alive() {
      return true;
    }

    @Override
    public long pausedUntil() {
      return 0;
    }
  }

  /** A gate that says what the test wants. */
  private final class Gauge<G> implements GateProbe<G> {
    private final Class<G> type;

    Gauge(Class<G> type) {
      this.type = type;
    }

    @Override
    public Class<G> type() {
      return type;
    }

    @Override
    public CompletionStage<Reading> measure(G gate, GateScope scope) {
      return CompletableFuture.completedFuture(reading);
    }
  }

  /** What all gates say from now on. */
  public void gates(Reading said) {
    reading = said;
  }

  /** The workloads, as a watch that is never behind has them. */
  private final class Cached implements WorkloadLookup {
    @Override
    public Optional<Workload> find(String namespace, WorkloadRef ref) {
      var type = Workloads.TYPES.of(ref.kind());
      return Optional.ofNullable(server.get(type.resource(), ref.name()))
          .map(json -> workload(type, json));
    }

    @Override
    public Stream<Workload> in(String namespace) {
      return Workloads.TYPES
          .all()
          .flatMap(
              type ->
                  server.all(type.resource()).values().stream().map(json -> workload(type, json)));
    }

    private static Workload workload(WorkloadType<?> type, ObjectNode json) {
      return Workloads.workload(Json.typed(json, type.type()));
    }
  }

  /** All plans as they are now. */
  public List<RollbackPlan> plans() {
    return server.all(SimulatedApiServer.PLANS).values().stream()
        .map(json -> Json.CLIENT.convertValue(json, RollbackPlan.class))
        .toList();
  }

  /** The only plan. */
  public RollbackPlan plan() {
    return plans().get(0);
  }

  /** Merges into the spec of the only plan. */
  public void edit(String yaml) {
    var object = server.get(SimulatedApiServer.PLANS, plan().getMetadata().getName()).deepCopy();
    ((ObjectNode) object.get("spec")).setAll(Json.yaml(yaml));
    server.put("admin", SimulatedApiServer.PLANS, object);
  }

  /** Deletes the only plan, as a user does. */
  public void delete() {
    server.delete("admin", SimulatedApiServer.PLANS, plan().getMetadata().getName());
  }

  /** Writes a status, as the operator does. */
  public RollbackPlan put(RollbackPlan plan) {
    return client.resource(plan).updateStatus();
  }

  /** The operator's client. */
  public KubernetesClient client() {
    return client;
  }

  /** Time that stands still until it is told to pass. */
  public Clock clock() {
    return time;
  }

  /** Lets time pass. */
  public void pass(Duration duration) {
    time.runUntil(time.elapsed() + duration.toMillis());
  }

  /** A Deployment with one container, app. */
  public void givenDeployment(String name, int replicas, String image) {
    given(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %1$s}
        spec:
          replicas: %2$d
          selector: {matchLabels: {app: %1$s}}
          template:
            metadata: {labels: {app: %1$s}}
            spec: {containers: [{name: app, image: '%3$s'}]}
        """
            .formatted(name, replicas, image));
  }

  /** An object that somebody else makes, as YAML. */
  public void given(String yaml) {
    var object = Json.yaml(yaml);
    var resource = SimulatedApiServer.resource(object);
    object.withObject("/metadata").put("namespace", NAMESPACE);
    server.put("admin", resource, object);
    if (object.has("status")) {
      server.putStatus("admin", resource, object);
    }
  }

  /** An object as it is now. */
  public <T extends HasMetadata> Optional<T> find(Class<T> type, String resource, String name) {
    var object = server.get(resource, name);
    return Optional.ofNullable(object).map(it -> Json.CLIENT.convertValue(it, type));
  }

  /** The names of all objects of a resource, in order. */
  public List<String> names(String resource) {
    return List.copyOf(server.all(resource).keySet());
  }

  /** Method and path of what was asked since the last call. */
  public List<String> requests() {
    var asked = List.copyOf(requests);
    requests.clear();
    return asked;
  }

  /** From now on answers every such request with this code: of a resource, or of a name. */
  public void refuse(String method, String what, int code, String reason, String message) {
    refusal =
        request ->
            request.method().equals(method)
                    && (request.path().contains(what) || name(request).startsWith(what))
                ? Optional.of(Answer.refused(code, reason, message))
                : Optional.empty();
  }

  /**
   * From now on the API server has a CRD without this field.
   *
   * @param resource such as {@code rollbackplans}
   * @param field such as {@code status.run.levels.name}, through lists
   */
  public void prune(String resource, String field) {
    pruned.put(resource, List.of(field.split("\\.")));
  }

  /** From now on it has a CRD with all fields. */
  public void applyDefinitions() {
    pruned.clear();
  }

  /** From now on answers such reviews, as {@code selfsubjectrulesreviews}, by this status. */
  public void review(String reviews, String status) {
    reviewed.put(reviews, Json.yaml(status));
  }

  private static String name(Request request) {
    return Json.parse(request.body()).at("/metadata/name").asText();
  }

  /** As the API server refuses to create anything in a namespace that is being deleted. */
  public void terminate() {
    refusal = MemoryCluster::terminating;
  }

  private static Optional<Answer> terminating(Request request) {
    if (!request.method().equals("POST") || !request.path().contains("/" + NAMESPACE + "/")) {
      return Optional.empty();
    }
    return Optional.of(
        Answer.terminating(
            "%s is forbidden: unable to create new content in namespace %s because it is being terminated"
                .formatted(name(request), NAMESPACE)));
  }

  /** Nothing is refused any more. */
  public void allow() {
    refusal = request -> Optional.empty();
  }
}
