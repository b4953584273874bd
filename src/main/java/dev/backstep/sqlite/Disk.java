package dev.backstep.sqlite;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * What is done to the names in a folder, one step at a time: whoever is killed between two of them
 * leaves something that the next one recognizes.
 */
class Disk {
  /** The same file under one more name, or a copy where the volume knows no such thing. */
  void keep(Path file, Path name) throws IOException {
    try {
      Files.createLink(name, file);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | IOException e) {
      copy(file, name);
    }
  }

  /** A copy that is there as a whole or not at all, and on the disk before it is there. */
  void copy(Path file, Path to) throws IOException {
    var partial = draft(to);
    Files.copy(
        file,
        partial,
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.COPY_ATTRIBUTES,
        LinkOption.NOFOLLOW_LINKS);
    sync(partial);
    move(partial, to);
  }

  /** Another name for it, in one step, in the place of what had that name. */
  void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  void delete(Path path) throws IOException {
    Files.deleteIfExists(path);
  }

  /** Content that is on the disk, under a name that nobody reads yet. */
  void draft(Path file, byte[] content) throws IOException {
    Files.write(draft(file), content);
    sync(draft(file));
  }

  /** What was drafted gets its name. */
  void publish(Path file) throws IOException {
    move(draft(file), file);
    sync(file.getParent());
  }

  static Path draft(Path file) {
    return file.resolveSibling(file.getFileName() + ".partial");
  }

  /** After this, a machine that loses its power has it too: a file's content, a folder's names. */
  void sync(Path path) throws IOException {
    var how = Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    try (var opened = FileChannel.open(path, how)) {
      opened.force(true);
    }
  }
}
