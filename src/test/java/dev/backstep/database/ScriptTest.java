package dev.backstep.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.effect.Outcome;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptTest {
  private static Script.Statement only(String sql) {
    assertThat(Script.of(sql).statements()).hasSize(1);
    return Script.of(sql).statements().get(0);
  }

  @Test
  void namesBecomeBindVariables() {
    var statement = only("UPDATE t SET a = :a WHERE b=:b_2 OR c = :a");

    assertThat(statement.text()).isEqualTo("UPDATE t SET a = ? WHERE b=? OR c = ?");
    assertThat(statement.names()).containsExactly("a", "b_2", "a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 'x :a'",
        "SELECT 'it''s :a'",
        "SELECT E'it\\'s :a'",
        "SELECT \":a\"",
        "SELECT $$ :a $$",
        "SELECT $f$ $$ :a; $f$",
        "SELECT 1 -- :a; COMMIT",
        "SELECT /* :a; /* nested */ :a */ 1",
        "SELECT a::int, b :: int",
        "SELECT l[1:n], l[m:n], l[(1):n], l[1 : n]",
        "SELECT f(a := 1)",
        "SELECT 'never ends :a",
        "SELECT \"never ends :a",
        "SELECT $$never ends :a",
        "SELECT /* never ends :a"
      })
  void whatLooksLikeANameIsLeftAlone(String sql) {
    assertThat(only(sql).text()).isEqualTo(sql);
    assertThat(only(sql).names()).isEmpty();
  }

  @Test
  void anOperatorWithAQuestionMarkIsNoBindVariable() {
    assertThat(only("SELECT j ? 'a', j ?| :k, '?' FROM t").text())
        .isEqualTo("SELECT j ?? 'a', j ??| ?, '?' FROM t");
  }

  @Test
  void statementsEndWhereTheServerEndsThem() {
    assertThat(
            Script.of(
                    "INSERT INTO t VALUES (';'); ; /* ; */ DO $$ BEGIN PERFORM 1; END $$; -- the end;\n")
                .statements())
        .extracting(Script.Statement::words)
        .containsExactly("INSERT INTO T VALUES", "DO");
  }

  @Test
  void nothingHasNoStatements() {
    assertThat(Script.of(null).statements()).isEmpty();
    assertThat(Script.of(" ;; -- nothing").statements()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COMMIT",
        "commit and chain",
        "/* x */ -- y\n Commit",
        "END",
        "ROLLBACK TO s",
        "ABORT",
        "BEGIN",
        "START TRANSACTION",
        "SAVEPOINT s",
        "RELEASE s",
        "PREPARE TRANSACTION 'x'",
        "SET ROLE admin",
        "SET LOCAL ROLE admin",
        "SET \"role\" = 'admin'",
        "SET SESSION AUTHORIZATION admin",
        "RESET ROLE",
        "SET TRANSACTION READ ONLY",
        "COPY t FROM PROGRAM 'x'"
      })
  void whatLeavesTheTransactionIsRefused(String sql) {
    assertThat(problem("UPDATE t SET a = 1; " + sql))
        .satisfies(it -> assertThat(it.problem().reason()).isEqualTo("SqlNotAllowed"))
        .satisfies(it -> assertThat(it.problem().message()).endsWith("take it out."));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE commits SET a = 1",
        "SET LOCAL enable_seqscan = off",
        "SET search_path = shop",
        "PREPARE p AS SELECT 1",
        "CREATE TABLE begin_end (a int)",
        "DO $$ BEGIN COMMIT; END $$",
        "ENDLESS"
      })
  void theServerDecidesAboutTheRest(String sql) {
    assertThatCode(() -> Script.of(sql).check(Set.of())).doesNotThrowAnyException();
  }

  /** A condition begins with a name, and a column may have any. */
  @Test
  void anExpressionMayBeginWithAnyName() throws NotDoneException {
    var condition = Script.ofExpression("release = :release AND \"end\" IS NULL");

    condition.check(Set.of("release"));
    assertThat(condition.statements())
        .extracting(Script.Statement::text)
        .containsExactly("release = ? AND \"end\" IS NULL");
  }

  @Test
  void anExpressionEndsNoTransaction() {
    assertThatThrownBy(() -> Script.ofExpression("true; COMMIT").checkAllowed())
        .isInstanceOf(NotDoneException.class);
  }

  @Test
  void noExpressionIsNone() {
    assertThat(Script.ofExpression(null).statements()).isEmpty();
    assertThat(Script.ofExpression(" ").statements()).isEmpty();
  }

  @Test
  void anArgumentWithoutAValueIsAProblem() {
    assertThat(problem("SELECT :a, :b").problem().message())
        .isEqualTo(
            "The SQL binds :b, but there is no arg b. Declare it in spec.args; a slice such as [1 : b] needs spaces around its colon.");
  }

  private static Outcome.Failed problem(String sql) {
    try {
      Script.of(sql).check(List.of("a"));
      throw new AssertionError("nothing is wrong with " + sql);
    } catch (NotDoneException e) {
      return assertThat(e.outcome())
          .asInstanceOf(InstanceOfAssertFactories.type(Outcome.Failed.class))
          .actual();
    }
  }
}
