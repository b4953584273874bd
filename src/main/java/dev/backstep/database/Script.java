package dev.backstep.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.core.Parser;

/**
 * SQL that users wrote, statement by statement. The driver's own parser finds where they end, and
 * the server takes no more than one at a time: what is looked at here is what it executes.
 */
public record Script(List<Statement> statements) {
  /** They end the transaction, or do something in another one, or as somebody else. */
  private static final Pattern NOT_IN_A_TRANSACTION =
      Pattern.compile(
          "(BEGIN|START|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|COPY|PREPARE TRANSACTION"
              + "|SET TRANSACTION|SET SESSION CHARACTERISTICS"
              + "|(SET|RESET)( LOCAL| SESSION)? (ROLE|AUTHORIZATION))\\b.*");

  private static final String SELECT = "SELECT ";
  private static final Pattern WORD = Pattern.compile("[A-Za-z_]+");
  private static final int WORDS = 4;

  /**
   * One statement.
   *
   * @param text as JDBC wants it, with a question mark for each bind variable
   * @param names the arguments that are bound, in order
   * @param words what it begins with, in capitals, such as DELETE FROM ORDERS
   */
  public record Statement(String text, List<String> names, String words) {

    /** Ready to be executed. */
    PreparedStatement prepared(Connection connection, Map<String, String> binds)
        throws SQLException {
      var prepared = connection.prepareStatement(text);
      bind(prepared, 1, binds);
      return prepared;
    }

    /** Ready to be explained, with no values. */
    PreparedStatement explained(Connection connection) throws SQLException {
      var prepared = connection.prepareStatement("EXPLAIN " + text);
      for (var i = 1; i <= names.size(); i++) {
        prepared.setString(i, null);
      }
      return prepared;
    }

    /**
     * Binds the arguments.
     *
     * @param first number of the first bind variable
     */
    void bind(PreparedStatement prepared, int first, Map<String, String> binds)
        throws SQLException {
      for (var i = 0; i < names.size(); i++) {
        prepared.setString(first + i, binds.get(names.get(i)));
      }
    }

    private Statement withoutSelect() {
      return new Statement(text.substring(SELECT.length()), names, words);
    }

    /** True when the rows that come back are those that were changed. */
    boolean returnsChangedRows() {
      return Stream.of("INSERT", "UPDATE", "DELETE", "MERGE").anyMatch(words::startsWith);
    }
  }

  /** The statements of a text; null has none. */
  public static Script of(String sql) {
    try {
      var parts = Parser.parseJdbcSql(sql == null ? "" : sql, true, false, true, false, false);
      return new Script(
          parts.stream()
              .map(part -> statement(part.nativeSql))
              .filter(it -> !it.words().isEmpty())
              .toList());
    } catch (SQLException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * A condition, or another expression, that becomes a part of a statement; blank has none. What it
   * begins with is a name: a column may be called {@code release}.
   */
  static Script ofExpression(String sql) {
    if (sql == null || sql.isBlank()) {
      return new Script(List.of());
    }
    var statements = new ArrayList<>(of(SELECT + sql).statements());
    statements.set(0, statements.get(0).withoutSelect());
    return new Script(List.copyOf(statements));
  }

  /** The arguments that are bound. */
  public Set<String> names() {
    return statements.stream()
        .flatMap(it -> it.names().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * It can be executed: every argument has a value, and nothing in it leaves the transaction.
   *
   * @param known names of the arguments that have one
   * @throws NotDoneException when it cannot
   */
  void check(Collection<String> known) throws NotDoneException {
    for (var name : names()) {
      if (!known.contains(name)) {
        throw NotDoneException.failed(
            "SqlArgumentMissing",
            "The SQL binds :%1$s, but there is no arg %1$s. Declare it in spec.args; a slice such as [1 : %1$s] needs spaces around its colon."
                .formatted(name));
      }
    }
    checkAllowed();
  }

  /**
   * Nothing in it leaves the transaction.
   *
   * @throws NotDoneException when something does
   */
  void checkAllowed() throws NotDoneException {
    for (var statement : statements) {
      if (NOT_IN_A_TRANSACTION.matcher(statement.words()).matches()) {
        throw NotDoneException.failed(
            "SqlNotAllowed",
            "The SQL has the statement %s. All of it is one transaction, which begins and ends by itself, as the user of the Secret: take it out."
                .formatted(statement.words()));
      }
    }
  }

  /** The text without comments and strings, to find words and names in. */
  private static Statement statement(String sql) {
    var chars = sql.toCharArray();
    var text = new StringBuilder(chars.length);
    var names = new ArrayList<String>();
    var words = new ArrayList<String>();
    for (var i = 0; i < chars.length; i++) {
      var end = Math.min(endOfQuote(chars, i), chars.length - 1);
      if (end > i || chars[i] == '\'') {
        text.append(chars, i, end - i + 1);
        if (chars[i] == '"') {
          word(words, sql.substring(i + 1, end));
        }
        i = end;
      } else if (isName(chars, i)) {
        end = endOfWord(chars, i + 1);
        names.add(sql.substring(i + 1, end));
        text.append('?');
        i = end - 1;
      } else if (Parser.isIdentifierStartChar(chars[i])) {
        end = endOfWord(chars, i);
        word(words, sql.substring(i, end));
        text.append(chars, i, end - i);
        i = end - 1;
      } else {
        // The driver takes a question mark for a bind variable, and two for the operator.
        text.append(chars[i] == '?' ? "??" : chars[i]);
      }
    }
    return new Statement(text.toString(), List.copyOf(names), String.join(" ", words));
  }

  /** Where the string, quoted name or comment ends that begins here; else this very place. */
  private static int endOfQuote(char[] chars, int at) {
    return switch (chars[at]) {
      case '\'' -> Parser.parseSingleQuotes(chars, at, true);
      case '"' -> Parser.parseDoubleQuotes(chars, at);
      case '-' -> Parser.parseLineComment(chars, at);
      case '/' -> Parser.parseBlockComment(chars, at);
      case '$' -> Parser.parseDollarQuotes(chars, at);
      default -> at;
    };
  }

  /** A colon before a name, and neither a cast (a::int) nor a slice (a[1:n]). */
  private static boolean isName(char[] chars, int at) {
    return chars[at] == ':'
        && at + 1 < chars.length
        && (Character.isLetter(chars[at + 1]) || chars[at + 1] == '_')
        && (at == 0 || !isOperand(chars[at - 1]));
  }

  private static boolean isOperand(char before) {
    return Parser.isIdentifierContChar(before) || ":])\"".indexOf(before) >= 0;
  }

  private static int endOfWord(char[] chars, int from) {
    var end = from;
    while (end < chars.length && Parser.isIdentifierContChar(chars[end])) {
      end++;
    }
    return end;
  }

  private static void word(List<String> words, String word) {
    if (words.size() < WORDS && WORD.matcher(word).matches()) {
      words.add(word.toUpperCase(Locale.ROOT));
    }
  }
}
