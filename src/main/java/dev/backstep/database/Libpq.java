package dev.backstep.database;

import dev.backstep.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How PostgreSQL's own programs reach what a Secret names: variables of their environment, none of
 * which is a secret. The password is in a file that nobody else may read.
 */
final class Libpq {
  private static final String SECONDS_TO_CONNECT = "10";

  private Libpq() {}

  /**
   * The variables.
   *
   * @param scratch a folder of this process alone; the files are written there
   * @throws NoSessionException when these programs could not use the Secret
   */
  static Map<String, String> environment(Credentials to, Path scratch)
      throws NoSessionException, IOException {
    if (to.password().lines().count() != 1) {
      throw new NoSessionException(
          new Problem(
              "SecretInvalid",
              "Key password of Secret %s has more than one line, which PostgreSQL's own programs do not take. Give the user another password."
                  .formatted(to.secret())));
    }
    var variables = new LinkedHashMap<String, String>();
    variables.put("PGHOST", to.host());
    variables.put("PGPORT", String.valueOf(to.port()));
    variables.put("PGDATABASE", to.database());
    variables.put("PGUSER", to.user());
    variables.put("PGSSLMODE", to.sslMode());
    variables.put("PGGSSENCMODE", "disable");
    variables.put("PGCONNECT_TIMEOUT", SECONDS_TO_CONNECT);
    variables.put("PGAPPNAME", "backstep");
    variables.put("PGPASSFILE", written(scratch.resolve("pgpass"), "*:*:*:*:" + escaped(to)));
    if (to.rootCertificates() != null) {
      variables.put(
          "PGSSLROOTCERT", written(scratch.resolve("root.crt"), to.rootCertificates() + "\n"));
    }
    return variables;
  }

  /** As the manual's chapter 34.16 wants it. */
  private static String escaped(Credentials to) {
    return to.password().replace("\\", "\\\\").replace(":", "\\:") + "\n";
  }

  private static String written(Path file, String content) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, content).toString();
  }
}
