package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.ReplaceFunctions.Function;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A function or procedure as it is in the catalogue.
 *
 * @param name with its schema and the types of its arguments
 * @param definition all of it
 * @param source the body, where it is kept as text
 * @param parsed the body, where it is kept as SQL that was understood; else empty
 * @param language as SQL writes it
 * @param owner a role
 * @param owned true: the user is the owner, or is a member of it
 * @param schema as SQL writes it
 * @param creates true: the user may create in that schema
 * @param user who asks
 */
record LiveFunction(
    String name,
    String definition,
    String source,
    String parsed,
    String language,
    String owner,
    boolean owned,
    String schema,
    boolean creates,
    String user) {
  private static final String OF_THE_NAME =
      """
      SELECT format('%I.%I(%s)', s.nspname, p.proname, oidvectortypes(p.proargtypes)),
        pg_get_functiondef(p.oid), p.prosrc, coalesce(pg_get_function_sqlbody(p.oid), ''),
        quote_ident(l.lanname), pg_get_userbyid(p.proowner), pg_has_role(p.proowner, 'USAGE'),
        quote_ident(s.nspname), has_schema_privilege(s.oid, 'CREATE'), current_user
      FROM pg_catalog.pg_proc p
      JOIN pg_catalog.pg_namespace s ON s.oid = p.pronamespace
      JOIN pg_catalog.pg_language l ON l.oid = p.prolang
      WHERE ARRAY[s.nspname::text, p.proname::text] = parse_ident(?) AND p.prokind <> 'a'
      """;
  private static final String OF_THE_TYPES = " AND p.oid = to_regprocedure(?)";

  /** Those that a plan means: one, or all of a name. */
  static List<LiveFunction> found(Connection connection, Function function) throws SQLException {
    var types = function.argTypes();
    try (var query =
        connection.prepareStatement(types == null ? OF_THE_NAME : OF_THE_NAME + OF_THE_TYPES)) {
      query.setString(1, function.name());
      if (types != null) {
        query.setString(2, signature(function));
      }
      return all(query);
    } catch (SQLException e) {
      if (SqlErrors.isOfText(e)) {
        return List.of();
      }
      throw e;
    }
  }

  /** As {@code public.f(uuid, text)}, or {@code public.f} where all of the name are meant. */
  static String signature(Function function) {
    return function.argTypes() == null
        ? function.name()
        : "%s(%s)".formatted(function.name(), String.join(", ", function.argTypes()));
  }

  private static List<LiveFunction> all(PreparedStatement query) throws SQLException {
    List<LiveFunction> all = new ArrayList<>();
    try (var found = query.executeQuery()) {
      while (found.next()) {
        all.add(
            new LiveFunction(
                found.getString(1),
                found.getString(2),
                found.getString(3),
                found.getString(4),
                found.getString(5),
                found.getString(6),
                found.getBoolean(7),
                found.getString(8),
                found.getBoolean(9),
                found.getString(10)));
      }
    }
    return all;
  }

  /** The same with another body; empty: the body cannot be told from the rest. */
  Optional<String> with(String body, String bodyLanguage) {
    return FunctionText.of(definition, source, parsed)
        .flatMap(text -> text.with(language, bodyLanguage, body));
  }
}
