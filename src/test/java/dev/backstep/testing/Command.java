package dev.backstep.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs a program to its end. */
public final class Command {
  private Command() {}

  /** What a program said. */
  public record Result(List<String> command, int exit, String stdout, String stderr) {

    /** This result, if the program ended well. */
    public Result orThrow() {
      if (exit != 0) {
        throw new IllegalStateException(
            String.join(" ", command) + " ended with " + exit + ":\n" + stderr + stdout);
      }
      return this;
    }
  }

  /** Runs a program; its exit code is for the caller to judge. */
  public static Result run(List<String> command, Map<String, String> environment, String stdin) {
    try {
      // Files instead of pipes: a pipe that nobody reads in time blocks the program.
      var in = Files.writeString(Files.createTempFile("backstep", ".in"), stdin);
      var out = Files.createTempFile("backstep", ".out");
      var err = Files.createTempFile("backstep", ".err");
      try {
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.redirectInput(in.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
        var exit = builder.start().waitFor();
        return new Result(command, exit, Files.readString(out), Files.readString(err));
      } finally {
        for (Path file : List.of(in, out, err)) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
