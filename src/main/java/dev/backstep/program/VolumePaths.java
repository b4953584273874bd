package dev.backstep.program;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Paths on a volume: anybody may have put there what is on it, so no link is followed. */
public final class VolumePaths {
  private VolumePaths() {}

  /**
   * Where a file is.
   *
   * @param root where the volume is mounted
   * @param name with slashes
   * @throws ProblemException when it is not below the root, or behind a link
   */
  public static Path of(Path root, String name) throws ProblemException {
    var path = root;
    for (var part : name.split("/", -1)) {
      path = path.resolve(part);
      if (part.isEmpty() || part.equals(".") || part.equals("..") || Files.isSymbolicLink(path)) {
        throw new ProblemException(
            new Problem(
                "PathNotAllowed",
                "Path %s has the part \"%s\", which is a link or leads to another folder. Name the file by its own path on the volume."
                    .formatted(name, part)));
      }
    }
    return path;
  }
}
