package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.ReplaceFunctions.Function;
import dev.backstep.problem.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What becomes of the functions that a plan names, one after the other, and what is in the way. */
final class FunctionReplacements {
  private static final String LANGUAGE =
      "SELECT quote_ident(lanname), has_language_privilege(oid, 'USAGE') FROM pg_catalog.pg_language WHERE lanname = ?";
  private static final String ONE_DEFINITION = "CREATE OR REPLACE (FUNCTION|PROCEDURE)\\b.*";

  private final Connection connection;
  private final String database;
  private final Map<String, Alteration> alterations = new LinkedHashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  /**
   * Of functions in one database.
   *
   * @param database how people call it
   */
  FunctionReplacements(Connection connection, String database) {
    this.connection = connection;
    this.database = database;
  }

  List<Alteration> alterations() {
    return List.copyOf(alterations.values());
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  /** Adds what a plan says of one function, or of all of a name. */
  void add(Function function) throws SQLException {
    var live = LiveFunction.found(connection, function);
    if (live.isEmpty()) {
      problem(
          "FunctionMissing",
          "There is no function %s in the %s. Correct name and argTypes."
              .formatted(LiveFunction.signature(function), database));
    } else if (function.definition() != null) {
      define(function, live);
    } else {
      giveBody(function, live);
    }
  }

  private void define(Function function, List<LiveFunction> live) {
    if (live.size() > 1) {
      problem(
          "FunctionAmbiguous",
          "There are %d functions %s in the %s, and a definition is of one. Set argTypes."
              .formatted(live.size(), function.name(), database));
    }
    var statements = Script.of(function.definition()).statements();
    if (statements.size() != 1 || !statements.get(0).words().matches(ONE_DEFINITION)) {
      problem(
          "DefinitionInvalid",
          "The definition of %s has to be one statement CREATE OR REPLACE FUNCTION or PROCEDURE. Correct it."
              .formatted(function.name()));
    }
    replace(live.get(0), function.definition(), "another definition");
  }

  private void giveBody(Function function, List<LiveFunction> live) throws SQLException {
    var language = language(function.bodyLanguage());
    if (language.isEmpty()) {
      problem(
          "LanguageForbidden",
          "The user of the Secret may not write functions in language %s in the %s, or there is no such language. Correct language, or give the right: GRANT USAGE ON LANGUAGE."
              .formatted(function.bodyLanguage(), database));
      return;
    }
    for (var one : live) {
      var text = one.with(function.body(), language.get());
      if (text.isPresent()) {
        replace(one, text.get(), "another body");
      } else {
        problem(
            "BodyUnknown",
            "The body of function %s in the %s cannot be told from the rest of it. Set definition instead of body."
                .formatted(one.name(), database));
      }
    }
  }

  /** How SQL writes it; empty: the user may not use it. */
  private Optional<String> language(String name) throws SQLException {
    try (var query = connection.prepareStatement(LANGUAGE)) {
      query.setString(1, name);
      try (var found = query.executeQuery()) {
        return found.next() && found.getBoolean(2)
            ? Optional.of(found.getString(1))
            : Optional.empty();
      }
    }
  }

  private void replace(LiveFunction live, String definition, String how) {
    checkRights(live);
    var name = "function %s".formatted(live.name());
    var key = Map.of("function", live.name());
    var shown = "%s: %s".formatted(name, how);
    var alteration =
        new Alteration(CatalogKind.FUNCTION, key, name, live.definition(), definition, shown);
    if (alterations.put(live.name(), alteration) != null) {
      problem(
          "FunctionTwice",
          "Function %s is replaced twice. Let replaceFunctions.functions have it once."
              .formatted(live.name()));
    }
  }

  private void checkRights(LiveFunction live) {
    if (!live.owned()) {
      problem(
          "FunctionNotOwned",
          "User %1$s may not replace function %2$s in the %3$s, because that is its owner's right. Let the Secret have user %4$s, or let an administrator execute: GRANT \"%4$s\" TO \"%1$s\";"
              .formatted(live.user(), live.name(), database, live.owner()));
    }
    if (!live.creates()) {
      problem(
          "SchemaForbidden",
          "User %1$s may not create in schema %2$s of the %3$s, which replacing function %4$s takes. Let the schema's owner execute: GRANT CREATE ON SCHEMA %2$s TO \"%1$s\";"
              .formatted(live.user(), live.schema(), database, live.name()));
    }
  }

  private void problem(String reason, String message) {
    problems.add(new Problem(reason, message));
  }
}
