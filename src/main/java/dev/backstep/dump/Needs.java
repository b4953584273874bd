package dev.backstep.dump;

import dev.backstep.database.Session;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a dump needs of the server that it is restored on, as far as its table of contents says. */
final class Needs {
  /** As pg_dump writes it, in a line of its own: to whom something is given, or taken from. */
  private static final Pattern GRANT =
      Pattern.compile(
          ".* (?:TO|FROM) (\"(?:[^\"]|\"\")+\"|[^\\s\";]+)(?: WITH GRANT OPTION)?(?: GRANTED BY .*)?;");

  private static final String PUBLIC = "PUBLIC";

  private static final String ROLES_ABSENT =
      "SELECT r FROM pg_catalog.unnest(?::text[]) r WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = r) ORDER BY r";

  private static final String EXTENSIONS_ABSENT =
      "SELECT e FROM pg_catalog.unnest(?::text[]) e WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = e) AND NOT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = e) ORDER BY e";

  private static final String EXTENSIONS_FORBIDDEN =
      "SELECT e FROM pg_catalog.unnest(?::text[]) e WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = e) AND NOT EXISTS (SELECT FROM pg_catalog.pg_available_extension_versions WHERE name = e AND (trusted OR NOT superuser)) ORDER BY e";

  private final Source source;
  private final Path scratch;

  Needs(Source source, Path scratch) {
    this.source = source;
    this.scratch = scratch;
  }

  /**
   * Looks for it.
   *
   * @param side a session with the empty database that is to be loaded
   * @throws ProblemException with what the server does not have
   */
  void check(Session side) throws SQLException, IOException, ProblemException {
    var extensions = source.header().extensions();
    refuse("ExtensionMissing", Needs::absent, found(EXTENSIONS_ABSENT, extensions, side));
    refuse("ExtensionForbidden", Needs::forbidden, found(EXTENSIONS_FORBIDDEN, extensions, side));
    refuse("RoleMissing", Needs::roles, found(ROLES_ABSENT, granted(), side));
  }

  /** What is said of those that are missing. */
  private interface Said {
    String of(List<String> names);
  }

  private static void refuse(String reason, Said said, List<String> names) throws ProblemException {
    if (!names.isEmpty()) {
      throw new ProblemException(new Problem(reason, said.of(names)));
    }
  }

  private static String absent(List<String> names) {
    return "The dump needs extension %s, which the server does not have. Install its package there. Nothing was restored."
        .formatted(String.join(", ", names));
  }

  private static String forbidden(List<String> names) {
    return "Only a superuser may create extension %s, which the dump needs. Let one create it in template1, from which the new database is made: %s Nothing was restored."
        .formatted(String.join(", ", names), statements("CREATE EXTENSION \"%s\";", names));
  }

  private static String roles(List<String> names) {
    return "The dump gives rights to role %s, which the server does not have. Create it: %s Nothing was restored."
        .formatted(String.join(", ", names), statements("CREATE ROLE \"%s\";", names));
  }

  private static String statements(String statement, List<String> names) {
    return names.stream()
        .map(name -> statement.formatted(name.replace("\"", "\"\"")))
        .collect(Collectors.joining(" "));
  }

  private static List<String> found(String query, List<String> names, Session session)
      throws SQLException {
    var found = new ArrayList<String>();
    try (var statement = session.connection().prepareStatement(query)) {
      statement.setArray(1, session.connection().createArrayOf("text", names.toArray()));
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
    }
    return found;
  }

  /** Those to whom the dump gives rights; of nothing else in it a script is made. */
  private List<String> granted() throws IOException, ProblemException {
    var grants = source.header().grants();
    if (grants.isEmpty()) {
      return List.of();
    }
    var list = Files.write(scratch.resolve("grants.list"), grants);
    var roles = new ArrayList<String>();
    new PgProgram(
            List.of(
                source.programs().pgRestore(),
                "--use-list=%s".formatted(list),
                "-f",
                "-",
                source.path().toString()),
            Map.of(),
            Refusals::ofReading,
            line -> {})
        .into(
            script ->
                new String(script.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(GRANT::matcher)
                    .filter(Matcher::matches)
                    .map(grant -> grant.group(1))
                    .filter(role -> !role.equals(PUBLIC))
                    .map(Needs::unquoted)
                    .forEach(roles::add));
    return roles.stream().distinct().toList();
  }

  private static String unquoted(String role) {
    return role.startsWith("\"")
        ? role.substring(1, role.length() - 1).replace("\"\"", "\"")
        : role;
  }
}
