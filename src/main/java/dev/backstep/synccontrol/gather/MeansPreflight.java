package dev.backstep.synccontrol.gather;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.Means;
import dev.backstep.cluster.Access;
import dev.backstep.config.BackstepConfig;
import dev.backstep.problem.Problem;
import dev.backstep.resource.Preflights;
import dev.backstep.resource.Together;
import dev.backstep.synccontrol.watch.SyncCache;
import dev.backstep.synccontrol.watch.SyncWakeups;
import io.fabric8.kubernetes.api.model.Condition;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** What would keep a sync from being switched off, found before it is needed. */
@Singleton
public class MeansPreflight extends Preflights<SyncControl> {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Actions executors;
  private final MeansScopes scopes;
  private final Access access;

  public MeansPreflight(
      Actions executors,
      MeansScopes scopes,
      Access access,
      BackstepConfig config,
      SyncWakeups wakeups) {
    super(config.preflight().interval(), wakeups);
    this.executors = executors;
    this.scopes = scopes;
    this.access = access;
  }

  /**
   * What is wrong; empty: it is not looked at, or not known yet, so what was said still holds.
   *
   * @param off true: it is wanted off; one that was in order is not asked about then, nor while it
   *     is given back, since what keeps it from that is found by doing it
   */
  Optional<List<Problem>> of(SyncControl sync, SyncControlStatus status, boolean off, Instant now) {
    var switching = off || SyncCache.open(sync).isPresent();
    return switching && inOrder(status).isPresent() || !asked(sync) && saidSo(sync, status)
        ? Optional.empty()
        : of(sync, now, () -> problems(sync, now));
  }

  /**
   * An earlier process found the object in order, as it is now. The status goes with the edits of
   * an open episode, though nothing is checked then: only the condition knows what was.
   */
  static boolean saidSo(SyncControl sync, SyncControlStatus status) {
    return inOrder(status)
        .filter(it -> sync.getMetadata().getGeneration().equals(it.getObservedGeneration()))
        .isPresent();
  }

  private static Optional<Condition> inOrder(SyncControlStatus status) {
    return status.conditions().stream()
        .filter(it -> it.getType().equals(ConditionTypes.READY) && it.getStatus().equals("True"))
        .findFirst();
  }

  private CompletionStage<List<Problem>> problems(SyncControl sync, Instant now) {
    var means = sync.getSpec().means();
    var rights =
        means.stream()
            .flatMap(it -> executors.rights(it, scopes.idle(sync, it, now)).stream())
            .toList();
    var denied =
        access
            .of(sync.getMetadata().getNamespace(), sync.getSpec().serviceAccountName())
            .problems(rights);
    return Together.all(means.stream().map(it -> of(it, scopes.idle(sync, it, now))))
        .thenApply(
            problems -> Stream.concat(denied.stream(), problems.stream()).distinct().toList());
  }

  private CompletionStage<List<Problem>> of(Means means, ActionScope scope) {
    return within(
        LIMIT,
        "whether means %s can be switched off".formatted(means.name()),
        executors.preflight(means, scope));
  }
}
