package dev.backstep.rollbackplan.watch;

import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.PackedStore;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.gate.Probes;
import dev.backstep.resource.Pages;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Watches the workloads that plans name, wakes these plans, and answers look-ups from the caches.
 */
@ApplicationScoped
public class WorkloadEvents implements WorkloadLookup {
  private static final String BY_WORKLOAD = "by-workload";

  private static final Map<WorkloadKind, Class<? extends HasMetadata>> TYPES =
      Map.of(
          WorkloadKind.Deployment, Deployment.class,
          WorkloadKind.StatefulSet, StatefulSet.class,
          WorkloadKind.DaemonSet, DaemonSet.class);

  private final Actions actions;
  private final Probes probes;

  /** By kind and namespace, or the one for all namespaces. */
  private final Map<WorkloadKind, Map<String, InformerEventSource<?, RollbackPlan>>> sources =
      new EnumMap<>(WorkloadKind.class);

  public WorkloadEvents(Actions actions, Probes probes) {
    this.actions = actions;
    this.probes = probes;
  }

  /** The event sources, one for each kind of workload and each namespace that is served. */
  public List<EventSource<?, RollbackPlan>> eventSources(EventSourceContext<RollbackPlan> context) {
    context
        .getPrimaryCache()
        .addIndexer(BY_WORKLOAD, plan -> named(plan).map(ref -> key(plan, ref)).toList());
    var namespaces = context.getControllerConfiguration().getEffectiveNamespaces();
    TYPES.forEach(
        (kind, type) ->
            namespaces.forEach(
                namespace -> add(kind, namespace, source(kind, type, namespace, context))));
    return sources.values().stream()
        .flatMap(all -> all.values().stream())
        .<EventSource<?, RollbackPlan>>map(it -> it)
        .toList();
  }

  private void add(
      WorkloadKind kind, String namespace, InformerEventSource<?, RollbackPlan> source) {
    sources.computeIfAbsent(kind, it -> new HashMap<>()).put(namespace, source);
  }

  /** For one namespace: watches that share a store would drop each other's objects. */
  private <R extends HasMetadata> InformerEventSource<R, RollbackPlan> source(
      WorkloadKind kind,
      Class<R> type,
      String namespace,
      EventSourceContext<RollbackPlan> context) {
    var plans = context.getPrimaryCache();
    var store =
        new PackedStore<>(
            type, context.getClient().getKubernetesSerialization(), WorkloadEvents::empty);
    var configuration =
        InformerEventSourceConfiguration.from(type, RollbackPlan.class)
            .withName(kind + "/" + namespace)
            .withNamespaces(namespace)
            .withInformerListLimit(Pages.SIZE)
            .withItemStore(store)
            .withSecondaryToPrimaryMapper(workload -> plansNaming(kind, workload, plans))
            .withPrimaryToSecondaryMapper((RollbackPlan plan) -> named(plan, kind))
            .build();
    return new NamedOnly<>(configuration, context, it -> plansNaming(kind, it, plans));
  }

  /**
   * Tells of workloads that plans name. The SDK's own source lets what was listed wait until the
   * whole list is there, each as an object: of very many, these would be all at once.
   */
  private static final class NamedOnly<R extends HasMetadata>
      extends InformerEventSource<R, RollbackPlan> {
    private final Function<R, Set<ResourceID>> naming;

    NamedOnly(
        InformerEventSourceConfiguration<R> configuration,
        EventSourceContext<RollbackPlan> context,
        Function<R, Set<ResourceID>> naming) {
      super(configuration, context);
      this.naming = naming;
    }

    @Override
    public void onAdd(R workload) {
      if (!naming.apply(workload).isEmpty()) {
        super.onAdd(workload);
      }
    }
  }

  private static void empty(HasMetadata workload) {
    if (workload instanceof Deployment deployment) {
      deployment.setSpec(null);
      deployment.setStatus(null);
    } else if (workload instanceof StatefulSet set) {
      set.setSpec(null);
      set.setStatus(null);
    } else if (workload instanceof DaemonSet set) {
      set.setSpec(null);
      set.setStatus(null);
    }
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
    return source(sources.get(ref.kind()), namespace)
        .get(new ResourceID(ref.name(), namespace))
        .map(Workload::of);
  }

  @Override
  public Stream<Workload> in(String namespace) {
    return sources.values().stream().flatMap(watched -> in(source(watched, namespace), namespace));
  }

  /** One by one: what lists objects gives outlines of them only. */
  private static Stream<Workload> in(
      InformerEventSource<?, RollbackPlan> source, String namespace) {
    return source
        .keys()
        .filter(id -> id.getNamespace().filter(namespace::equals).isPresent())
        .flatMap(id -> source.get(id).stream())
        .map(Workload::of);
  }

  private static InformerEventSource<?, RollbackPlan> source(
      Map<String, InformerEventSource<?, RollbackPlan>> watched, String namespace) {
    return watched.getOrDefault(namespace, watched.get(Constants.WATCH_ALL_NAMESPACES));
  }
}
