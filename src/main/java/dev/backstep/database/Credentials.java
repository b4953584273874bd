package dev.backstep.database;

import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a database is, and who asks it: what is in a Secret as CloudNativePG makes it.
 *
 * @param secret the Secret, by namespace and name
 * @param database with which the session is
 * @param dbname the database that the Secret names
 * @param maintenance the database of the same server from which others are renamed
 * @param rootCertificates whom TLS trusts, as PEM; null: sslMode does not verify
 * @param diskBytes how much the disk of the server holds; null: nobody says so
 */
record Credentials(
    String secret,
    String host,
    int port,
    String database,
    String dbname,
    String maintenance,
    String user,
    String password,
    String sslMode,
    String rootCertificates,
    Long diskBytes) {

  /** What a host may look like: it becomes part of an address, and must not add options to it. */
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?");

  private static final String DEFAULT_PORT = "5432";

  /** Every server has it, and everybody may connect to it, unless somebody changed that. */
  private static final String DEFAULT_MAINTENANCE = "postgres";

  private static final int LARGEST_PORT = 65535;

  /** TLS where the server has it, as PostgreSQL's own programs do. */
  private static final String DEFAULT_SSL_MODE = "prefer";

  private static final Set<String> VERIFYING = Set.of("verify-ca", "verify-full");
  private static final Set<String> TRUSTING = Set.of("disable", "allow", "prefer", "require");

  /**
   * What the Secret says.
   *
   * @param data values by key, in base64
   * @param namespace the Secret's
   * @throws NoSessionException when a key is missing or has no sensible value
   */
  static Credentials of(String name, Map<String, String> data, String namespace)
      throws NoSessionException {
    var keys = new Keys(namespace + "/" + name, data == null ? Map.of() : data);
    var mode = keys.value("sslmode", DEFAULT_SSL_MODE);
    keys.check("sslmode", VERIFYING.contains(mode) || TRUSTING.contains(mode));
    var dbname = keys.required("dbname");
    return new Credentials(
        keys.secret(),
        host(keys, namespace),
        port(keys),
        dbname,
        dbname,
        keys.value("maintenance", DEFAULT_MAINTENANCE),
        keys.has("user") ? keys.required("user") : keys.required("username"),
        keys.required("password"),
        mode,
        VERIFYING.contains(mode) ? rootCertificates(keys) : null,
        keys.has("diskSize") ? diskSize(keys) : null);
  }

  /** The same server and user, with another of its databases. */
  Credentials with(String other) {
    return new Credentials(
        secret,
        host,
        port,
        other,
        dbname,
        maintenance,
        user,
        password,
        sslMode,
        rootCertificates,
        diskBytes);
  }

  private static String rootCertificates(Keys keys) throws NoSessionException {
    var pem = keys.required("sslrootcert");
    keys.check("sslrootcert", RootCertificates.readable(pem));
    return pem;
  }

  /** A name without a dot is a Service beside the Secret, and not one beside the operator. */
  private static String host(Keys keys, String namespace) throws NoSessionException {
    var host = keys.required("host");
    keys.check("host", HOST.matcher(host).matches());
    return host.contains(".") ? host : "%s.%s.svc".formatted(host, namespace);
  }

  private static int port(Keys keys) throws NoSessionException {
    var port = keys.value("port", DEFAULT_PORT);
    keys.check("port", port.matches("[0-9]{1,5}") && Integer.parseInt(port) <= LARGEST_PORT);
    return Integer.parseInt(port);
  }

  /** As the size of a volume is written, such as 50Gi. */
  private static long diskSize(Keys keys) throws NoSessionException {
    try {
      return Quantity.getAmountInBytes(Quantity.parse(keys.required("diskSize"))).longValueExact();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw keys.invalid("diskSize");
    }
  }

  private record Keys(String secret, Map<String, String> data) {
    boolean has(String key) {
      return data.containsKey(key);
    }

    String required(String key) throws NoSessionException {
      var value = value(key, "");
      if (value.isEmpty()) {
        throw new NoSessionException(
            new Problem(
                "SecretKeyMissing",
                "Secret %s has no key %s. It needs host, dbname, user and password."
                    .formatted(secret, key)));
      }
      return value;
    }

    /** Without the line break that files end with. */
    String value(String key, String absent) {
      return has(key)
          ? new String(Base64.getDecoder().decode(data.get(key)), StandardCharsets.UTF_8).strip()
          : absent;
    }

    void check(String key, boolean sensible) throws NoSessionException {
      if (!sensible) {
        throw invalid(key);
      }
    }

    NoSessionException invalid(String key) {
      return new NoSessionException(
          new Problem(
              "SecretInvalid",
              "Key %s of Secret %s has no value that it can have. Correct it."
                  .formatted(key, secret)));
    }
  }

  /** As {@code database orders at orders-db.shop.svc:5432}. */
  @Override
  public String toString() {
    return "database %s at %s:%d".formatted(database, host, port);
  }
}
