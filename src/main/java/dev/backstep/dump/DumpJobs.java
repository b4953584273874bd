package dev.backstep.dump;

import dev.backstep.api.v1alpha1.value.BackupTo;
import dev.backstep.api.v1alpha1.value.Location;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.api.v1alpha1.value.SecretKey;
import dev.backstep.api.v1alpha1.value.ValueFrom;
import dev.backstep.database.swap.Names;
import dev.backstep.http.DownloadWish;
import dev.backstep.http.FullCall;
import dev.backstep.job.ProgramJobs;
import dev.backstep.job.ProgramJobs.Mounted;
import dev.backstep.job.ProgramJobs.Program;
import dev.backstep.problem.ProblemException;
import dev.backstep.time.Durations;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The Jobs of the programs that dump a database, load a dump, and keep what an endpoint says. */
@ApplicationScoped
public class DumpJobs {
  private static final String DATABASE = "database";
  private static final String PLACE = "place";

  private final ProgramJobs jobs;

  public DumpJobs(ProgramJobs jobs) {
    this.jobs = jobs;
  }

  /**
   * A backup that is to be made.
   *
   * @param tag by which {@link DumpLooks#progress} finds what the program says: 16 letters or
   *     digits at most
   * @param databaseRef name of the Secret of what is dumped
   * @param to where it goes
   * @param at the time in its name
   * @param limit how long it may take
   */
  public record BackupWish(
      String tag, String databaseRef, BackupTo to, Instant at, Duration limit) {
    /** The name of the dump below the place where it goes. */
    public String file() {
      return FileNames.DUMP.file(to.prefix(), at);
    }
  }

  /**
   * An export that is to be made.
   *
   * @param from who is asked; its folders are {@link #folders}
   * @param to where the answer goes
   * @param at the time in its name
   * @param limit how long it may take
   */
  public record ExportWish(DownloadWish from, BackupTo to, Instant at, Duration limit) {}

  /**
   * A dump that is to be loaded. Its source is a path, or a prefix and perhaps a time.
   *
   * @param databaseRef name of the Secret of the server
   * @param names of the databases of the restore; their tag is that of what the program says
   * @param live name of the database that is restored, and not touched
   * @param owner whom all that is restored belongs to
   * @param from where the dump is
   * @param path of the dump; null: the newest one with the prefix
   * @param prefix null: the path says which one
   * @param before the newest one made before this; null: the newest of all
   * @param sha256 what the dump has; null: what its manifest says, where there is one
   * @param database of which the dump has to be; null: of any
   * @param notOlderThan it has to be made at this time or later; null: at any
   * @param limit how long it may take
   */
  public record LoadWish(
      String databaseRef,
      Names names,
      String live,
      String owner,
      Location from,
      String path,
      String prefix,
      Instant before,
      String sha256,
      String database,
      Instant notOlderThan,
      Duration limit) {}

  /**
   * The Job that makes a backup, as it is created.
   *
   * @param claim of the run that it belongs to
   * @throws ProblemException when the operator does not know its own image
   */
  public Job backup(BackupWish wish, String name, String namespace, String claim)
      throws ProblemException {
    var kept = wish.to().retention();
    var task =
        new BackupTask(
            wish.tag(),
            new DumpDatabase(namespace, wish.databaseRef(), ProgramJobs.folder(DATABASE)),
            place(wish.to().to()),
            wish.to().prefix(),
            wish.at(),
            kept == null ? null : Durations.of(kept).toSeconds(),
            wish.limit().toSeconds());
    var program =
        new Program(
            Backup.class,
            BackupTask.VARIABLE,
            task.json(),
            List.of(Mounted.secret(DATABASE, wish.databaseRef()), mounted(wish.to().to(), false)),
            wish.limit());
    return jobs.suspended(program, name, namespace, claim);
  }

  /** Where the program of an export finds what a call takes from Secrets, by their names. */
  public static Map<String, String> folders(FullCall call) {
    var folders = new TreeMap<String, String>();
    call.secrets().forEach(secret -> folders.put(secret, ""));
    folders.replaceAll((secret, none) -> ProgramJobs.folder(volume(folders, secret)));
    return folders;
  }

  private static String volume(SortedMap<String, String> folders, String secret) {
    return "secret-%d".formatted(folders.headMap(secret).size());
  }

  /** As {@link #backup}: the Job that keeps what an endpoint answers. */
  public Job export(ExportWish wish, String name, String namespace, String claim)
      throws ProblemException {
    var kept = wish.to().retention();
    var task =
        new ExportTask(
            wish.from(),
            place(wish.to().to()),
            wish.to().prefix(),
            wish.at(),
            kept == null ? null : Durations.of(kept).toSeconds());
    var folders = new TreeMap<>(wish.from().folders());
    var secrets =
        folders.keySet().stream().map(it -> Mounted.secret(volume(folders, it), it)).toList();
    var volumes =
        Stream.concat(secrets.stream(), Stream.of(mounted(wish.to().to(), false))).toList();
    return jobs.suspended(
        new Program(Export.class, ExportTask.VARIABLE, task.json(), volumes, wish.limit()),
        name,
        namespace,
        claim);
  }

  /** What pods read of the Secret of a bucket. */
  public static List<NamedValue> keys(Location to) {
    return Stream.ofNullable(to.s3())
        .map(s3 -> s3.secretRef().name())
        .flatMap(
            secret ->
                Stream.of("accessKeyId", "secretAccessKey")
                    .map(key -> new ValueFrom(new SecretKey(secret, key)))
                    .map(from -> new NamedValue("key", null, from)))
        .toList();
  }

  /** As {@link #backup}: the Job that loads a dump into the side database. */
  public Job load(LoadWish wish, String name, String namespace, String claim)
      throws ProblemException {
    var task =
        new LoadTask(
            wish.names(),
            new DumpDatabase(namespace, wish.databaseRef(), ProgramJobs.folder(DATABASE)),
            wish.names().side(wish.live()),
            wish.owner(),
            new LoadTask.Source(
                place(wish.from()),
                wish.path(),
                wish.prefix(),
                wish.before(),
                wish.sha256(),
                wish.database(),
                wish.notOlderThan()),
            wish.limit().toSeconds());
    var program =
        new Program(
            Load.class,
            LoadTask.VARIABLE,
            task.json(),
            List.of(Mounted.secret(DATABASE, wish.databaseRef()), mounted(wish.from(), true)),
            wish.limit());
    return jobs.suspended(program, name, namespace, claim);
  }

  /** The volume, or the Secret of the bucket. */
  static Mounted mounted(Location location, boolean readOnly) {
    return location.volume() == null
        ? Mounted.secret(PLACE, location.s3().secretRef().name())
        : Mounted.claim(PLACE, location.volume().claimName(), readOnly);
  }

  /** As the program reaches it. */
  public static Place place(Location location) {
    var folder = ProgramJobs.folder(PLACE);
    var s3 = location.s3();
    return s3 == null
        ? new Place(folder, null)
        : new Place(null, new Place.S3(s3.endpointURL(), s3.region(), s3.bucket(), folder));
  }
}
