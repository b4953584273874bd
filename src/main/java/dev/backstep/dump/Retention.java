package dev.backstep.dump;

import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Deletes backups that are older than they are kept. */
final class Retention {
  private final Store store;

  Retention(Store store) {
    this.store = store;
  }

  /**
   * Deletes those that ended before this, but never the newest one. The dump goes first: a manifest
   * that is left alone is found, and deleted, the next time.
   *
   * @return the names of those that were deleted
   */
  List<String> delete(String prefix, Instant before) throws IOException, ProblemException {
    var manifests =
        store.list(prefix).stream().filter(name -> DumpNames.isManifest(name, prefix)).toList();
    var deleted = new ArrayList<String>();
    for (var manifest : manifests.subList(0, Math.max(0, manifests.size() - 1))) {
      if (ended(manifest, before)) {
        var file = DumpNames.ofManifest(manifest);
        store.delete(file);
        store.delete(manifest);
        deleted.add(file);
      }
    }
    return deleted;
  }

  /** Deletes what programs left that were killed, and never came back. */
  void deleteDrafts(String prefix, Instant before) throws IOException, ProblemException {
    for (var name : store.list(prefix)) {
      if (DumpNames.isDraft(name, prefix) && name.compareTo(DumpNames.file(prefix, before)) < 0) {
        store.delete(name);
      }
    }
  }

  /** What is no manifest is nobody's backup, and nothing to delete. */
  private boolean ended(String manifest, Instant before) throws IOException, ProblemException {
    var content = store.read(manifest);
    try {
      return content.isPresent() && Manifest.of(manifest, content.get()).ended().isBefore(before);
    } catch (ProblemException e) {
      return false;
    }
  }
}
