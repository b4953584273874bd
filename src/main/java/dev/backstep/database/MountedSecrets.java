package dev.backstep.database;

import dev.backstep.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sessions of a program that reaches no API server: the Secret of its database is mounted beside
 * it, a file for each key. They follow the same rules as those of {@link Sessions}.
 */
public final class MountedSecrets {
  /** Links that the kubelet makes beside the keys. */
  private static final String HIDDEN = ".";

  private final String namespace;

  /**
   * Secrets of one namespace.
   *
   * @param namespace where a host without a dot is looked for
   */
  public MountedSecrets(String namespace) {
    this.namespace = namespace;
  }

  /**
   * Opens a session that may write.
   *
   * @param name of the Secret, for people
   * @param folder where it is mounted
   * @param limit how long one statement may take
   * @throws NoSessionException with what is wrong and what to do about it
   */
  public Session open(String name, Path folder, Duration limit) throws NoSessionException {
    return session(name, folder, limit, Session.Use.WRITE);
  }

  /** As {@link #open}, and nothing can be written in it: a standby will do. */
  public Session openReading(String name, Path folder, Duration limit) throws NoSessionException {
    return session(name, folder, limit, Session.Use.READ);
  }

  /** As {@link #open(String, Path, Duration)}, with another database of the same server. */
  public Session open(String name, Path folder, Duration limit, String database)
      throws NoSessionException {
    return session(credentials(name, folder).with(database), limit, Session.Use.WRITE);
  }

  /**
   * As {@link #open(String, Path, Duration)}, with the database of the same server from which the
   * one that the Secret names can be renamed.
   */
  public Session openMaintenance(String name, Path folder, Duration limit)
      throws NoSessionException {
    var to = credentials(name, folder);
    return session(to.with(to.maintenance()), limit, Session.Use.WRITE);
  }

  /**
   * Variables by which PostgreSQL's own programs reach the database; none is a secret.
   *
   * @param scratch a folder of this process alone; what is secret is written there
   */
  public Map<String, String> variables(String name, Path folder, Path scratch)
      throws NoSessionException, IOException {
    return Libpq.environment(credentials(name, folder), scratch);
  }

  private Session session(String name, Path folder, Duration limit, Session.Use use)
      throws NoSessionException {
    return session(credentials(name, folder), limit, use);
  }

  private static Session session(Credentials to, Duration limit, Session.Use use)
      throws NoSessionException {
    return Connections.session(to, limit, use, () -> {});
  }

  private Credentials credentials(String name, Path folder) throws NoSessionException {
    return Credentials.of(name, values(name, folder), namespace);
  }

  private Map<String, String> values(String name, Path folder) throws NoSessionException {
    var values = new LinkedHashMap<String, String>();
    try (var files = Files.newDirectoryStream(folder)) {
      for (var file : files) {
        var key = file.getFileName().toString();
        if (!key.startsWith(HIDDEN)) {
          values.put(key, Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
        }
      }
      return values;
    } catch (IOException e) {
      throw new NoSessionException(
          new Problem(
              "SecretNotRead",
              "Secret %s/%s, which is mounted at %s, cannot be read: %s"
                  .formatted(namespace, name, folder, e)));
    }
  }
}
