package dev.backstep.action.setconfig;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Taken;
import dev.backstep.action.WorkloadTargets;
import dev.backstep.api.v1alpha1.action.SetConfig;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.Workload;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.object.Edit.Inverse;
import dev.backstep.object.ObjectPatch;
import io.fabric8.kubernetes.api.model.ConfigMap;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Who reads a ConfigMap: restarted after its values, when these are set and when they go back. */
@ApplicationScoped
public class Readers {
  private final WorkloadTargets targets;

  public Readers(WorkloadTargets targets) {
    this.targets = targets;
  }

  List<WorkloadRef> of(SetConfig action, ActionScope scope) {
    return action.restart() == SetConfig.Users.None
        ? List.of()
        : targets
            .all(scope)
            .filter(
                workload ->
                    PodTemplates.configMaps(workload.template())
                        .contains(action.configMap().name()))
            .map(Workload::ref)
            .toList();
  }

  /** How far they are; empty: none is being restarted because of what was sent last. */
  Optional<Step> beingRestarted(SetConfig action, ActionScope scope) {
    var refs = of(action, scope);
    return targets.rollOutGoesOn(scope, refs)
        ? Optional.of(targets.step(scope, refs, workload -> Optional.empty()))
        : Optional.empty();
  }

  /**
   * What is left to do after the values were set; who has set them is on the ConfigMap. Where they
   * were as wanted already, nobody has to read them again.
   */
  Step afterSetting(SetConfig action, ConfigMap live, Hold held, ActionScope scope) {
    var set = scope.lastEffect(live).filter(it -> held.bringsBack());
    return targets.step(
        scope,
        of(action, scope),
        workload ->
            set.filter(it -> !restartedAfter(it, workload, scope))
                .map(it -> restart(workload, it.endedAt())));
  }

  /** Not by the time alone: the clocks of those who write it differ. */
  private boolean restartedAfter(EffectStatus set, Workload workload, ActionScope scope) {
    return scope
            .lastEffect(workload.object())
            .filter(restart -> restart.number() > set.number())
            .isPresent()
        || targets.stamped(workload, set.endedAt());
  }

  /**
   * What is left to do after the values were put back: whoever reads them now is restarted, also
   * who did not read them yet when they were set. What was done of it is known from what was sent:
   * the mark on a workload may be somebody else's by now.
   */
  Step afterPuttingBack(SetConfig action, Taken taken, ActionScope scope) {
    var restarted = restarted(taken.sentBack(scope.sent()));
    return targets.step(
        scope,
        of(action, scope),
        workload ->
            restarted.contains(workload.ref().toString())
                ? Optional.empty()
                : Optional.of(restart(workload, scope.now())));
  }

  /** Who was restarted after the values were put back. */
  private static Set<String> restarted(List<Sent<?>> back) {
    var values =
        back.stream()
            .filter(sent -> ofConfigMap(sent.effect()))
            .mapToInt(sent -> sent.mark().number())
            .max()
            .orElse(0);
    return back.stream()
        .filter(sent -> !ofConfigMap(sent.effect()) && sent.mark().number() > values)
        .map(sent -> sent.effect().target().toString())
        .collect(Collectors.toSet());
  }

  /** True for an effect on the values, and not on those who read them. */
  static boolean ofConfigMap(Effect effect) {
    return effect instanceof ObjectPatch patch && patch.object().kind().equals("ConfigMap");
  }

  private ObjectPatch restart(Workload workload, Instant time) {
    var summary = "%s: restart, so that it reads its ConfigMap".formatted(workload.ref());
    return targets.restart(workload, time, Inverse.NONE, summary);
  }
}
