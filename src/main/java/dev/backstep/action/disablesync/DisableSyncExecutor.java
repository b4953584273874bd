package dev.backstep.action.disablesync;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.SyncControls;
import dev.backstep.action.Taken;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlSpec.Wish;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.action.DisableSync;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.LedgerEntry;
import dev.backstep.cluster.SyncControlLookup;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.effect.Work;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import io.fabric8.kubernetes.api.model.HasMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Enters the action among the holders of a SyncControl, and waits until that is proven off. It
 * never touches what the SyncControl switches: that is its own, and others may hold it as well.
 */
@ApplicationScoped
public class DisableSyncExecutor implements ActionExecutor<DisableSync> {
  private static final String KIND = HasMetadata.getKind(SyncControl.class);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final SyncControls syncs;
  private final SyncControlLookup cache;

  public DisableSyncExecutor(SyncControls syncs, SyncControlLookup cache) {
    this.syncs = syncs;
    this.cache = cache;
  }

  @Override
  public Class<DisableSync> type() {
    return DisableSync.class;
  }

  @Override
  public Traits traits(DisableSync action) {
    return Traits.SHARED_HOLD;
  }

  @Override
  public List<Right> rights(DisableSync action, ActionScope scope) {
    return List.of(
        new Right(
            "patch",
            HasMetadata.getGroup(SyncControl.class),
            HasMetadata.getPlural(SyncControl.class),
            List.of(action.syncControlRef().name())));
  }

  @Override
  public CompletionStage<List<Problem>> preflight(DisableSync action, ActionScope scope) {
    try {
      syncs.spec(action.syncControlRef().name(), scope);
      return CompletableFuture.completedStage(List.of());
    } catch (ProblemException e) {
      return CompletableFuture.completedStage(List.of(e.problem()));
    }
  }

  @Override
  public CompletionStage<Step> next(DisableSync action, ActionScope scope) {
    var cached = cache.find(scope.namespace(), action.syncControlRef().name());
    return cached
        .filter(sync -> entry(sync, scope.claim(), scope.action()).isPresent())
        .filter(sync -> scope.held(target(action)).isPresent())
        .map(sync -> off(sync, scope))
        .orElseGet(() -> entered(action, scope))
        .now();
  }

  /** The caches may be behind one's own patch, so what is about to be written is read anew. */
  private Step entered(DisableSync action, ActionScope scope) {
    try {
      var sync = syncs.of(action.syncControlRef().name(), scope);
      return held(action, sync, scope) ? off(sync, scope) : enter(action, sync, scope);
    } catch (ProblemException e) {
      return Step.impossible(e.problem().reason(), e.problem().message());
    }
  }

  private static boolean held(DisableSync action, SyncControl sync, ActionScope scope) {
    return entry(sync, scope.claim(), scope.action()).isPresent()
        && scope.held(target(action)).isPresent();
  }

  /** An entry of which the status knows nothing is entered once more: it is the same one. */
  private static Step enter(DisableSync action, SyncControl sync, ActionScope scope) {
    var holder = scope.holder();
    var entry =
        entry(sync, scope.claim(), scope.action())
            .orElseGet(
                () ->
                    LedgerEntry.taken(
                        scope.claim(),
                        holder.kind(),
                        holder.name(),
                        holder.run(),
                        scope.action(),
                        0,
                        scope.now()));
    return Step.todo(
        List.of(
            PatchBuilder.of(sync)
                .annotate(entry.key(), entry.value())
                .taking(scope.holds(target(action), "Enabled", "Disabled"))
                .buildOnAnnotations("%s: held off".formatted(target(action)))));
  }

  /** What the SyncControl says once it knows of the hold. */
  private static Step off(SyncControl sync, ActionScope scope) {
    var id = entry(sync, scope.claim(), scope.action()).orElseThrow().id();
    var status = sync.getStatus();
    var known =
        status != null && status.holders().stream().anyMatch(holder -> holder.id().equals(id));
    if (!known) {
      return waiting("SyncControl %s does not know of the hold yet.".formatted(name(sync)));
    }
    return switch (status.state()) {
      case Disabled ->
          Step.done(
              "SyncControl %s is off, proven by all of its %d means."
                  .formatted(name(sync), status.episode().means().size()));
      case DisableFailed -> Step.impossible("DisableFailed", failed(sync));
      default -> waiting("SyncControl %s: %s.".formatted(name(sync), status.state()));
    };
  }

  private static Step waiting(String message) {
    return Step.of(new Work.Rolling(message, LOOK_AGAIN));
  }

  private static String failed(SyncControl sync) {
    return "SyncControl %s is not proven off: kubectl -n %s describe synccontrol %s says which of its means. It goes on trying."
        .formatted(name(sync), sync.getMetadata().getNamespace(), name(sync));
  }

  /** The hold goes with its entry; it is over when the SyncControl has noticed. */
  @Override
  public CompletionStage<Step> back(DisableSync action, Taken taken, ActionScope scope) {
    return (taken.held().isEmpty()
            ? letGo(action, scope)
            : Step.todo(List.of(givingBack(taken.held().get(0), scope))))
        .now();
  }

  private ObjectPatch givingBack(Hold hold, ActionScope scope) {
    return syncs
        .find(hold.name(), scope)
        .map(
            sync -> {
              var change = PatchBuilder.of(sync).givingBack(hold);
              entry(sync, hold.claim(), hold.action())
                  .ifPresent(entry -> change.unannotate(entry.key()));
              return change.buildOnAnnotations("%s: not held any more".formatted(hold.target()));
            })
        .orElseGet(
            () ->
                PatchBuilder.gone(
                    hold, HasMetadata.getApiVersion(SyncControl.class), scope.namespace()));
  }

  @Override
  public Step comingBack(DisableSync action, ActionScope scope) {
    return letGo(action, scope);
  }

  private Step letGo(DisableSync action, ActionScope scope) {
    var name = action.syncControlRef().name();
    return cache
        .find(scope.namespace(), name)
        .flatMap(sync -> Optional.ofNullable(sync.getStatus()))
        .map(status -> letGo(name, status, scope))
        .orElseGet(() -> Step.done("SyncControl %s is gone.".formatted(name)));
  }

  private static Step letGo(String name, SyncControlStatus status, ActionScope scope) {
    if (isListed(status, scope)) {
      return waiting("SyncControl %s: %s.".formatted(name, status.state()));
    }
    if (status.desired() == Wish.Disabled) {
      return Step.done(
          status.holders().isEmpty()
              ? "SyncControl %s is not held any more; its spec.state is Disabled.".formatted(name)
              : "SyncControl %s is held by %d others still.".formatted(name, status.holding()));
    }
    return switch (status.state()) {
      case Enabled -> Step.done("SyncControl %s is not held any more.".formatted(name));
      case EnableFailed -> Step.of(new Work.Drifted(notBack(name, scope)));
      // It knows that nobody holds it any more, and is about to begin.
      case Disabled, Disabling, DisableFailed, Enabling ->
          waiting("SyncControl %s is being given back.".formatted(name));
    };
  }

  private static String notBack(String name, ActionScope scope) {
    return "SyncControl %s is not held any more, and could not give everything back: kubectl -n %s describe synccontrol %s says what."
        .formatted(name, scope.namespace(), name);
  }

  private static boolean isListed(SyncControlStatus status, ActionScope scope) {
    return status.holders().stream()
        .map(holder -> LedgerEntry.read(holder.id(), holder.entry()))
        .anyMatch(entry -> entry.isOf(scope.claim(), scope.action()));
  }

  private static Target target(DisableSync action) {
    return new Target(KIND, action.syncControlRef().name());
  }

  private static Optional<LedgerEntry> entry(SyncControl sync, String claim, String action) {
    return LedgerEntry.on(sync, 0).stream().filter(entry -> entry.isOf(claim, action)).findFirst();
  }

  private static String name(SyncControl sync) {
    return sync.getMetadata().getName();
  }
}
