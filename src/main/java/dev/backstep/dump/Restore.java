package dev.backstep.dump;

import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** One run of {@code pg_restore} into an empty database. */
final class Restore {
  /** More do not help where the disk is what is waited for. */
  private static final int WORKERS = 4;

  private static final Pattern TABLE_DONE =
      Pattern.compile("pg_restore: finished item [0-9]+ TABLE DATA .*");

  private final Source source;
  private final String database;
  private final String owner;
  private final Map<String, String> environment;
  private final Announcement announcement;
  private final AtomicInteger tables = new AtomicInteger();

  Restore(
      Source source,
      String database,
      String owner,
      Map<String, String> environment,
      Announcement announcement) {
    this.source = source;
    this.database = database;
    this.owner = owner;
    this.environment = environment;
    this.announcement = announcement;
  }

  /**
   * Restores all of it, or fails.
   *
   * @param scratch where a list of what is restored may be written
   */
  void run(Path scratch) throws IOException, ProblemException {
    var list = Files.write(scratch.resolve("restored.list"), source.header().restored());
    announcement.say(now());
    var program =
        new PgProgram(
            List.of(
                source.programs().pgRestore(),
                "--verbose",
                "--exit-on-error",
                "--no-owner",
                "--role=%s".formatted(owner),
                "--jobs=%d".formatted(WORKERS),
                "--use-list=%s".formatted(list),
                "--no-password",
                "--dbname=dbname='%s'".formatted(escaped(database)),
                source.path().toString()),
            environment,
            said -> Refusals.ofRestoring(said, database),
            this::heard);
    // What it does last may take longest, and it says nothing meanwhile.
    var watch = announcement.saying(this::now);
    try (watch) {
      program.into(output -> output.transferTo(OutputStream.nullOutputStream()));
    }
  }

  /** As a value in a connection string is written. */
  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("'", "\\'");
  }

  private void heard(String line) {
    if (TABLE_DONE.matcher(line).matches()) {
      tables.incrementAndGet();
    }
  }

  private String now() {
    var all = source.header().tables();
    return tables.get() < all
        ? "tables %d of %d".formatted(tables.get(), all)
        : "tables %d of %d, makes indexes".formatted(all, all);
  }
}
