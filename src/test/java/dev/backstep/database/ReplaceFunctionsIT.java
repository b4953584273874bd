package dev.backstep.database;

import static dev.backstep.database.SqlEffects.mark;
import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.TestDatabase.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.action.ReplaceFunctions;
import dev.backstep.api.v1alpha1.action.ReplaceFunctions.Function;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions of a real database that do something else, and come back byte by byte. */
class ReplaceFunctionsIT {
  private static final String DEFINITIONS =
      "SELECT oid::regprocedure, pg_get_functiondef(oid), proowner::regrole, proacl::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1";
  private static final String RAISES = "BEGIN RAISE EXCEPTION 'off'; END";

  private final SqlEffects effects = new SqlEffects();

  @BeforeEach
  void fill() {
    effects
        .database()
        .has(
            """
            CREATE FUNCTION tax(net int, rate numeric DEFAULT 0.19) RETURNS numeric
            LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = public COST 7 AS $$
            -- it's a "tax"; $function$ is no end
            BEGIN
              RETURN net * rate;\t
            END $$;
            REVOKE EXECUTE ON FUNCTION tax FROM public;
            CREATE FUNCTION tax(net text) RETURNS text LANGUAGE sql AS 'SELECT net || ''?{x}''';
            """);
  }

  @AfterEach
  void close() {
    effects.close();
  }

  private List<String> definitions() {
    return effects.database().rows(DEFINITIONS);
  }

  private static Function body(List<String> types, String body) {
    return new Function("public.tax", types, body, null, null);
  }

  private static Function definition(String sql) {
    return new Function("public.tax", List.of("text"), null, sql, null);
  }

  private List<Problem> problems(Function... functions) {
    return effects
        .functions()
        .problems(new ReplaceFunctions(new Ref(SECRET), List.of(functions)), AUTHOR)
        .toCompletableFuture()
        .join();
  }

  @Test
  void onlyTheBodyIsAnotherAndItComesBackByteByByte() throws Exception {
    var before = definitions();
    var effect = effects.replaced(body(List.of("int", "numeric"), RAISES));

    assertThat(effects.send(effect, mark(1))).isEqualTo(Outcome.Applied.saying("1 altered"));
    assertThat(definitions().get(0))
        .contains("net integer, rate numeric DEFAULT 0.19")
        .contains("STABLE STRICT SECURITY DEFINER COST 7")
        .contains("SET search_path TO 'public'")
        .contains("AS $function$%s$function$".formatted(RAISES));
    assertThat(definitions().get(1)).isEqualTo(before.get(1));

    assertThat(effects.undone(effect, mark(1))).isEqualTo(Outcome.Applied.saying("1 put back"));
    assertThat(definitions()).isEqualTo(before);
  }

  @Test
  void withoutTypesAllOfTheNameAreReplaced() throws Exception {
    var before = definitions();
    var effect = effects.replaced(body(null, RAISES));

    assertThat(effects.send(effect, mark(1))).isEqualTo(Outcome.Applied.saying("2 altered"));
    assertThat(definitions())
        .allMatch(it -> it.contains(RAISES) && it.contains("LANGUAGE plpgsql"));
    effects.undone(effect, mark(1));

    assertThat(definitions()).isEqualTo(before);
  }

  @Test
  void aWholeDefinitionMayBeAnother() throws Exception {
    var before = definitions();
    var effect =
        effects.replaced(
            definition(
                "CREATE OR REPLACE FUNCTION public.tax(net text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN '?'; END $$"));

    effects.send(effect, mark(1));

    assertThat(effects.database().rows("SELECT tax('1'::text)")).containsExactly("?");
    effects.undone(effect, mark(1));
    assertThat(definitions()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE FUNCTION other(a int, b int[] DEFAULT '{1,2}') RETURNS TABLE (x int, y text) LANGUAGE sql AS $$ SELECT 1, 'a' $$",
        "CREATE FUNCTION other(a int) RETURNS int LANGUAGE sql RETURN a + 1",
        "CREATE FUNCTION other(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT a; SELECT a + 1; END",
        "CREATE PROCEDURE other(INOUT a int) LANGUAGE plpgsql AS $$ BEGIN a := 1; END $$",
        "CREATE FUNCTION other(VARIADIC a text[]) RETURNS SETOF text LANGUAGE sql ROWS 5 SET work_mem = '8MB' SET DateStyle = 'ISO, DMY' AS 'SELECT unnest(a)'",
        "CREATE FUNCTION other(a text DEFAULT E'x\\n LANGUAGE y\\n') RETURNS text LANGUAGE sql AS 'SELECT a'",
      })
  void everySortOfFunctionComesBack(String sql) throws Exception {
    effects.database().has(sql);
    var before = definitions();
    var effect = effects.replaced(new Function("public.other", null, RAISES, null, null));

    var outcome = effects.send(effect, mark(1));

    assertThat(outcome).isEqualTo(Outcome.Applied.saying("1 altered"));
    assertThat(definitions()).isNotEqualTo(before);
    effects.undone(effect, mark(1));
    assertThat(definitions()).isEqualTo(before);
  }

  @Test
  void whatSomebodyReplacedSinceIsLeftAndNamed() throws Exception {
    var effect = effects.replaced(body(null, RAISES));
    effects.send(effect, mark(1));
    effects
        .database()
        .has("CREATE OR REPLACE FUNCTION tax(net text) RETURNS text LANGUAGE sql AS 'SELECT net'");

    var undone = (Outcome.Applied) effects.undone(effect, mark(1));

    assertThat(undone.said()).isEqualTo("1 put back");
    assertThat(undone.drift())
        .isEqualTo("function public.tax(text) changed since, so they were left as they are");
    assertThat(effects.database().rows("SELECT tax('1'::text)")).containsExactly("1");
  }

  @Test
  void aDefinitionOfAnotherFunctionIsRolledBack() {
    var effect =
        effects.replaced(
            definition(
                "CREATE OR REPLACE FUNCTION public.tax(net date) RETURNS text LANGUAGE sql AS 'SELECT ''x'''"));
    var before = definitions();

    assertThat(effects.send(effect, mark(1)))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            it -> assertThat(it.problem().message()).startsWith("A definition makes tax(date)"));
    assertThat(definitions()).isEqualTo(before);
  }

  @Test
  void aBodyThatIsWrongIsKnownBefore() {
    assertThat(problems(body(null, RAISES))).isEmpty();

    assertThat(problems(body(null, "BEGIN RETRUN 1; END")))
        .singleElement()
        .satisfies(it -> assertThat(it.reason()).isEqualTo("SqlFailed"))
        .satisfies(it -> assertThat(it.message()).contains("function public.tax"));
  }

  @Test
  void whatWouldFailIsKnownBefore() {
    assertThat(
            problems(
                new Function("public.nothing", null, RAISES, null, null),
                body(List.of("date"), RAISES),
                body(List.of("no such type"), RAISES),
                body(List.of("text"), RAISES),
                body(List.of("text"), RAISES),
                new Function("public.tax", null, null, "DROP TABLE x", null),
                new Function("public.tax", List.of("text"), "x", null, "cobol")))
        .extracting(Problem::reason)
        .containsExactly(
            "FunctionMissing",
            "FunctionMissing",
            "FunctionMissing",
            "FunctionTwice",
            "FunctionAmbiguous",
            "DefinitionInvalid",
            "LanguageForbidden");
  }

  @Test
  void functionsOfOthersAreNotReplaced() {
    var user = effects.database().name();
    TestDatabase.asAdmin("CREATE ROLE owner_of_%s".formatted(user));
    effects
        .database()
        .server()
        .asAdmin(
            user,
            "ALTER FUNCTION tax(text) OWNER TO owner_of_%1$s; REVOKE CREATE ON SCHEMA public FROM public, pg_database_owner"
                .formatted(user));

    assertThat(problems(body(List.of("text"), RAISES)))
        .extracting(Problem::message)
        .satisfiesExactly(
            it -> assertThat(it).contains("GRANT \"owner_of_%1$s\" TO \"%1$s\";".formatted(user)),
            it ->
                assertThat(it)
                    .contains("GRANT CREATE ON SCHEMA public TO \"%s\";".formatted(user)));
  }

  @Test
  void aDryRunSaysWhichFunctionsAndLeavesThem() {
    var before = definitions();

    assertThat(effects.changes().preview(effects.replaced(body(null, RAISES)), AUTHOR))
        .containsExactlyInAnyOrder(
            "function public.tax(integer, numeric): another body",
            "function public.tax(text): another body");
    assertThat(definitions()).isEqualTo(before);
  }
}
