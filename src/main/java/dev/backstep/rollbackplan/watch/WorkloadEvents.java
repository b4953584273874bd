package dev.backstep.rollbackplan.watch;

import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.PackedStore;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.cluster.WorkloadObserver;
import dev.backstep.cluster.WorkloadType;
import dev.backstep.cluster.WorkloadTypes;
import dev.backstep.config.BackstepConfig;
import dev.backstep.gate.Probes;
import dev.backstep.resource.Pages;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Watches workloads, wakes the plans that name them, tells whoever else wants to know of them, and
 * answers look-ups from the caches.
 */
@ApplicationScoped
public class WorkloadEvents implements WorkloadLookup {
  private static final String BY_WORKLOAD = "by-workload";

  private static final Logger LOG = Logger.getLogger(WorkloadEvents.class);

  private final Actions actions;
  private final Probes probes;
  private final WorkloadTypes types;
  private final BackstepConfig config;
  private final Clock clock;
  private final List<WorkloadObserver> observers;

  /** By kind and namespace, or the one for all namespaces. */
  private final Map<WorkloadKind, Map<String, InformerEventSource<?, RollbackPlan>>> sources =
      new ConcurrentHashMap<>();

  private EventSourceContext<RollbackPlan> context;
  private Instant askedAt = Instant.EPOCH;

  public WorkloadEvents(
      Actions actions,
      Probes probes,
      WorkloadTypes types,
      BackstepConfig config,
      Clock clock,
      @All List<WorkloadObserver> observers) {
    this.actions = actions;
    this.probes = probes;
    this.types = types;
    this.config = config;
    this.clock = clock;
    this.observers = observers;
  }

  /**
   * The event sources, one for each kind of workload that the cluster knows and each namespace that
   * is served.
   */
  public List<EventSource<?, RollbackPlan>> eventSources(EventSourceContext<RollbackPlan> given) {
    context = given;
    context
        .getPrimaryCache()
        .addIndexer(BY_WORKLOAD, plan -> named(plan).map(ref -> key(plan, ref)).toList());
    types.all().filter(this::known).forEach(type -> sources.put(type.kind(), begin(type)));
    askedAt = clock.instant();
    return sources.values().stream()
        .<EventSource<?, RollbackPlan>>flatMap(watched -> watched.values().stream())
        .toList();
  }

  /**
   * Begins to watch a kind that the plan names and that was installed since. It is asked as often
   * as a plan is checked, however many plans wait for it.
   */
  public void serve(RollbackPlan plan, Context<RollbackPlan> running) {
    if (named(plan).allMatch(ref -> sources.containsKey(ref.kind())) || !due()) {
      return;
    }
    types
        .all()
        .filter(type -> !sources.containsKey(type.kind()) && known(type))
        .forEach(type -> sources.put(type.kind(), filled(begin(type), running)));
  }

  /** Before they have every object of the kind, nobody is to miss one in them. */
  private static Map<String, InformerEventSource<?, RollbackPlan>> filled(
      Map<String, InformerEventSource<?, RollbackPlan>> begun, Context<RollbackPlan> running) {
    begun.values().forEach(running.eventSourceRetriever()::dynamicallyRegisterEventSource);
    return begun;
  }

  private synchronized boolean due() {
    var now = clock.instant();
    if (now.isBefore(askedAt.plus(config.preflight().interval()))) {
      return false;
    }
    askedAt = now;
    return true;
  }

  /** Whatever keeps the cluster from saying so, the kinds that it always has are watched. */
  private boolean known(WorkloadType<?> type) {
    try {
      return type.partOf().isEmpty() || context.getClient().supports(type.type());
    } catch (KubernetesClientException e) {
      LOG.warnf("whether the cluster knows %s is asked again: %s", type.resource(), e.getMessage());
      return false;
    }
  }

  private <R extends HasMetadata> Map<String, InformerEventSource<?, RollbackPlan>> begin(
      WorkloadType<R> type) {
    var watched = new HashMap<String, InformerEventSource<?, RollbackPlan>>();
    context
        .getControllerConfiguration()
        .getEffectiveNamespaces()
        .forEach(namespace -> watched.put(namespace, source(type, namespace)));
    return watched;
  }

  @Override
  public Optional<String> missing(WorkloadKind kind) {
    return sources.containsKey(kind) ? Optional.empty() : types.of(kind).partOf();
  }

  /** For one namespace: watches that share a store would drop each other's objects. */
  private <R extends HasMetadata> InformerEventSource<R, RollbackPlan> source(
      WorkloadType<R> type, String namespace) {
    var plans = context.getPrimaryCache();
    var kind = type.kind();
    var store =
        new PackedStore<>(
            type.type(), context.getClient().getKubernetesSerialization(), type::empty);
    var configuration =
        InformerEventSourceConfiguration.from(type.type(), RollbackPlan.class)
            .withName(kind + "/" + namespace)
            .withNamespaces(namespace)
            .withInformerListLimit(Pages.SIZE)
            .withItemStore(store)
            .withSecondaryToPrimaryMapper(workload -> plansNaming(kind, workload, plans))
            .withPrimaryToSecondaryMapper((RollbackPlan plan) -> named(plan, kind))
            .build();
    return new WorkloadSource<>(
        configuration, context, it -> plansNaming(kind, it, plans), it -> tell(kind, it));
  }

  private void tell(WorkloadKind kind, HasMetadata workload) {
    var metadata = workload.getMetadata();
    var ref = new WorkloadRef(kind, metadata.getName());
    observers.forEach(observer -> observer.changed(metadata.getNamespace(), ref));
  }

  private static Set<ResourceID> plansNaming(
      WorkloadKind kind, HasMetadata workload, IndexerResourceCache<RollbackPlan> plans) {
    var metadata = workload.getMetadata();
    var key = metadata.getNamespace() + "/" + new WorkloadRef(kind, metadata.getName());
    return plans.byIndex(BY_WORKLOAD, key).stream()
        .map(ResourceID::fromResource)
        .collect(Collectors.toSet());
  }

  private Set<ResourceID> named(RollbackPlan plan, WorkloadKind kind) {
    return named(plan)
        .filter(ref -> ref.kind() == kind)
        .map(ref -> new ResourceID(ref.name(), plan.getMetadata().getNamespace()))
        .collect(Collectors.toSet());
  }

  /** Every workload that the plan measures, changes or remembers. */
  private Stream<WorkloadRef> named(RollbackPlan plan) {
    var spec = plan.getSpec();
    if (spec == null) {
      return Stream.empty();
    }
    var changed = actions.targets(spec).stream();
    var measured = spec.gates().stream().flatMap(gate -> probes.workloads(gate).stream());
    var remembered =
        spec.stable() == null ? Stream.<WorkloadRef>empty() : spec.stable().workloads().stream();
    return Stream.of(changed, measured, remembered).flatMap(refs -> refs).distinct();
  }

  private static String key(RollbackPlan plan, WorkloadRef ref) {
    return plan.getMetadata().getNamespace() + "/" + ref;
  }

  @Override
  public Optional<Workload> find(String namespace, WorkloadRef ref) {
    return Optional.ofNullable(sources.get(ref.kind()))
        .flatMap(watched -> source(watched, namespace).get(new ResourceID(ref.name(), namespace)))
        .map(types::workload);
  }

  @Override
  public Stream<Workload> in(String namespace) {
    return sources.values().stream()
        .flatMap(watched -> in(source(watched, namespace), namespace))
        .map(types::workload);
  }

  /** One by one: what lists objects gives outlines of them only. */
  private static Stream<? extends HasMetadata> in(
      InformerEventSource<?, RollbackPlan> source, String namespace) {
    return source
        .keys()
        .filter(id -> id.getNamespace().filter(namespace::equals).isPresent())
        .flatMap(id -> source.get(id).stream());
  }

  private static InformerEventSource<?, RollbackPlan> source(
      Map<String, InformerEventSource<?, RollbackPlan>> watched, String namespace) {
    return watched.getOrDefault(namespace, watched.get(Constants.WATCH_ALL_NAMESPACES));
  }
}
