package dev.backstep.dump;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.database.MountedSecrets;
import dev.backstep.database.NoSessionException;
import dev.backstep.database.Session;
import dev.backstep.database.swap.Note;
import dev.backstep.database.swap.SideNotes;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Loads a dump into an empty database beside the live one: a program of its own beside the
 * operator, in the same image, that a Job runs. All of the dump is read before anything is
 * restored, and it is restored as a plain role, since it may run anything that its author wrote.
 *
 * <p>How far it is stands in the comment of the side database ({@link SideNotes}), and what it does
 * just now in the name of its session: see {@link DumpLooks#progress}. When it is ended after it
 * began to restore, the database is of no use any more, and a second one refuses it.
 */
public final class Load {
  private final LoadTask task;
  private final MountedSecrets secrets;
  private final Path scratch;

  private Load(LoadTask task) {
    this.task = task;
    this.secrets = new MountedSecrets(task.database().namespace());
    this.scratch = Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** Loads what the environment says. */
  public static void main(String[] args) throws JsonProcessingException {
    var task = LoadTask.of(System.getenv(LoadTask.VARIABLE));
    System.exit(Endings.of(new Load(task)::done));
  }

  private Path folder() {
    return Path.of(task.database().folder());
  }

  private Duration limit() {
    return Duration.ofSeconds(task.timeoutSeconds());
  }

  private String done() throws NoSessionException, ProblemException, SQLException, IOException {
    var secret = task.database().secret();
    try (var store = task.source().from().open();
        var maintenance = secrets.openMaintenance(secret, folder(), limit());
        var named = secrets.openMaintenance(secret, folder(), limit())) {
      var announcement = Announcement.inSession(named, task.names().tag());
      var server = ServerFacts.of(maintenance);
      checkPlain(maintenance, server);
      announcement.say("reads the dump");
      var source = Source.of(store, task.source(), server, scratch);
      checkNeeds(source);
      var notes = new SideNotes(maintenance, task.names(), task.side());
      notes.loading();
      load(source, announcement);
      source.checkUnchanged();
      notes.loaded(facts(source));
      return said(source);
    }
  }

  /** What a dump has in it is executed, and what it may do is what this user may do. */
  private static void checkPlain(Session session, ServerFacts server) throws ProblemException {
    if (server.mighty()) {
      throw new ProblemException(
          new Problem(
              "RestoreAsSuperuser",
              "User %s of Secret %s is as mighty as a superuser, and what a dump has in it would be executed as one. Name a role in the Secret that is none: CREATE ROLE backstep LOGIN CREATEDB PASSWORD '...';"
                  .formatted(session.user(), session.secret())));
    }
  }

  /** What the server lacks is found before an hour of loading, and not after it. */
  private void checkNeeds(Source source)
      throws NoSessionException, ProblemException, SQLException, IOException {
    try (var session = secrets.open(task.database().secret(), folder(), limit(), task.side())) {
      new Needs(source, scratch).check(session);
    }
  }

  private void load(Source source, Announcement announcement)
      throws NoSessionException, ProblemException, SQLException, IOException {
    try {
      var variables = secrets.variables(task.database().secret(), folder(), scratch);
      new Restore(source, task.side(), task.owner(), variables, announcement).run(scratch);
      announcement.say("analyses");
      analyse();
    } catch (NoSessionException e) {
      throw lost(e.getMessage());
    } catch (SQLException e) {
      throw Refusals.ofRestoring(e.getMessage(), task.side());
    }
  }

  private ProblemException lost(String why) {
    return new ProblemException(
        new Problem(
            "LoadLost",
            "The server was lost while %s was loaded: %s See in its log why, such as a disk that is full, and begin again. The live database was not touched."
                .formatted(task.side(), why)));
  }

  /** Without it, the first queries after the swap would be planned in the dark. */
  private void analyse() throws NoSessionException, SQLException {
    try (var session = secrets.open(task.database().secret(), folder(), limit(), task.side());
        var statement = session.connection().createStatement()) {
      statement.execute("SET ROLE " + statement.enquoteIdentifier(task.owner(), true));
      statement.execute("ANALYZE");
    }
  }

  private static Map<String, String> facts(Source source) {
    var facts = new TreeMap<String, String>();
    facts.put(Note.FILE, source.name());
    facts.put(Note.SHA256, source.content().sha256());
    facts.put(Note.MADE_AT, source.madeAt().toString());
    facts.put(Note.BYTES, String.valueOf(source.content().bytes()));
    facts.put("tables", String.valueOf(source.header().tables()));
    facts.put("rows", String.valueOf(source.content().allRows()));
    if (!source.vouched()) {
      facts.put(Note.UNVOUCHED, "true");
    }
    return facts;
  }

  private String said(Source source) {
    return String.format(
        Locale.ROOT,
        "%s of %s was loaded into %s: %,d rows of %d tables, sha256 %s",
        source.name(),
        source.madeAt(),
        task.side(),
        source.content().allRows(),
        source.header().tables(),
        source.content().sha256());
  }
}
