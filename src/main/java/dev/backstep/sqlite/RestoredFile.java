package dev.backstep.sqlite;

import dev.backstep.database.swap.Names;
import dev.backstep.database.swap.Note;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file that is restored, and the files beside it that belong to one restore: they are in the same
 * folder, so that one takes the place of another in one step.
 *
 * @param live the file that applications open
 * @param names what the others are called
 */
public record RestoredFile(Path live, Names names) {
  private Path named(String name) {
    return live.resolveSibling(name);
  }

  private String liveName() {
    return live.getFileName().toString();
  }

  /** The one that this attempt makes, until it is live. */
  public Path side() {
    return named(names.side(liveName()));
  }

  /** The one that was live before. */
  Path old() {
    return named(names.old(liveName()));
  }

  /** What was live before as it was found, where SQLite had something to put in order first. */
  Path found() {
    return named(names.prefix(liveName()) + "found");
  }

  /** The one that putting back took out of service. */
  Path undone() {
    return named(names.undone(liveName()));
  }

  /** What the restore says of itself. */
  Path note() {
    return named(names.prefix(liveName()) + "note");
  }

  /** Whoever works for the restore has it locked. */
  Path lock() {
    return named(names.prefix(liveName()) + "lock");
  }

  /** All files of the restore, of all attempts. */
  public List<Path> all() throws IOException {
    try (var files = Files.list(live.getParent())) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(names.prefix(liveName())))
          .sorted()
          .toList();
    }
  }

  /** Those of them that never were live: of all attempts, with what is beside them. */
  public List<Path> sides() throws IOException {
    var others = List.of(old(), undone(), found(), note(), lock());
    return all().stream()
        .filter(file -> others.stream().noneMatch(other -> isOf(file, other)))
        .toList();
  }

  private static boolean isOf(Path file, Path other) {
    return file.getFileName().toString().startsWith(other.getFileName().toString());
  }

  /** What the restore says of itself; empty: nothing yet. */
  public Optional<Note> said() throws IOException {
    try {
      return Note.of(Files.readString(note())).filter(it -> it.restore().equals(names.tag()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void say(Note note, Disk disk) throws IOException {
    disk.draft(note(), note.text().getBytes(StandardCharsets.UTF_8));
    disk.publish(note());
  }

  /** The same file has the same number, whatever its name is. */
  static String number(Path file) throws IOException {
    return Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS).toString();
  }

  /** True when there is a file of this name, and it is the one with this number. */
  static boolean is(Path file, String number) {
    try {
      return number(file).equals(number);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Changes with whatever is written to a file. */
  static String stamp(Path file) throws IOException {
    return "%s %d %d"
        .formatted(
            number(file),
            Files.size(file),
            Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis());
  }

  /** The live file is there, and is a file. */
  public void checkLive() throws ProblemException {
    if (!Files.isRegularFile(live, LinkOption.NOFOLLOW_LINKS)) {
      throw new ProblemException(
          new Problem(
              "DatabaseMissing",
              "There is no file %s on the volume, so nothing is replaced. Correct the path; if it was deleted, make an empty one in its place: touch %s"
                  .formatted(liveName(), liveName())));
    }
  }
}
