package dev.backstep.resource;

import dev.backstep.cluster.Annotations;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Which updates of an object are looked at: what the SDK itself lets through (another generation, a
 * deletion, the finalizer), and a human's wish for a new look. The operator's own writes of the
 * status are none of them.
 */
public class RelevantUpdates implements OnUpdateFilter<HasMetadata> {
  @Override
  public boolean accept(HasMetadata now, HasMetadata before) {
    return now.isMarkedForDeletion()
        || !Objects.equals(now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
        || !Objects.equals(now.getMetadata().getFinalizers(), before.getMetadata().getFinalizers())
        || !said(now).equals(said(before));
  }

  /** What people and holders say on the object itself. */
  private static Map<String, String> said(HasMetadata object) {
    return Annotations.of(object).entrySet().stream()
        .filter(
            it ->
                it.getKey().equals(Annotations.REQUESTED_AT)
                    || it.getKey().startsWith(Annotations.LET_GO)
                    || it.getKey().startsWith(Annotations.HELD_BY))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
