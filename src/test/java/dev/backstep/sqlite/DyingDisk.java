package dev.backstep.sqlite;

import java.io.IOException;
import java.nio.file.Path;

/** A disk whose program is killed right before one of the things that it does to it. */
final class DyingDisk extends Disk {
  private int left;

  /** Killed after so many of them. */
  DyingDisk(int after) {
    this.left = after;
  }

  /** Nothing after it is done: nobody catches it. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private void step() {
    if (left-- == 0) {
      throw new Killed();
    }
  }

  @Override
  void keep(Path file, Path name) throws IOException {
    step();
    super.keep(file, name);
  }

  /** In the middle of it, too. */
  @Override
  void copy(Path file, Path to) throws IOException {
    step();
    super.copy(file, to);
  }

  @Override
  void move(Path from, Path to) throws IOException {
    step();
    super.move(from, to);
  }

  @Override
  void delete(Path path) throws IOException {
    step();
    super.delete(path);
  }

  @Override
  void draft(Path file, byte[] content) throws IOException {
    step();
    super.draft(file, content);
  }

  @Override
  void sync(Path path) throws IOException {
    step();
    super.sync(path);
  }
}
