package dev.backstep.dump;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Optional;

/**
 * The dump that is wanted, as far as names and manifests say.
 *
 * @param name of its file
 * @param manifest what is known of it; empty: it has none
 */
record Found(String name, Optional<Manifest> manifest) {

  /**
   * Looks for it.
   *
   * @param called how such backups are called, where the newest is wanted
   * @throws ProblemException when there is none
   */
  static Found in(Store store, LoadTask.Source wanted, FileNames called)
      throws IOException, ProblemException {
    return wanted.path() == null ? newest(store, wanted, called) : named(store, wanted.path());
  }

  private static Found named(Store store, String path) throws IOException, ProblemException {
    return new Found(path, Manifest.in(store, FileNames.manifest(path)));
  }

  /** True when somebody says which checksum it has: without, a bit that flipped may be restored. */
  boolean isVouched(LoadTask.Source wanted) {
    return wanted.sha256() != null || manifest.isPresent();
  }

  /** The names have the time in them, so the first that fits is the newest. */
  private static Found newest(Store store, LoadTask.Source wanted, FileNames called)
      throws IOException, ProblemException {
    var prefix = wanted.prefix();
    var names = new ArrayList<>(store.list(prefix));
    Collections.reverse(names);
    for (var name : names) {
      var file = called.isManifest(name, prefix) ? FileNames.ofManifest(name) : null;
      if (file != null && names.contains(file)) {
        var manifest = Manifest.in(store, name);
        if (manifest.isPresent() && isBefore(manifest.get(), wanted.before())) {
          return new Found(file, manifest);
        }
      }
    }
    throw new ProblemException(
        new Problem(
            "SourceMissing",
            "There is no verified backup with prefix %s in %s%s. Correct the prefix, or name a dump by its path."
                .formatted(
                    prefix,
                    store.name(),
                    wanted.before() == null ? "" : " that ended before " + wanted.before())));
  }

  /** All that is in it was there before. */
  private static boolean isBefore(Manifest manifest, Instant before) {
    return before == null || manifest.ended().isBefore(before);
  }
}
