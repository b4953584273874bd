package dev.backstep.dump;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.database.swap.Note;
import dev.backstep.problem.ProblemException;
import dev.backstep.program.HowFar;
import dev.backstep.program.HowFar.Doing;
import dev.backstep.program.VolumePaths;
import dev.backstep.sqlite.Companions;
import dev.backstep.sqlite.FileWork;
import dev.backstep.sqlite.Integrity;
import dev.backstep.sqlite.Loading;
import dev.backstep.sqlite.RestoredFile;
import dev.backstep.sqlite.Turn;
import dev.backstep.text.Sizes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Copies a backup of a SQLite file beside the live one, and looks whether it is whole: a program of
 * its own beside the operator, in the same image, that a Job runs. When it is ended at any moment
 * and started again, it begins anew, or finds that it is done.
 */
public final class FileLoad {
  /** What a volume has to have beside, so that the application does not run out of space. */
  private static final long SPARE = 1_000_000;

  private static final int SPARE_PART = 20;
  private static final int BUFFER = 1 << 20;

  private final FileLoadTask task;
  private final Path scratch;
  private final Announcement announcement;

  FileLoad(FileLoadTask task, Path scratch) {
    this(task, scratch, Announcement.inLog());
  }

  /** Says elsewhere how far it is. */
  FileLoad(FileLoadTask task, Path scratch, Announcement announcement) {
    this.task = task;
    this.scratch = scratch;
    this.announcement = announcement;
  }

  /** Loads what the environment says. */
  public static void main(String[] args) throws JsonProcessingException {
    var task = FileLoadTask.of(System.getenv(FileLoadTask.VARIABLE));
    var scratch = Path.of(System.getProperty("java.io.tmpdir"));
    System.exit(Endings.finding(new FileLoad(task, scratch)::done));
  }

  /** What is known of what was loaded. */
  Map<String, String> done() throws IOException, ProblemException {
    var live = VolumePaths.of(Path.of(task.folder()), task.path());
    var file = new RestoredFile(live, task.names());
    file.checkLive();
    try {
      return Turn.with(file, () -> loaded(new Loading(file), file));
    } catch (AccessDeniedException e) {
      throw Source.problem(
          "PathForbidden",
          "The pod may not write beside %s on the volume. Name the user that the application runs as: target.sqlite.user",
          task.path());
    }
  }

  private Map<String, String> loaded(Loading loading, RestoredFile file)
      throws IOException, ProblemException {
    var over = loading.over();
    return FileWork.facts(over.isPresent() ? over.get() : copied(loading, file));
  }

  private Note copied(Loading loading, RestoredFile file) throws IOException, ProblemException {
    try (var store = task.source().from().open()) {
      var wanted = task.source();
      var found = Found.in(store, wanted, FileNames.COPY);
      var source = store.local(found.name(), scratch);
      check(source, found, wanted);
      var written = written(source);
      checkSpace(source, file.live(), found.name());
      var side = loading.begun();
      var sum = copied(source, side);
      Source.checkSum(sum, found, wanted.sha256());
      if (!written(source).equals(written)) {
        throw Source.problem(
            "SourceChanged",
            "%s was written to while it was copied, so nobody knows what was copied. Keep writers away from it, and try again.",
            found.name());
      }
      var facts = facts(found, sum, side, madeAt(found, written), found.isVouched(wanted));
      return checked(loading, found.name(), facts, Files.size(side));
    }
  }

  private Note checked(Loading loading, String name, Map<String, String> facts, long bytes)
      throws IOException, ProblemException {
    announcement.say(new HowFar(Doing.CHECK, 0, bytes).line());
    var loaded = loading.loaded(name, facts);
    announcement.say(new HowFar(Doing.CHECK, bytes, bytes).line());
    return loaded;
  }

  private static void check(Path source, Found found, LoadTask.Source wanted)
      throws IOException, ProblemException {
    if (!Files.isRegularFile(source, LinkOption.NOFOLLOW_LINKS)) {
      throw Source.problem(
          "SourceCorrupt", "%s is no file. Name the backup by its own path.", found.name());
    }
    Source.checkAge(madeAt(found, written(source)), found.name(), wanted.notOlderThan());
    var of = found.manifest().map(Manifest::database);
    if (wanted.database() != null && of.filter(it -> !it.equals(wanted.database())).isPresent()) {
      throw Source.problem(
          "WrongDatabase",
          "%s is a backup of %s, and one of %s is wanted. Take another one, or say of which file it has to be.",
          found.name(),
          of.get(),
          wanted.database());
    }
    Integrity.checkHeader(source, found.name());
    for (var companion : Companions.of(source)) {
      if (Files.size(companion) > 0 && !companion.toString().endsWith(Companions.SHARED_MEMORY)) {
        throw Source.problem(
            "SourceNotWhole",
            "Beside %s there is %s, in which a part of it may be: it is a copy of a file that was open. Take a backup that is whole, as VACUUM INTO makes one.",
            found.name(),
            companion.getFileName());
      }
    }
  }

  private static FileTime written(Path path) throws IOException {
    return Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static Instant madeAt(Found found, FileTime written) {
    return found.manifest().map(Manifest::started).orElse(written.toInstant());
  }

  private static void checkSpace(Path source, Path live, String name)
      throws IOException, ProblemException {
    var size = Files.size(source);
    var free = Files.getFileStore(live.getParent()).getUsableSpace();
    if (free < size + size / SPARE_PART + SPARE) {
      throw Source.problem(
          "DiskFull",
          "The volume of the live file has %s free, and %s is %s: both are there for a while. Nothing was written. Make space, or give it more.",
          Sizes.of(free),
          name,
          Sizes.of(size));
    }
  }

  private String copied(Path source, Path side) throws IOException, ProblemException {
    var digest = Content.digest();
    var all = Files.size(source);
    try (var from =
            new CountedStream(
                new DigestInputStream(
                    Files.newInputStream(source, LinkOption.NOFOLLOW_LINKS), digest));
        var to = Files.newOutputStream(side)) {
      copy(from, to, all);
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      Files.deleteIfExists(side);
      var full = Refusals.full(String.valueOf(e.getMessage()), "The volume of the live file");
      if (full.isPresent()) {
        throw new ProblemException(full.get());
      }
      throw e;
    }
  }

  /** Says meanwhile, and at the end, how far it is. */
  private void copy(CountedStream from, OutputStream to, long all) throws IOException {
    Supplier<String> now = () -> new HowFar(Doing.COPY, from.count(), all).line();
    var watch = announcement.saying(now);
    try (watch) {
      var buffer = new byte[BUFFER];
      for (var count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        to.write(buffer, 0, count);
      }
    }
    announcement.say(now.get());
  }

  private static Map<String, String> facts(
      Found found, String sum, Path side, Instant madeAt, boolean vouched) throws IOException {
    var facts = new TreeMap<String, String>();
    facts.put(Note.FILE, found.name());
    facts.put(Note.SHA256, sum);
    facts.put(Note.MADE_AT, madeAt.toString());
    facts.put(Note.BYTES, String.valueOf(Files.size(side)));
    if (!vouched) {
      facts.put(Note.UNVOUCHED, "true");
    }
    return facts;
  }
}
