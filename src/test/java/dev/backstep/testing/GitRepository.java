package dev.backstep.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A repository of Git with one branch, {@code main}.
 *
 * @param folder its work tree
 */
public record GitRepository(Path folder) {

  /** A new one with these files, each named by its path. */
  public static GitRepository of(Map<String, String> files) {
    try {
      var repository = new GitRepository(Files.createTempDirectory("backstep-git"));
      repository.git("init", "--quiet", "--initial-branch=main");
      repository.commit(files);
      return repository;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Commits files; an empty one is taken away. */
  public void commit(Map<String, String> files) {
    files.forEach(this::write);
    git("add", "--all");
    git("commit", "--quiet", "--message", "Change what runs");
  }

  private void write(String path, String content) {
    var file = folder.resolve(path);
    try {
      if (content.isEmpty()) {
        Files.delete(file);
      } else {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The hash of the last commit. */
  public String head() {
    return git("rev-parse", "HEAD").strip();
  }

  private String git(String... arguments) {
    var command = new ArrayList<>(List.of("git", "-C", folder.toString()));
    command.addAll(List.of("-c", "user.name=shop", "-c", "user.email=shop@example.com"));
    command.addAll(List.of(arguments));
    return Command.run(command, Map.of(), "").orThrow().stdout();
  }
}
