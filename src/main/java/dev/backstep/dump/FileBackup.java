package dev.backstep.dump;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.program.HowFar;
import dev.backstep.program.HowFar.Doing;
import dev.backstep.program.VolumePaths;
import dev.backstep.sqlite.Companions;
import dev.backstep.text.Sentences;
import dev.backstep.text.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Copies a SQLite file into a store, as it was at one moment: a program of its own beside the
 * operator, in the same image, that a Job runs. The copy counts once all of it was read back, which
 * its manifest says. A file that is damaged has no backup: it is kept byte for byte, with what is
 * beside it, and the program says so. When it is ended at any moment and started again, it makes
 * the same.
 */
public final class FileBackup {
  /** The reason with which it ends when a damaged file was kept as it is. */
  public static final String KEPT_AS_FOUND = "KeptAsFound";

  private static final String DAMAGED = "SourceCorrupt";

  private final FileBackupTask task;
  private final Path scratch;
  private final Announcement announcement;

  FileBackup(FileBackupTask task, Path scratch) {
    this(task, scratch, Announcement.inLog());
  }

  /** Says elsewhere how far it is. */
  FileBackup(FileBackupTask task, Path scratch, Announcement announcement) {
    this.task = task;
    this.scratch = scratch;
    this.announcement = announcement;
  }

  /** Copies what the environment says. */
  public static void main(String[] args) throws JsonProcessingException {
    var task = FileBackupTask.of(System.getenv(FileBackupTask.VARIABLE));
    var scratch = Path.of(System.getProperty("java.io.tmpdir"));
    System.exit(Endings.of(new FileBackup(task, scratch)::made));
  }

  String made() throws ProblemException, IOException {
    var live = VolumePaths.of(Path.of(task.folder()), task.path());
    try (var store = task.to().open()) {
      // An earlier pod of this Job may have made it.
      var manifest = Manifest.in(store, FileNames.manifest(task.file()));
      if (manifest.isPresent()) {
        return said(manifest.get(), List.of());
      }
      var made = copied(live, store);
      var older = new Retention(store, FileNames.COPY);
      return said(made, older.after(task.prefix(), task.at(), task.retentionSeconds()));
    }
  }

  private Manifest copied(Path live, Store store) throws ProblemException, IOException {
    var started = Instant.now();
    var copy = new WrittenCopy(live, scratch);
    try {
      draft(store, task.file(), copy, () -> copy.howFar(store.drafted()));
    } catch (ProblemException e) {
      throw e.problem().reason().equals(DAMAGED) ? keptAsFound(live, store, e.problem()) : e;
    }
    var ended = Instant.now();
    readBack(store, task.file(), copy.content());
    store.publish(task.file());
    var manifest = manifest(task.file(), live, copy.content(), started, ended);
    store.write(FileNames.manifest(task.file()), manifest.json());
    return manifest;
  }

  /** Says meanwhile, and at the end, how far it is. */
  private void draft(Store store, String name, Written content, Supplier<HowFar> howFar)
      throws ProblemException, IOException {
    var watch = announcement.saying(() -> howFar.get().line());
    try (watch) {
      store.draft(name, content);
    }
    announcement.say(howFar.get().line());
  }

  private void readBack(Store store, String name, FileContent content)
      throws ProblemException, IOException {
    announcement.say(new HowFar(Doing.READ_BACK, 0, content.bytes()).line());
    content.checkStored(store, name);
    announcement.say(new HowFar(Doing.READ_BACK, content.bytes(), content.bytes()).line());
  }

  private static Manifest manifest(
      String file, Path live, FileContent content, Instant started, Instant ended) {
    return new Manifest(
        file,
        content.sha256(),
        content.bytes(),
        live.getFileName().toString(),
        null,
        0,
        "SQLite",
        null,
        started,
        ended,
        content.rows());
  }

  /** Nothing that was made before is deleted then. */
  private ProblemException keptAsFound(Path live, Store store, Problem damage)
      throws ProblemException, IOException {
    var started = Instant.now();
    var files = new ArrayList<>(Companions.of(live));
    files.add(live);
    var content = new FileContent("", 0, Map.of());
    for (var file : files) {
      var name = task.asFound() + file.toString().substring(live.toString().length());
      var bytes = Files.size(file);
      draft(
          store,
          name,
          new WrittenFile(file),
          () -> new HowFar(Doing.STORE, store.drafted(), bytes));
      content = content(file);
      readBack(store, name, content);
      store.publish(name);
    }
    store.write(
        FileNames.manifest(task.asFound()),
        manifest(task.asFound(), live, content, started, Instant.now()).json());
    return new ProblemException(
        new Problem(
            KEPT_AS_FOUND,
            "%s It was kept byte for byte, with what is beside it, as %s in %s, sha256 %s; that is no backup."
                .formatted(
                    Sentences.of(damage.message()),
                    task.asFound(),
                    store.name(),
                    content.sha256())));
  }

  private static FileContent content(Path file) throws IOException {
    try (var bytes = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return new FileContent(FileContent.sum(bytes), Files.size(file), Map.of());
    }
  }

  private static String said(Manifest made, List<String> deleted) {
    return String.format(
        Locale.ROOT,
        "%s: %s, %,d rows of %d tables, sha256 %s, read back%s",
        made.file(),
        Sizes.of(made.bytes()),
        made.allRows(),
        made.rows().size(),
        made.sha256(),
        Retention.said(deleted));
  }
}
