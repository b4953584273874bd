package dev.backstep.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.HttpGate;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.WorkloadRef;
import dev.backstep.approval.PolicyProbe;
import dev.backstep.cluster.DryRun;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.config.BackstepConfig;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.manual.ManualProbe;
import dev.backstep.journal.Journal;
import dev.backstep.rollbackplan.ApprovalEvents;
import dev.backstep.rollbackplan.Previews;
import dev.backstep.rollbackplan.RollbackPlanReconciler;
import dev.backstep.rollbackplan.SimulatedApprovals;
import dev.backstep.rollbackplan.SimulatedWakeups;
import dev.backstep.rollbackplan.Wakeups;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ResourceOperations;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.enterprise.inject.Instance;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

/**
 * One operator process: the real objects of the operator, its watches' caches, its threads and its
 * connection to the API server. It can die at any request, stand still, or see an old world.
 */
final class SimulatedProcess
    implements VirtualTime.Owner,
        WorkloadLookup,
        SimulatedHttpClient.Wire,
        SimulatedApiServer.Listener {
  private static final BackstepConfig SETTINGS =
      new SmallRyeConfigBuilder()
          .addDiscoveredConverters()
          .withMapping(BackstepConfig.class)
          .build()
          .getConfigMapping(BackstepConfig.class);
  private static final Instance<?> NOTHING = noBean();
  private static final Journal NO_JOURNAL = journal();

  /** The client sends so often before it gives up, but never what is impersonated. */
  private static final int SENDINGS = 3;

  private final Simulation world;
  private final VirtualTime time;
  private final String name;
  private final Mistake mistake;
  private final Map<String, ObjectNode> cache = new HashMap<>();
  private final Map<String, Deque<SimulatedApiServer.Write>> unseen = new HashMap<>();
  private final Map<String, Long> frozenUntil = new HashMap<>();
  private final List<Approval> approvals = new ArrayList<>();
  private final ClientPool.Line line;
  private final KubernetesClient client;
  private final RollbackPlanReconciler reconciler;
  private final Context<RollbackPlan> context;
  private RollbackPlan written;
  private VirtualTime.Task timer;
  private boolean alive = true;
  private boolean queued;
  private boolean running;
  private boolean again;
  private long pausedUntil;
  private int failures;

  SimulatedProcess(Simulation world, String name, Mistake mistake, long clockSkew) {
    this.world = world;
    this.time = world.time();
    this.name = name;
    this.mistake = mistake;
    line = ClientPool.take(this);
    client = line.client();
    reconciler = beans(clockSkew).get(RollbackPlanReconciler.class);
    context = context();
  }

  private static Instance<?> noBean() {
    return (Instance<?>)
        Proxy.newProxyInstance(
            Instance.class.getClassLoader(),
            new Class<?>[] {Instance.class},
            (proxy, method, arguments) -> {
              throw new UnsupportedOperationException("not simulated");
            });
  }

  /** Without a URL there is no journal, and one that does nothing is enough for all. */
  private static Journal journal() {
    var beans = new Beans();
    beans.put(BackstepConfig.class, SETTINGS);
    beans.put(Instance.class, NOTHING);
    beans.put(Clock.class, Clock.systemUTC());
    return beans.get(Journal.class);
  }

  private Beans beans(long clockSkew) {
    var threads = new VirtualExecutor(time, this);
    var beans = new Beans();
    beans.put(KubernetesClient.class, client);
    beans.put(BackstepConfig.class, SETTINGS);
    beans.put(Journal.class, NO_JOURNAL);
    beans.put(Instance.class, NOTHING);
    beans.put(WorkloadLookup.class, this);
    beans.put(Wakeups.class, new SimulatedWakeups(this::wake));
    beans.put(ApprovalEvents.class, new SimulatedApprovals(() -> List.copyOf(approvals)));
    beans.put(Clock.class, Clock.offset(time, Duration.ofMillis(clockSkew)));
    beans.put(ExecutorService.class, world.withEvents() ? threads : new Nowhere());
    beans.put(PolicyProbe.class, new SimulatedPolicy(world.consent()));
    beans.put(ScheduledExecutorService.class, threads);
    beans.putAll(
        GateProbe.class,
        List.of(
            new SimulatedGate<>(HttpGate.class, world.gates(), this),
            new SimulatedGate<>(WorkloadRef.class, world.gates(), this),
            new ManualProbe(Runnable::run)));
    mistake.put(beans);
    beans.put(
        Previews.class, new Previews(beans.get(Actions.class), beans.get(DryRun.class), threads));
    return beans;
  }

  @SuppressWarnings("unchecked")
  private Context<RollbackPlan> context() {
    var operations =
        new ResourceOperations<RollbackPlan>(null) {
          @Override
          public RollbackPlan updatePrimaryStatus(RollbackPlan plan) {
            written = putStatus(plan);
            return written;
          }
        };
    return (Context<RollbackPlan>)
        Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("resourceOperations")) {
                return operations;
              }
              throw new UnsupportedOperationException("not simulated: " + method);
            });
  }

  /** As the client does it, but what the answer says is read once for all. */
  private RollbackPlan putStatus(RollbackPlan plan) {
    var path =
        "/apis/backstep.dev/v1alpha1/namespaces/shop/rollbackplans/"
            + plan.getMetadata().getName()
            + "/status";
    var body = Json.CLIENT.asJson(plan).getBytes(StandardCharsets.UTF_8);
    try {
      var answer = send(new Request("PUT", path, Map.of(), body, null, moment()));
      if (!answer.isOk()) {
        throw new KubernetesClientException(
            answer.body().path("message").asText(),
            answer.code(),
            Json.CLIENT.convertValue(answer.body(), Status.class));
      }
      return (RollbackPlan) world.typed((ObjectNode) answer.body());
    } catch (IOException e) {
      throw new KubernetesClientException("no answer", e);
    }
  }

  /** Begins with the world as it was {@code behind} writes ago; the rest is seen later. */
  void start(List<SimulatedApiServer.Write> history, int behind) {
    var known = Math.max(0, history.size() - behind);
    history.subList(0, known).forEach(this::see);
    history.subList(known, history.size()).forEach(this::written);
    world.server().listen(this);
    approvals.addAll(world.consent().all());
    wake();
  }

  /** Somebody wrote an Approval; the watch tells it after a while. */
  void told(Approval approval) {
    time.after(
        world.watchLatency(),
        this,
        () -> {
          approvals.add(approval);
          wake();
        });
  }

  @Override
  public boolean alive() {
    return alive;
  }

  @Override
  public long pausedUntil() {
    return pausedUntil;
  }

  String name() {
    return name;
  }

  /** Ends the process; code that is still on the stack ends at its next request. */
  void die() {
    alive = false;
  }

  /** The history is over. */
  void over() {
    die();
    ClientPool.giveBack(line);
  }

  /** Nothing of this process runs until then. */
  void pause(long millis) {
    pausedUntil = time.elapsed() + millis;
  }

  /** Its watches of one resource tell nothing until then. */
  void freeze(String resource, long millis) {
    frozenUntil.put(resource, time.elapsed() + millis);
  }

  @Override
  public void written(SimulatedApiServer.Write write) {
    if (!alive || !watched(write.resource())) {
      return;
    }
    var waiting = unseen.computeIfAbsent(write.resource(), resource -> new ArrayDeque<>());
    waiting.add(write);
    if (waiting.size() == 1) {
      time.after(world.watchLatency(), this, () -> deliver(write.resource()));
    }
  }

  private static boolean watched(String resource) {
    return switch (resource) {
      case SimulatedApiServer.PLANS, "deployments", "statefulsets", "daemonsets" -> true;
      default -> false;
    };
  }

  private void deliver(String resource) {
    var frozen = frozenUntil.getOrDefault(resource, 0L) - time.elapsed();
    if (frozen > 0) {
      time.after(frozen, this, () -> deliver(resource));
      return;
    }
    var waiting = unseen.get(resource);
    waiting.forEach(this::see);
    waiting.clear();
    wake();
  }

  private void see(SimulatedApiServer.Write write) {
    if (watched(write.resource())) {
      var key = write.resource() + "/" + write.name();
      if (write.after() == null) {
        cache.remove(key);
      } else {
        cache.put(key, mistake.seen(write.resource(), write.after()));
      }
    }
  }

  @Override
  public Optional<Workload> find(String namespace, WorkloadRef ref) {
    var object = cache.get(Workload.resource(ref.kind()) + "/" + ref.name());
    return Optional.ofNullable(object).map(it -> Workload.of(world.typed(it)));
  }

  /** The plan as the cache has it, or as this process last wrote it, whichever is newer. */
  private RollbackPlan plan() {
    var cached = cache.get(SimulatedApiServer.PLANS + "/" + ReferenceLadder.PLAN);
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
      time.after(time.random(3), this, this::reconcile);
    }
  }

  private void reconcile() {
    queued = false;
    var plan = plan();
    if (plan == null || running) {
      return;
    }
    running = true;
    again = false;
    if (timer != null) {
      timer.cancel();
    }
    try {
      var pause = plan.getMetadata().getDeletionTimestamp() == null ? work(plan) : cleanUp(plan);
      failures = 0;
      pause.ifPresent(millis -> timer = time.after(millis, this, this::reconcile));
    } catch (KubernetesClientException e) {
      retry();
    } catch (RuntimeException e) {
      world.violated("X0", name + ": the reconciler threw " + e, e);
    } finally {
      running = false;
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
      var path =
          "/apis/backstep.dev/v1alpha1/namespaces/shop/rollbackplans/" + ReferenceLadder.PLAN;
      var patch =
          "[{\"op\":\"test\",\"path\":\"/metadata/uid\",\"value\":\""
              + plan.getMetadata().getUid()
              + "\"},{\"op\":\"remove\",\"path\":\"/metadata/finalizers\"}]";
      try {
        send(
            new Request(
                "PATCH", path, Map.of(), patch.getBytes(StandardCharsets.UTF_8), null, moment()));
      } catch (IOException e) {
        return Optional.of(1000L);
      }
    }
    return control.getScheduleDelay();
  }

  /** What the SDK does with an exception. */
  private void retry() {
    failures++;
    timer = time.after(Math.min(30_000, 500L << Math.min(failures, 10)), this, this::reconcile);
  }

  @Override
  public long moment() {
    return world.moment();
  }

  @Override
  public Answer send(Request request) throws IOException {
    var sendings = request.user() == null ? SENDINGS : 1;
    for (var sending = 1; ; sending++) {
      try {
        var answer = once(request);
        if (answer.code() < 500 || sending == sendings) {
          return answer;
        }
      } catch (IOException e) {
        if (sending == sendings) {
          throw e;
        }
      }
      pass(time.between(100, 400));
    }
  }

  /** Time passes for everybody while this thread waits. */
  private void pass(long millis) {
    world.nested(millis);
    if (!alive) {
      throw new Crash();
    }
  }

  private Answer once(Request request) throws IOException {
    if (!alive) {
      throw new Crash();
    }
    var latency = world.requestLatency();
    if (latency > 0) {
      pass(latency);
    }
    var fault = world.trouble().strike(this, request);
    if (fault == null) {
      return execute(request);
    }
    world.fired(fault, this, request);
    switch (fault) {
      case CRASH_BEFORE -> {
        crash();
        throw new Crash();
      }
      case CRASH_LATE -> {
        crash();
        time.after(time.between(100, 90_000), null, () -> world.execute(name, request));
        throw new Crash();
      }
      case CRASH_LOST -> {
        execute(request);
        crash();
        throw new Crash();
      }
      case CRASH_AFTER -> {
        var answer = execute(request);
        crash();
        return answer;
      }
      case LOST_RESPONSE -> {
        execute(request);
        throw new IOException("connection reset");
      }
      case UNAVAILABLE -> {
        return Answer.refused(503, "ServiceUnavailable", "the API server is not available");
      }
      case DUPLICATE_REQUEST -> {
        execute(request);
        return execute(request);
      }
      case SLOW_REQUEST -> {
        pass(time.between(100, 20_000));
        return execute(request);
      }
      case ZOMBIE -> {
        var asleep = time.between(16_000, 180_000);
        pause(asleep);
        world.successor(15_000);
        var overlap = time.random(6) == 0 ? 20_000 : 3000;
        time.after(asleep + time.between(0, overlap), null, this::end);
        pass(asleep);
        return execute(request);
      }
      default -> {
        // Somebody else acted just before the request arrives.
        return execute(request);
      }
    }
  }

  /** Ends because another process has the lease. */
  void end() {
    die();
    world.successor(0);
  }

  private void crash() {
    die();
    world.successor(time.between(500, 20_000));
  }

  private Answer execute(Request request) throws IOException {
    var changed = mistake.outgoing(request);
    if (changed == null) {
      return world.execute(
          name, new Request("GET", request.path(), Map.of(), new byte[0], null, request.sent()));
    }
    return mistake.incoming(request, world.execute(name, changed));
  }
}
