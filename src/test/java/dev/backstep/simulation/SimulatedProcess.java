package dev.backstep.simulation;

import static dev.backstep.simulation.SimulatedApiServer.PLANS;
import static dev.backstep.simulation.SimulatedApiServer.SYNCS;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.gate.HttpGate;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.approval.PolicyProbe;
import dev.backstep.cluster.ServiceAddresses;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.cluster.WorkloadObserver;
import dev.backstep.config.BackstepConfig;
import dev.backstep.database.BatchedUpdates;
import dev.backstep.database.CatalogChanges;
import dev.backstep.database.Functions;
import dev.backstep.database.JobTables;
import dev.backstep.database.Queries;
import dev.backstep.database.Schemas;
import dev.backstep.database.SimulatedBatchedUpdates;
import dev.backstep.database.SimulatedCatalog;
import dev.backstep.database.SimulatedCatalogChanges;
import dev.backstep.database.SimulatedJobTables;
import dev.backstep.database.SimulatedPreflight;
import dev.backstep.database.SimulatedQueries;
import dev.backstep.database.SimulatedSchemas;
import dev.backstep.database.SimulatedStatements;
import dev.backstep.database.SimulatedTransactions;
import dev.backstep.database.SimulatedTriggerLooks;
import dev.backstep.database.SqlPreflight;
import dev.backstep.database.SqlStatements;
import dev.backstep.database.SqlTransactions;
import dev.backstep.database.Triggers;
import dev.backstep.database.swap.DatabaseDrops;
import dev.backstep.database.swap.DatabaseSwaps;
import dev.backstep.database.swap.Disconnections;
import dev.backstep.database.swap.SideCreations;
import dev.backstep.database.swap.SideProofs;
import dev.backstep.database.swap.SimulatedDatabaseDrops;
import dev.backstep.database.swap.SimulatedDatabaseSwaps;
import dev.backstep.database.swap.SimulatedDisconnections;
import dev.backstep.database.swap.SimulatedSideCreations;
import dev.backstep.database.swap.SimulatedSideProofs;
import dev.backstep.database.swap.SimulatedSwapLooks;
import dev.backstep.database.swap.SwapLooks;
import dev.backstep.dump.DumpLooks;
import dev.backstep.dump.SimulatedDumpLooks;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.LookThreads;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.job.AskedJobs;
import dev.backstep.gate.job.JobProbe;
import dev.backstep.gate.manual.ManualProbe;
import dev.backstep.gate.sql.SqlProbe;
import dev.backstep.http.HttpReadings;
import dev.backstep.http.HttpRequests;
import dev.backstep.http.SimulatedRequests;
import dev.backstep.journal.Journal;
import dev.backstep.journal.JournalTable;
import dev.backstep.notification.Deliveries;
import dev.backstep.notification.Notifier;
import dev.backstep.notification.SimulatedDeliveries;
import dev.backstep.resource.Caches;
import dev.backstep.rollbackplan.RollbackPlanReconciler;
import dev.backstep.rollbackplan.gather.Previews;
import dev.backstep.rollbackplan.watch.PlanApprovals;
import dev.backstep.rollbackplan.watch.PlanCache;
import dev.backstep.rollbackplan.watch.PlanWakeups;
import dev.backstep.rollbackplan.watch.SimulatedApprovals;
import dev.backstep.rollbackplan.watch.SimulatedPlanCache;
import dev.backstep.rollbackplan.watch.SimulatedWakeups;
import dev.backstep.rollbackplan.watch.SimulatedWorkloadEvents;
import dev.backstep.rollbackplan.watch.WorkloadEvents;
import dev.backstep.synccontrol.SyncControlReconciler;
import dev.backstep.synccontrol.watch.SimulatedSyncCache;
import dev.backstep.synccontrol.watch.SimulatedSyncWakeups;
import dev.backstep.synccontrol.watch.SyncCache;
import dev.backstep.synccontrol.watch.SyncWakeups;
import dev.backstep.testing.FilledCaches;
import dev.backstep.testing.Outside;
import dev.backstep.testing.Settings;
import dev.backstep.testing.TaskTaker;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.inject.Instance;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;

/**
 * One operator process: the real objects of the operator, its watches' caches, its threads and its
 * connection to the API server. It can die at any request, stand still, or see an old world.
 */
final class SimulatedProcess
    implements VirtualTime.Owner,
        WorkloadLookup,
        SimulatedHttpClient.Wire,
        SimulatedApiServer.Listener,
        Outside {
  private static final Map<String, String> IMAGE = Map.of("backstep.image.name", "operator:v1");
  static final BackstepConfig SETTINGS = Settings.of(IMAGE);
  private static final BackstepConfig WITH_JOURNAL =
      Settings.of(Map.of("backstep.journal.url", "jdbc:simulated:journal"));
  static final Instance<?> NOTHING = noBean();

  /** Drops what it is given: most histories are without Kubernetes Events, which take long. */
  private static final ExecutorService NOWHERE = new TaskTaker(task -> {});

  static final Journal NO_JOURNAL = journal();

  /** The client sends so often before it gives up, but never what is impersonated. */
  private static final int SENDINGS = 2;

  /** In milliseconds: by then it has looked again at what its watches told. */
  private static final long CATCHING_UP = 5_000;

  private final Simulation world;
  private final VirtualTime time;
  private final String name;
  private final Mistake mistake;
  private final long clockSkew;
  private final Map<String, ObjectNode> cache = new HashMap<>();
  private final Map<String, Deque<SimulatedApiServer.Write>> unseen = new HashMap<>();
  private final Map<String, Long> frozenUntil = new HashMap<>();
  private final List<Approval> approvals = new ArrayList<>();
  private final ClientPool.Line line;
  private final KubernetesClient client;
  private final SimulatedQueues queues;
  private final WorkloadObserver observer;
  private final Set<CompletableFuture<?>> unanswered = new HashSet<>();
  private boolean alive = true;
  private long pausedUntil;

  SimulatedProcess(Simulation world, String name, Mistake mistake, long clockSkew) {
    this.world = world;
    this.time = world.time();
    this.name = name;
    this.mistake = mistake;
    this.clockSkew = clockSkew;
    line = ClientPool.take(this);
    client = line.client();
    var beans = beans(clockSkew);
    queues =
        new SimulatedQueues(
            world,
            this,
            beans.get(RollbackPlanReconciler.class),
            beans.get(SyncControlReconciler.class));
    observer = beans.get(WorkloadObserver.class);
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
    beans.put(ExecutorService.class, NOWHERE);
    return beans.get(Journal.class);
  }

  private Journal journal(VirtualExecutor threads) {
    return new Journal(
        WITH_JOURNAL,
        new JournalTable(instance(world.database().source()), instance(MIGRATED)),
        time,
        threads);
  }

  /** Making one takes longer than a history. */
  private static final Flyway MIGRATED = new NoMigration();

  /** The tables are there already. */
  private static final class NoMigration extends Flyway {
    NoMigration() {
      super(Flyway.configure());
    }

    @Override
    public MigrateResult migrate() {
      return null;
    }
  }

  @SuppressWarnings("unchecked")
  private static <T> Instance<T> instance(T bean) {
    return (Instance<T>)
        Proxy.newProxyInstance(
            Instance.class.getClassLoader(),
            new Class<?>[] {Instance.class},
            (proxy, method, arguments) -> bean);
  }

  private Beans beans(long clockSkew) {
    var threads = new VirtualExecutor(time, this);
    var beans = new Beans();
    beans.put(KubernetesClient.class, client);
    beans.put(BackstepConfig.class, SETTINGS);
    beans.put(Journal.class, world.withJournal() ? journal(threads) : NO_JOURNAL);
    beans.put(Instance.class, NOTHING);
    beans.put(Caches.class, new FilledCaches());
    beans.put(WorkloadLookup.class, this);
    beans.replace(WorkloadEvents.class, SimulatedWorkloadEvents.class);
    beans.put(PlanWakeups.class, new SimulatedWakeups(plan -> queues.wakes(plan)));
    beans.put(PlanCache.class, new SimulatedPlanCache(() -> all(RollbackPlan.class, PLANS)));
    beans.put(SyncWakeups.class, new SimulatedSyncWakeups(sync -> queues.wakes(sync)));
    beans.put(SyncCache.class, new SimulatedSyncCache(() -> all(SyncControl.class, SYNCS)));
    beans.put(
        PlanApprovals.class,
        new SimulatedApprovals(
            () -> List.copyOf(approvals), () -> List.copyOf(world.consent().all())));
    var clock = Clock.offset(time, Duration.ofMillis(clockSkew));
    beans.put(Clock.class, clock);
    beans.put(ExecutorService.class, world.withEvents() ? threads : NOWHERE);
    beans.put(PolicyProbe.class, new SimulatedPolicy(world.consent(), name, clock));
    beans.put(ScheduledExecutorService.class, threads);
    beans.put(LookThreads.class, new LookThreads(threads));
    beans.put(Outside.class, this);
    beans.replace(Queries.class, SimulatedQueries.class);
    beans.replace(HttpRequests.class, SimulatedRequests.class);
    beans.put(
        HttpReadings.class,
        new SimulatedRequests(this, beans.get(ServiceAddresses.class), clock).readings(threads));
    beans.put(
        Schemas.class,
        SimulatedSchemas.answering(() -> later(new Schemas.Schema(world.schema(), null))));
    var deliveries = new SimulatedDeliveries(this);
    beans.put(Deliveries.class, deliveries);
    beans.put(Notifier.class, new Notifier(deliveries, clock, threads));
    beans.put(SqlPreflight.class, new SimulatedPreflight(this::later));
    beans.replace(Triggers.class, SimulatedTriggerLooks.class);
    beans.put(Functions.class, SimulatedCatalog.functions());
    beans.replace(SqlTransactions.class, SimulatedTransactions.class);
    beans.replace(SqlStatements.class, SimulatedStatements.class);
    beans.replace(CatalogChanges.class, SimulatedCatalogChanges.class);
    beans.replace(SwapLooks.class, SimulatedSwapLooks.class);
    beans.replace(SideCreations.class, SimulatedSideCreations.class);
    beans.replace(SideProofs.class, SimulatedSideProofs.class);
    beans.replace(Disconnections.class, SimulatedDisconnections.class);
    beans.replace(DatabaseSwaps.class, SimulatedDatabaseSwaps.class);
    beans.replace(DatabaseDrops.class, SimulatedDatabaseDrops.class);
    beans.replace(DumpLooks.class, SimulatedDumpLooks.class);
    beans.replace(JobTables.class, SimulatedJobTables.class);
    beans.replace(BatchedUpdates.class, SimulatedBatchedUpdates.class);
    mistake.put(beans);
    beans.putAll(
        GateProbe.class,
        List.of(
            new SimulatedGate<>(HttpGate.class, world.gates(), this),
            new SimulatedGate<>(WorkloadRef.class, world.gates(), this),
            new RecordedGate<>(new SqlProbe(beans.get(Queries.class)), world.gates(), this),
            new RecordedGate<>(
                new JobProbe(beans.get(AskedJobs.class), threads), world.gates(), this),
            new ManualProbe(Runnable::run)));
    beans.put(
        Previews.class,
        new Previews(beans.get(Actions.class), beans.get(Effectors.class), threads));
    return beans;
  }

  /** Begins with the world as it was {@code behind} writes ago; the rest is seen later. */
  void start(List<SimulatedApiServer.Write> history, int behind) {
    var known = Math.max(0, history.size() - behind);
    history.subList(0, known).forEach(this::see);
    history.subList(known, history.size()).forEach(this::written);
    world.server().listenEverywhere(this);
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

  Mistake mistake() {
    return mistake;
  }

  /** By how much its clock is ahead. */
  long clockSkew() {
    return clockSkew;
  }

  /** The approvals that its watch told it of. */
  List<Approval> approvals() {
    return List.copyOf(approvals);
  }

  /** True while it stands still or its watches tell nothing. */
  boolean disturbed() {
    return disturbedUntil() > time.elapsed();
  }

  private long disturbedUntil() {
    return Math.max(
        pausedUntil, frozenUntil.values().stream().mapToLong(it -> it).max().orElse(0L));
  }

  /** True while what it says may be what was so before it stood still, or its watches did. */
  boolean behind() {
    var until = disturbedUntil();
    return until > 0 && until + CATCHING_UP > time.elapsed();
  }

  /** What a database says, after a while; who is dead by then does not hear it. */
  private <T> CompletionStage<T> later(T said) {
    var answer = new CompletableFuture<T>();
    unanswered.add(answer);
    time.after(
        time.between(5, 3000),
        this,
        () -> {
          unanswered.remove(answer);
          answer.complete(said);
        });
    return answer;
  }

  /** Ends the process; code that is still on the stack ends at its next request. */
  void die() {
    alive = false;
  }

  /** The history is over. */
  void over() {
    die();
    List.copyOf(unanswered).forEach(answer -> answer.cancel(false));
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
    return SimulatedQueues.isQueued(resource)
        || Workloads.TYPES.all().anyMatch(type -> type.resource().equals(resource));
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
    if (!SimulatedQueues.isQueued(resource)) {
      queues.wakePlans();
    }
  }

  private void see(SimulatedApiServer.Write write) {
    if (watched(write.resource())) {
      var place = write.namespace() + "/" + write.resource() + "/" + write.name();
      if (write.after() == null) {
        cache.remove(place);
      } else {
        cache.put(place, mistake.seen(write.resource(), write.after()));
      }
      queues.told(write);
      Workloads.TYPES
          .all()
          .filter(type -> type.resource().equals(write.resource()))
          .map(type -> new WorkloadRef(type.kind(), write.name()))
          .forEach(workload -> observer.changed(write.namespace(), workload));
    }
  }

  @Override
  public Optional<Workload> find(String namespace, WorkloadRef ref) {
    var object = cached(namespace, Workloads.TYPES.of(ref.kind()).resource(), ref.name());
    return Optional.ofNullable(object).map(it -> Workloads.workload(world.typed(it)));
  }

  @Override
  public Stream<Workload> in(String namespace) {
    return Workloads.TYPES
        .all()
        .flatMap(
            type ->
                cache.entrySet().stream()
                    .filter(it -> it.getKey().startsWith(namespace + "/" + type.resource() + "/")))
        .map(entry -> Workloads.workload(world.typed(entry.getValue())));
  }

  /** An object as the caches have it; null: they have none. */
  ObjectNode cached(String namespace, String resource, String name) {
    return cache.get(namespace + "/" + resource + "/" + name);
  }

  /** All objects of a kind as the cache has them. */
  private <R> List<R> all(Class<R> type, String resource) {
    return cache.entrySet().stream()
        .filter(entry -> entry.getKey().contains("/" + resource + "/"))
        .map(entry -> type.cast(world.typed(entry.getValue())))
        .toList();
  }

  /** Has everything looked at soon. */
  void wake() {
    queues.wake();
  }

  @Override
  public long moment() {
    return world.moment();
  }

  @Override
  public Answer send(Request request) throws IOException {
    if (request.isDiscovery()) {
      return world.server().handle(name, request);
    }
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
    world.nested(millis, this);
    if (!alive) {
      throw new Crash();
    }
  }

  @Override
  public Said ask(String where, Map<String, String> with, BooleanSupplier leaves)
      throws IOException {
    var method = where.endsWith("/asked") ? "GET" : "POST";
    var request = new Request(method, Request.OUTSIDE + where, with, new byte[0], null, moment());
    var left = new AtomicBoolean();
    var answer =
        once(
            request,
            () -> {
              if (!left.get() && !leaves.getAsBoolean()) {
                throw new NotLeftException();
              }
              left.set(true);
              return execute(request);
            });
    if (answer.code() == SimulatedOutside.SILENT) {
      throw new IOException("no answer");
    }
    return new Said(answer.code(), answer.body().asText());
  }

  /** Has a request arrive. */
  @FunctionalInterface
  private interface Arrival {
    Answer answer() throws IOException;
  }

  @Override
  public boolean reaches(String replica) {
    return world.outside().isThere(replica);
  }

  private Answer once(Request request) throws IOException {
    return once(request, () -> execute(request));
  }

  private Answer once(Request request, Arrival arrival) throws IOException {
    if (!alive) {
      throw new Crash();
    }
    var latency = world.requestLatency();
    if (latency > 0) {
      pass(latency);
    }
    var fault = world.trouble().strike(this, request);
    if (fault == null) {
      return arrival.answer();
    }
    world.fired(fault, this, request);
    switch (fault) {
      case CRASH_BEFORE -> {
        crash();
        throw new Crash();
      }
      case CRASH_LATE -> {
        crash();
        time.after(time.between(100, latest(request)), null, () -> world.execute(name, request));
        throw new Crash();
      }
      case CRASH_LOST -> {
        arrival.answer();
        crash();
        throw new Crash();
      }
      case CRASH_AFTER -> {
        var answer = arrival.answer();
        crash();
        return answer;
      }
      case LOST_RESPONSE -> {
        arrival.answer();
        throw new IOException("connection reset");
      }
      case UNAVAILABLE -> {
        return Answer.refused(503, "ServiceUnavailable", "the API server is not available");
      }
      case DUPLICATE_REQUEST -> {
        if (!request.isOutside()) {
          arrival.answer();
        }
        return arrival.answer();
      }
      case SLOW_REQUEST -> {
        pass(time.between(100, Math.min(20_000, latest(request))));
        return arrival.answer();
      }
      case ZOMBIE -> {
        var asleep = time.between(16_000, 180_000);
        pause(asleep);
        world.successor(15_000);
        var overlap = time.random(6) == 0 ? 20_000 : 3000;
        time.after(asleep + time.between(0, overlap), null, this::end);
        pass(asleep);
        return arrival.answer();
      }
      default -> {
        // Somebody else acted just before the request arrives.
        return arrival.answer();
      }
    }
  }

  /** Others close a connection that takes longer. */
  private static long latest(Request request) {
    return request.isOutside() ? 9000 : 90_000;
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
