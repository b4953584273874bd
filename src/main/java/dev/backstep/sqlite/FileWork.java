package dev.backstep.sqlite;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.database.swap.Note;
import dev.backstep.database.swap.Note.State;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.program.Ending;
import dev.backstep.program.VolumePaths;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Does one step of a restore at a SQLite file: a program of its own beside the operator, in the
 * same image, that a Job runs on the volume of the file. What was done stands beside the file;
 * started again, it goes on from there. Its last words are what the restore knows of itself then.
 */
public final class FileWork {
  /** Nobody knows what was done: another pod would find out. */
  public static final String NOT_FINISHED = "NotFinished";

  /** Among the facts of its last words: how far the restore is. */
  public static final String STATE = "state";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FileTask task;
  private final Disk disk;

  FileWork(FileTask task, Disk disk) {
    this.task = task;
    this.disk = disk;
  }

  /** Does what the environment says. */
  public static void main(String[] args) throws JsonProcessingException {
    var task = FileTask.of(System.getenv(FileTask.VARIABLE));
    System.exit(new FileWork(task, new Disk()).end());
  }

  private int end() {
    try {
      return Ending.found(done());
    } catch (ProblemException e) {
      return Ending.refused(e.problem());
    } catch (IOException | UncheckedIOException e) {
      return Ending.later(
          new Problem(
              NOT_FINISHED, "Step %s did not come to its end: %s".formatted(task.step(), e)));
    }
  }

  /** What is known of the restore afterwards. */
  Map<String, String> done() throws IOException, ProblemException {
    var live = VolumePaths.of(Path.of(task.folder()), task.path());
    var file = new RestoredFile(live, task.names());
    return Turn.with(file, () -> facts(done(file)));
  }

  private Note done(RestoredFile file) throws IOException, ProblemException {
    var swap = new FileSwap(file, disk, PATIENCE);
    var checks = new FileChecks(file, disk, task.verify());
    var note =
        swap.said()
            .orElseGet(
                () ->
                    new Note(task.names().tag(), State.Created, task.names().attempt(), Map.of()));
    return switch (task.step()) {
      case Prove -> note.state() == State.Kept ? note : checks.proven(note);
      case Swap -> swap.swapped();
      case Check -> checks.live(note);
      case PutBack -> swap.putBack();
      case Clear -> new Leftovers(file, disk).cleared(note);
      case Drop -> new Leftovers(file, disk).dropped(note);
    };
  }

  /** What a note says, as last words have it. */
  public static Map<String, String> facts(Note note) {
    var facts = new TreeMap<>(note.facts());
    facts.put(STATE, note.state().name());
    return facts;
  }
}
