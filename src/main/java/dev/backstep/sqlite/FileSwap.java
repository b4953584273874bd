package dev.backstep.sqlite;

import dev.backstep.database.swap.Note;
import dev.backstep.database.swap.Note.State;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Puts a proven file in the place of the live one, and back. Whenever it is killed, the path has
 * the one file or the other, whole; started again, it finds what was done, and does the rest.
 *
 * <p>What SQLite keeps beside a file belongs to that file, and would change any other one that got
 * its name. So at first SQLite itself puts it into the file; before that, all is copied as it was
 * found. Only of a file that SQLite cannot open any more, companions are taken away by their names,
 * right before it is replaced.
 */
final class FileSwap {
  /** What a note knows: the live file that was looked at, and the proven one as it was then. */
  static final String LIVE = "live";

  static final String STAMP = "stamp";

  /** Of a note that says Kept: the file that was live before. */
  static final String OLD = "old";

  private final RestoredFile file;
  private final Disk disk;
  private final Duration patience;

  FileSwap(RestoredFile file, Disk disk, Duration patience) {
    this.file = file;
    this.disk = disk;
    this.patience = patience;
  }

  /**
   * The proven file becomes the live one.
   *
   * @return what the restore says of itself then
   * @throws ProblemException when nothing was replaced
   */
  Note swapped() throws IOException, ProblemException {
    var note = said().orElseThrow(this::notProven);
    if (note.state() == State.Kept) {
      return note;
    }
    if (note.state() != State.Verified || note.attempt() != file.names().attempt()) {
      throw notProven();
    }
    checkUnchanged(note);
    file.checkLive();
    if (!RestoredFile.is(file.live(), note.facts().get(LIVE))) {
      throw foreign();
    }
    keepAsFound();
    exchanged(file.side(), file.old(), () -> kept(note));
    return said().orElseThrow();
  }

  /** What the restore says of itself, once it says what was done; empty: nothing was begun. */
  Optional<Note> said() throws IOException {
    var note = file.said();
    if (note.filter(this::isLive).isPresent()) {
      disk.sync(file.live().getParent());
      if (Files.exists(Disk.draft(file.note()), LinkOption.NOFOLLOW_LINKS)) {
        disk.publish(file.note());
      } else {
        file.say(kept(note.get()), disk);
      }
      return file.said();
    }
    return note;
  }

  /** It was renamed before, by somebody who did not come to say so. */
  private boolean isLive(Note note) {
    return note.state() == State.Verified
        && RestoredFile.is(file.live(), note.facts().get(STAMP).split(" ")[0]);
  }

  private Note kept(Note note) throws IOException {
    return note.in(State.Kept).with(OLD, RestoredFile.number(file.old()));
  }

  private void checkUnchanged(Note note) throws IOException, ProblemException {
    if (!Files.exists(file.side(), LinkOption.NOFOLLOW_LINKS)
        || !RestoredFile.stamp(file.side()).equals(note.facts().get(STAMP))) {
      throw notProven();
    }
  }

  /** What is written down before the one step that counts: afterwards it only gets its name. */
  @FunctionalInterface
  private interface Saying {
    Note note() throws IOException;
  }

  private void exchanged(Path next, Path kept, Saying saying) throws IOException, ProblemException {
    Held.fold(file.live(), patience);
    var before = RestoredFile.stamp(file.live());
    if (!RestoredFile.is(kept, RestoredFile.number(file.live()))) {
      disk.delete(kept);
      disk.keep(file.live(), kept);
    }
    try (var held = Held.of(file.live(), patience)) {
      held.checkUnchanged(before);
      disk.draft(file.note(), saying.note().text().getBytes(StandardCharsets.UTF_8));
      for (var companion : Companions.of(file.live())) {
        disk.move(companion, Companions.as(companion, file.live(), kept));
      }
      disk.sync(file.live().getParent());
      disk.move(next, file.live());
    }
  }

  /** What SQLite is about to put in order is kept as it was found. */
  private void keepAsFound() throws IOException {
    var companions = Companions.of(file.live());
    if (companions.isEmpty()
        || !Integrity.isDatabase(file.live())
        || Files.exists(file.found(), LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    for (var companion : companions) {
      disk.copy(companion, Companions.as(companion, file.live(), file.found()));
    }
    // It is there last: with it, all of them are.
    disk.copy(file.live(), file.found());
  }

  /**
   * What was live before is live again; what was written since is kept under another name.
   *
   * @return what the restore says of itself then
   * @throws ProblemException when nothing was put back
   */
  Note putBack() throws IOException, ProblemException {
    var note = said().orElseThrow(this::oldGone);
    if (note.state() == State.Undone) {
      return note;
    }
    if (note.state() != State.Kept) {
      throw oldGone();
    }
    if (!RestoredFile.is(file.live(), note.facts().get(OLD))) {
      if (!RestoredFile.is(file.old(), note.facts().get(OLD))) {
        throw oldGone();
      }
      file.checkLive();
      exchanged(file.old(), file.undone(), () -> note.in(State.Undone));
    }
    for (var companion : Companions.of(file.old())) {
      disk.move(companion, Companions.as(companion, file.old(), file.live()));
    }
    disk.sync(file.live().getParent());
    file.say(note.in(State.Undone), disk);
    return file.said().orElseThrow();
  }

  private ProblemException notProven() {
    return new ProblemException(
        new Problem(
            "NotProven",
            "File %s is not there any more, or is not as it was proven, so nothing was replaced. Begin again."
                .formatted(file.side().getFileName())));
  }

  private ProblemException foreign() {
    return new ProblemException(
        new Problem(
            "ForeignState",
            "File %s is not the one that was looked at before: somebody else put another one in its place. Nothing was replaced. Look who does, and begin again."
                .formatted(file.live().getFileName())));
  }

  private ProblemException oldGone() {
    return new ProblemException(
        new Problem(
            "OldDropped",
            "The data from before is not kept any more, so file %s stays as it is."
                .formatted(file.live().getFileName())));
  }
}
