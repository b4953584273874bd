package dev.backstep.sqlite;

import dev.backstep.database.swap.Note;
import dev.backstep.database.swap.Note.State;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Deletes what a restore made beside the live file. */
final class Leftovers {
  private final RestoredFile file;
  private final Disk disk;

  Leftovers(RestoredFile file, Disk disk) {
    this.file = file;
    this.disk = disk;
  }

  /** What never went live goes; what was live before stays. */
  Note cleared(Note note) throws IOException {
    if (note.state() == State.Kept || note.state() == State.Undone) {
      delete(file.sides());
    } else {
      deleteAll();
    }
    return note;
  }

  /** What was live before goes too, if it is not live again. */
  Note dropped(Note note) throws IOException {
    if (note.state() == State.Kept
        && !RestoredFile.is(file.live(), note.facts().get(FileSwap.OLD))) {
      deleteAll();
    } else if (note.state() == State.Created) {
      delete(List.of(file.lock()));
    }
    return note;
  }

  /** The note goes last but one: with it, the others would be looked for again. */
  private void deleteAll() throws IOException {
    var others = new ArrayList<>(file.all());
    others.removeAll(List.of(file.note(), file.lock()));
    delete(others);
    delete(List.of(file.note(), file.lock()));
  }

  private void delete(List<Path> files) throws IOException {
    for (var one : files) {
      disk.delete(one);
    }
    disk.sync(file.live().getParent());
  }
}
