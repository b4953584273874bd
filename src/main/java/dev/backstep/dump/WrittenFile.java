package dev.backstep.dump;

import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file that is stored as it is, byte for byte. */
record WrittenFile(Path file) implements Written {
  @Override
  public void into(Path to) throws IOException {
    Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void into(Output output) throws IOException, ProblemException {
    try (var content = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      output.from(content);
    }
  }
}
