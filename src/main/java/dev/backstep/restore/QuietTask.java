package dev.backstep.restore;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.action.ActionBuilder;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.action.DisableSync;
import dev.backstep.api.v1alpha1.action.Scale;
import dev.backstep.effect.Target;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One measure that keeps somebody off the database: an action as plans have it.
 *
 * @param task what is done
 * @param targets what it keeps off
 */
record QuietTask(Action task, Set<String> targets) {
  private static final String SYNC_CONTROL = HasMetadata.getKind(SyncControl.class);

  /** In the order in which they are done. */
  static List<QuietTask> of(DbRestoreAction restore, String action) {
    var syncs =
        restore.quiesce().syncControlRefs().stream()
            .map(
                ref ->
                    new QuietTask(
                        task(action).disableSync(new DisableSync(ref)).build(),
                        Set.of(new Target(SYNC_CONTROL, ref.name()).toString())));
    var workloads = restore.quiesce().workloads();
    var scaled =
        workloads.isEmpty()
            ? Stream.<QuietTask>of()
            : Stream.of(
                new QuietTask(
                    task(action).scale(new Scale(workloads, 0)).build(),
                    workloads.stream().map(Object::toString).collect(Collectors.toSet())));
    return Stream.concat(syncs, scaled).toList();
  }

  private static ActionBuilder task(String action) {
    return ActionBuilder.builder().name(action);
  }
}
