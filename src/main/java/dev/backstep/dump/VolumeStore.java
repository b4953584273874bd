package dev.backstep.dump;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.program.VolumePaths;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** A volume: what is on it may have been put there by anybody, so no link is followed. */
final class VolumeStore implements Store {
  private final Path root;
  private volatile Path draft;

  VolumeStore(Path root) {
    this.root = root;
  }

  @Override
  public String name() {
    return "the volume";
  }

  @FunctionalInterface
  private interface Doing<T> {
    T done() throws IOException, ProblemException;
  }

  /** What another try would not overcome has a name. */
  private <T> T named(String name, Doing<T> doing) throws IOException, ProblemException {
    try {
      return doing.done();
    } catch (AccessDeniedException e) {
      throw new ProblemException(
          new Problem(
              "PathForbidden",
              "The pod may not use %s on the volume: user or group 65532 needs to read it, and to write where backups go. Change it from a pod that mounts the volume: chown or chmod."
                  .formatted(name)));
    } catch (FileSystemException e) {
      throw Refusals.full(String.valueOf(e.getReason()), "the volume")
          .map(ProblemException::new)
          .orElseThrow(() -> e);
    }
  }

  private Path path(String name) throws ProblemException {
    return VolumePaths.of(root, name);
  }

  private Path draftPath(String name) throws ProblemException {
    return path(FileNames.draft(name));
  }

  @Override
  public List<String> list(String prefix) throws IOException, ProblemException {
    var slash = prefix.lastIndexOf('/');
    var folder = slash < 0 ? "" : prefix.substring(0, slash + 1);
    var path = slash < 0 ? root : path(prefix.substring(0, slash));
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    return named(
        folder,
        () -> {
          try (var files = Files.list(path)) {
            return files
                .map(file -> folder + file.getFileName())
                .filter(name -> name.startsWith(prefix))
                .sorted()
                .toList();
          }
        });
  }

  @Override
  public boolean has(String name) throws ProblemException {
    return Files.exists(path(name), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public Optional<byte[]> read(String name) throws IOException, ProblemException {
    var path = path(name);
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(named(name, () -> beginning(path)))
        : Optional.empty();
  }

  private static byte[] beginning(Path path) throws IOException {
    try (var content = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      return content.readNBytes(LARGEST);
    }
  }

  @Override
  public void write(String name, byte[] content) throws IOException, ProblemException {
    named(
        name,
        () -> {
          var partial = draftPath(name);
          Files.createDirectories(partial.getParent());
          Files.write(partial, content);
          return stored(partial, path(name));
        });
  }

  @Override
  public void draft(String name, Written content) throws IOException, ProblemException {
    named(
        name,
        () -> {
          var path = draftPath(name);
          Files.createDirectories(path.getParent());
          Files.deleteIfExists(path);
          draft = path;
          content.into(path);
          return path;
        });
  }

  @Override
  public long drafted() {
    try {
      return draft == null ? 0 : Files.size(draft);
    } catch (IOException e) {
      return 0;
    }
  }

  @Override
  public InputStream readDraft(String name) throws IOException, ProblemException {
    return Files.newInputStream(draftPath(name), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void publish(String name) throws IOException, ProblemException {
    stored(draftPath(name), path(name));
  }

  /** After this, a machine that loses its power has it too. */
  private static Path stored(Path partial, Path path) throws IOException {
    try (var content = FileChannel.open(partial, StandardOpenOption.WRITE)) {
      content.force(true);
    }
    Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE);
    try (var folder = FileChannel.open(path.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
    return path;
  }

  @Override
  public void delete(String name) throws IOException, ProblemException {
    named(name, () -> Files.deleteIfExists(path(name)));
  }

  @Override
  public Path local(String name, Path scratch) throws IOException, ProblemException {
    var path = path(name);
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new ProblemException(Refusals.missing(name, this));
    }
    return path;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
