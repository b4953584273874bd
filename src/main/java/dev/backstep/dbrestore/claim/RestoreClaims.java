package dev.backstep.dbrestore.claim;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.DbRestoreSpec;
import dev.backstep.claim.Claims;
import dev.backstep.claim.Prunable;
import dev.backstep.dbrestore.watch.RestoreCache;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The claims of restores: each as it was when it began. */
@Singleton
public class RestoreClaims extends Claims<DbRestoreSpec> implements Prunable<DbRestore> {
  public RestoreClaims(KubernetesClient client) {
    super(client, DbRestore.class, DbRestoreSpec.class);
  }

  /** The name of the claim of a restore: one that is created again is another one. */
  public static String name(DbRestore restore) {
    return name(restore, restore.getMetadata().getUid());
  }

  @Override
  public List<String> unneeded(DbRestore restore) {
    return unneeded(restore, 1, needed(restore));
  }

  @Override
  public Map<String, List<ControllerRevision>> orphaned(DbRestore restore) {
    return images(restore, needed(restore));
  }

  private static Set<String> needed(DbRestore restore) {
    return RestoreCache.run(restore).stream()
        .filter(run -> run.open() || !run.holds().isEmpty())
        .map(run -> run.claim())
        .collect(Collectors.toSet());
  }
}
