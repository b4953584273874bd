package dev.backstep.dump;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.http.Download;
import dev.backstep.http.Download.Downloaded;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;

/**
 * Keeps what an endpoint answers, such as all entries of a queue, in a file on a volume or in an
 * object: a program of its own beside the operator, in the same image, that a Job runs. It counts
 * once all of it was read back, which its manifest says.
 */
public final class Export {
  /** What the manifest counts. */
  private static final String ENTRIES = "entries";

  private final ExportTask task;

  private Export(ExportTask task) {
    this.task = task;
  }

  /** Keeps what the environment says. */
  public static void main(String[] args) throws JsonProcessingException {
    var task = ExportTask.of(System.getenv(ExportTask.VARIABLE));
    System.exit(Endings.of(new Export(task)::made));
  }

  private String made() throws ProblemException, IOException {
    try (var store = task.to().open()) {
      // An earlier pod of this Job may have made it.
      var manifest = Manifest.in(store, FileNames.manifest(task.file()));
      if (manifest.isPresent()) {
        return Exported.said(manifest.get(), "");
      }
      var made = make(store);
      var older = new Retention(store, FileNames.EXPORT);
      return Exported.said(
          made, Retention.said(older.after(task.prefix(), task.at(), task.retentionSeconds())));
    }
  }

  private Manifest make(Store store) throws ProblemException, IOException {
    try (var download = new Download(task.from())) {
      var started = Instant.now();
      var found = download.get();
      var ended = Instant.now();
      store.write(task.file(), found.content());
      readBack(store, found);
      var manifest = manifest(found, started, ended);
      store.write(FileNames.manifest(task.file()), manifest.json());
      return manifest;
    }
  }

  private void readBack(Store store, Downloaded found) throws ProblemException, IOException {
    var stored = store.read(task.file());
    if (stored.isEmpty() || !Arrays.equals(stored.get(), found.content())) {
      throw new ProblemException(
          new Problem(
              "BackupNotReadBack",
              "What was stored as %s in %s is not what was sent. No backup was made. See whether the volume or the store is in order."
                  .formatted(task.file(), store.name())));
    }
  }

  private Manifest manifest(Downloaded found, Instant started, Instant ended) {
    return new Manifest(
        task.file(),
        Content.sha256(found.content()),
        found.content().length,
        null,
        null,
        0,
        task.from().call().address(),
        null,
        started,
        ended,
        Map.of(ENTRIES, found.count()));
  }
}
