package dev.backstep.dump;

import dev.backstep.problem.ProblemException;
import dev.backstep.program.Ending;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Deletes backups that are older than they are kept. */
final class Retention {
  /** No program runs for longer. */
  private static final Duration ABANDONED = Duration.ofHours(25);

  private final Store store;
  private final FileNames names;

  /** Of backups that are called so. */
  Retention(Store store, FileNames names) {
    this.store = store;
    this.names = names;
  }

  /**
   * Deletes what is too old once a backup is made; so what goes wrong is said, and no more.
   *
   * @param at the time in the name of the new one
   * @param seconds for how long they are kept; null: all are
   * @return the names of those that were deleted
   */
  List<String> after(String prefix, Instant at, Long seconds) {
    try {
      deleteDrafts(prefix, at.minus(ABANDONED));
      return seconds == null ? List.of() : delete(prefix, Instant.now().minusSeconds(seconds));
    } catch (IOException | ProblemException e) {
      Ending.said("Older backups could not be deleted: %s".formatted(e.getMessage()));
      return List.of();
    }
  }

  /** What is said of them. */
  static String said(List<String> deleted) {
    return deleted.isEmpty() ? "" : "; %d older ones deleted".formatted(deleted.size());
  }

  /**
   * Deletes those that ended before this, but never the newest one. The file goes first: a manifest
   * that is left alone is found, and deleted, the next time.
   */
  private List<String> delete(String prefix, Instant before) throws IOException, ProblemException {
    var manifests =
        store.list(prefix).stream().filter(name -> names.isManifest(name, prefix)).toList();
    var deleted = new ArrayList<String>();
    for (var manifest : manifests.subList(0, Math.max(0, manifests.size() - 1))) {
      if (ended(manifest, before)) {
        var file = FileNames.ofManifest(manifest);
        store.delete(file);
        store.delete(manifest);
        deleted.add(file);
      }
    }
    return deleted;
  }

  /** Deletes what programs left that were killed, and never came back. */
  private void deleteDrafts(String prefix, Instant before) throws IOException, ProblemException {
    for (var name : store.list(prefix)) {
      if (names.isDraft(name, prefix) && name.compareTo(names.file(prefix, before)) < 0) {
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
