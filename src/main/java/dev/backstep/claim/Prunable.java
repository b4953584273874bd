package dev.backstep.claim;

import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import java.util.List;
import java.util.Map;

/**
 * Claims of a kind that says which of them are needed.
 *
 * @param <R> the kind
 */
public interface Prunable<R> {
  /** The claims of an object that nobody needs, newest first. */
  List<String> unneeded(R object);

  /** The images of an object that nobody can use any more when it is gone, by claim. */
  Map<String, List<ControllerRevision>> orphaned(R object);
}
