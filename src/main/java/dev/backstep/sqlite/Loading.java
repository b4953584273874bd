package dev.backstep.sqlite;

import dev.backstep.database.swap.Note;
import dev.backstep.database.swap.Note.State;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The file that a backup is copied into, beside the live one. */
public final class Loading {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String OWNER = "unix:uid";
  private static final String GROUP = "unix:gid";
  private static final int ROOT = 0;

  private static final String TABLES =
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'";

  private final RestoredFile file;
  private final Disk disk = new Disk();

  /** Beside this file. */
  public Loading(RestoredFile file) {
    this.file = file;
  }

  /** What the restore says of itself, where nothing is left to be loaded; empty: something is. */
  public Optional<Note> over() throws IOException {
    return new FileSwap(file, disk, PATIENCE).said().filter(this::over);
  }

  private boolean over(Note note) {
    return switch (note.state()) {
      case Kept, Undone -> true;
      case Loaded, Verified -> note.attempt() == file.names().attempt() && isAsLoaded(note);
      default -> false;
    };
  }

  private boolean isAsLoaded(Note note) {
    try {
      return RestoredFile.stamp(file.side()).equals(note.facts().get(FileSwap.STAMP));
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Begins anew; what was loaded before is deleted.
   *
   * @return the file that is to be written
   * @throws ProblemException when what would be written could not be used
   */
  public Path begun() throws IOException, ProblemException {
    file.checkLive();
    checkOwner();
    for (var earlier : file.sides()) {
      disk.delete(earlier);
    }
    file.say(note(State.Loading, Map.of()), disk);
    return file.side();
  }

  private Note note(State state, Map<String, String> facts) {
    return new Note(file.names().tag(), state, file.names().attempt(), facts);
  }

  /** What this program makes belongs to its user, and the application has to write to it. */
  private void checkOwner() throws IOException, ProblemException {
    var owner = number(file.live(), OWNER);
    if (owner != ROOT && owner != number(file.lock(), OWNER)) {
      throw new ProblemException(
          new Problem(
              "OwnerDiffers",
              "File %s belongs to user %d, and a file that is put in its place would belong to user %d, so the application could not write to it. Name the user that the application runs as: target.sqlite.user: %d"
                  .formatted(file.live().getFileName(), owner, number(file.lock(), OWNER), owner)));
    }
  }

  private static int number(Path path, String which) throws IOException {
    return (Integer) Files.getAttribute(path, which, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * It was written to its end, and is found to be whole.
   *
   * @param name of the backup, as people know it
   * @param facts what is known of it
   * @throws ProblemException when it is damaged, or of another database
   */
  public Note loaded(String name, Map<String, String> facts) throws IOException, ProblemException {
    disk.sync(file.side());
    Integrity.checkHeader(file.side(), name);
    Integrity.check(file.side(), name);
    checkTables(name);
    asLive();
    var loaded = note(State.Loaded, facts).with(FileSwap.STAMP, RestoredFile.stamp(file.side()));
    file.say(loaded, disk);
    return loaded;
  }

  /** A backup of something else has none of the tables; what it has of them is for the checks. */
  private void checkTables(String name) throws IOException, ProblemException {
    var live = tables(file.live(), false);
    var common = tables(file.side(), true);
    common.retainAll(live);
    if (!live.isEmpty() && common.isEmpty()) {
      throw new ProblemException(
          new Problem(
              "WrongDatabase",
              "File %s has none of the tables of %s, such as %s: it is a backup of something else. Take another one."
                  .formatted(name, file.live().getFileName(), live.iterator().next())));
    }
  }

  private static Set<String> tables(Path file, boolean unused) throws IOException {
    try (var queries = unused ? FileQueries.ofUnused(file) : FileQueries.of(file)) {
      return new HashSet<>(queries.column(TABLES));
    } catch (SQLException e) {
      // It is damaged: that is why it is restored.
      return new HashSet<>();
    }
  }

  /** Whoever may use the live file may use this one, as far as this program may give that away. */
  private void asLive() throws IOException {
    Set<PosixFilePermission> permissions =
        Files.getPosixFilePermissions(file.live(), LinkOption.NOFOLLOW_LINKS);
    try {
      Files.setAttribute(file.side(), GROUP, number(file.live(), GROUP), LinkOption.NOFOLLOW_LINKS);
    } catch (FileSystemException e) {
      // It is not a member of that group; the owner is the same.
    }
    Files.setPosixFilePermissions(file.side(), permissions);
  }
}
