package dev.backstep.sqlite;

import dev.backstep.api.v1alpha1.restore.RestoreCheck;
import dev.backstep.database.Judging;
import dev.backstep.database.Judging.Checked;
import dev.backstep.database.swap.Note;
import dev.backstep.database.swap.Note.State;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.cel.common.values.NullValue;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Verifies restored data: beside the live file, and in its place. */
final class FileChecks {
  private final RestoredFile file;
  private final Disk disk;
  private final List<RestoreCheck> checks;
  private final Judging judging = new Judging();

  FileChecks(RestoredFile file, Disk disk, List<RestoreCheck> checks) {
    this.file = file;
    this.disk = disk;
    this.checks = checks;
  }

  /**
   * What was loaded may take the place of the live file.
   *
   * @throws ProblemException when it may not
   */
  Note proven(Note note) throws IOException, ProblemException {
    if (note.state() != State.Loaded && note.state() != State.Verified
        || !RestoredFile.stamp(file.side()).equals(note.facts().get(FileSwap.STAMP))) {
      throw new ProblemException(
          new Problem(
              "NotLoaded",
              "File %s is not as it was loaded: somebody else changed it. Look who does, and begin again."
                  .formatted(file.side().getFileName())));
    }
    file.checkLive();
    var before = before();
    try (var restored = FileQueries.ofUnused(file.side())) {
      var checked = judged(restored, before);
      throwIfBad(
          checked,
          "The backup was restored beside file %s, and is not what is wanted, so nothing is replaced: %s");
      var proven =
          note.in(State.Verified)
              .with(Note.facts(checked))
              .with(FileSwap.LIVE, RestoredFile.number(file.live()));
      file.say(proven, disk);
      return proven;
    } catch (SQLException e) {
      throw notAsked(e);
    }
  }

  /** What each query answers on the live file; CEL's null where it cannot be asked. */
  private Map<String, Object> before() {
    var answers = new HashMap<String, Object>();
    try (var live = FileQueries.of(file.live())) {
      for (var check : checks) {
        answers.put(check.name(), answer(live, check));
      }
    } catch (SQLException | IOException e) {
      // It is damaged: that is why it is restored.
    }
    return answers;
  }

  private static Object answer(FileQueries live, RestoreCheck check) {
    try {
      return live.ask(check.query()).value();
    } catch (SQLException e) {
      return NullValue.NULL_VALUE;
    }
  }

  /**
   * What is live now is what was proven. All of it was read before; it is read again if it was
   * written to since.
   *
   * @throws ProblemException when it is not
   */
  Note live(Note note) throws IOException, ProblemException {
    if (!RestoredFile.stamp(file.live()).equals(note.facts().get(FileSwap.STAMP))) {
      Integrity.check(file.live(), file.live().getFileName().toString());
    }
    var before = new HashMap<String, Object>();
    checks.forEach(
        check ->
            before.put(check.name(), Judging.kept(note.facts().get(Note.before(check.name())))));
    try (var live = FileQueries.of(file.live())) {
      throwIfBad(judged(live, before), "File %s was replaced, and is not what is wanted: %s");
      return note;
    } catch (SQLException e) {
      throw notAsked(e);
    }
  }

  private List<Checked> judged(FileQueries restored, Map<String, Object> before) {
    return checks.stream()
        .map(
            check ->
                judged(check, restored, before.getOrDefault(check.name(), NullValue.NULL_VALUE)))
        .toList();
  }

  private Checked judged(RestoreCheck check, FileQueries restored, Object before) {
    try {
      return judging.judged(check, restored.ask(check.query()), before);
    } catch (SQLException e) {
      return Judging.failed(check, e);
    }
  }

  private void throwIfBad(List<Checked> checked, String message) throws ProblemException {
    var failures = Judging.failures(checked);
    if (failures.isPresent()) {
      throw new ProblemException(
          new Problem(
              "VerificationFailed", message.formatted(file.live().getFileName(), failures.get())));
    }
  }

  private ProblemException notAsked(SQLException e) {
    return new ProblemException(
        new Problem(
            "SourceCorrupt",
            "What was restored beside file %s cannot be read: %s."
                .formatted(file.live().getFileName(), e.getMessage())));
  }
}
