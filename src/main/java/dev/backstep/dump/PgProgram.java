package dev.backstep.dump;

import dev.backstep.problem.ProblemException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/** One of PostgreSQL's own programs, which is run once and to its end. */
final class PgProgram implements Written {
  /** The last lines of what it says beside its output; with them it ends. */
  private static final int LINES = 60;

  /** Each waits for a program, so they share none. */
  private static final Executor THREADS = task -> new Thread(task, "program").start();

  private final ProcessBuilder command;
  private final Function<String, ProblemException> failed;
  private final Consumer<String> line;

  /**
   * A program.
   *
   * @param command without a secret in it
   * @param environment what it gets beside the words of its messages, which are English
   * @param failed what is wrong when it fails: the last lines that it said
   * @param line hears each line that it says beside its output
   */
  PgProgram(
      List<String> command,
      Map<String, String> environment,
      Function<String, ProblemException> failed,
      Consumer<String> line) {
    this.command = new ProcessBuilder(command);
    this.failed = failed;
    this.line = line;
    var variables = this.command.environment();
    var path = variables.get("PATH");
    variables.clear();
    variables.putAll(Map.of("LC_ALL", "C", "TZ", "UTC", "PGTZ", "UTC"));
    if (path != null) {
      variables.put("PATH", path);
    }
    variables.putAll(environment);
  }

  /** Runs it; its output is written into a file. */
  @Override
  public void into(Path file) throws IOException, ProblemException {
    command.redirectOutput(file.toFile());
    var program = command.start();
    program.getOutputStream().close();
    ended(program, heard(program));
  }

  /** Runs it; its output is read. */
  @Override
  public void into(Output output) throws IOException, ProblemException {
    run(InputStream.nullInputStream(), output);
  }

  /**
   * Runs it; it reads this, and its output is read.
   *
   * @param input read to its end, also when the program ends before
   * @throws ProblemException when it failed
   */
  void run(InputStream input, Output output) throws IOException, ProblemException {
    var program = command.start();
    try {
      var said = heard(program);
      var fed = CompletableFuture.runAsync(() -> feed(program, input), THREADS);
      output.from(program.getInputStream());
      joined(fed);
      ended(program, said);
    } finally {
      program.destroyForcibly();
    }
  }

  private static void feed(Process program, InputStream input) {
    try (var to = program.getOutputStream()) {
      var buffer = new byte[1 << 16];
      var open = true;
      for (var count = input.read(buffer); count >= 0; count = input.read(buffer)) {
        open = open && written(to, buffer, count);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** False: the program has heard enough. */
  private static boolean written(OutputStream to, byte[] buffer, int count) {
    try {
      to.write(buffer, 0, count);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void joined(CompletableFuture<Void> fed) throws IOException {
    try {
      fed.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException read) {
        throw read.getCause();
      }
      throw e;
    }
  }

  /** Its last lines, once it ends. */
  private CompletableFuture<String> heard(Process program) {
    return CompletableFuture.supplyAsync(
        () -> {
          Deque<String> last = new ArrayDeque<>();
          try (var lines =
              new BufferedReader(
                  new InputStreamReader(program.getErrorStream(), StandardCharsets.UTF_8))) {
            for (var said = lines.readLine(); said != null; said = lines.readLine()) {
              line.accept(said);
              last.addLast(said);
              if (last.size() > LINES) {
                last.removeFirst();
              }
            }
          } catch (IOException e) {
            last.addLast(e.toString());
          }
          return String.join("\n", last);
        },
        THREADS);
  }

  private void ended(Process program, CompletableFuture<String> said)
      throws IOException, ProblemException {
    try {
      if (program.waitFor() != 0) {
        throw failed.apply(said.join());
      }
      said.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the program is to end");
    } finally {
      program.destroyForcibly();
    }
  }
}
