package dev.backstep.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Definitions as PostgreSQL writes them, with other bodies. */
class FunctionTextTest {
  private static final String HEAD =
      "CREATE OR REPLACE FUNCTION public.f()\n RETURNS integer\n LANGUAGE sql\n STRICT\n";

  @Test
  void theBodyAndItsLanguageAreAnother() {
    var text = FunctionText.of(HEAD + "AS $function$SELECT 1$function$\n", "SELECT 1", "");

    assertThat(text.orElseThrow().with("sql", "plpgsql", "BEGIN END"))
        .hasValue(
            "CREATE OR REPLACE FUNCTION public.f()\n RETURNS integer\n LANGUAGE plpgsql\n STRICT\nAS $function$BEGIN END$function$\n");
  }

  @Test
  void aBodyMayHaveTheSignInIt() {
    var text =
        FunctionText.of(
            HEAD + "AS $functionx$SELECT '$function$'$functionx$\n", "SELECT '$function$'", "");

    assertThat(text.orElseThrow().with("sql", "sql", "'$functionx'"))
        .hasValue(HEAD + "AS $functionxx$'$functionx'$functionxx$\n");
  }

  @Test
  void aProcedureHasAnotherSign() {
    assertThat(FunctionText.of(HEAD + "AS $procedure$SELECT 1$procedure$\n", "SELECT 1", ""))
        .hasValue(new FunctionText(HEAD));
  }

  @Test
  void aBodyMayBeWithoutASign() {
    assertThat(FunctionText.of(HEAD + "RETURN 1\n", "", "RETURN 1"))
        .hasValue(new FunctionText(HEAD));
  }

  @Test
  void aFunctionInCHasNoBody() {
    assertThat(FunctionText.of(HEAD + "AS '$libdir/f', $function$f$function$\n", "f", ""))
        .isEmpty();
  }

  @Test
  void aHeadThatNamesTwoLanguagesIsNotUnderstood() {
    var head = HEAD.replace("f()", "f(a text DEFAULT 'x\n LANGUAGE sql\n')");

    assertThat(new FunctionText(head).with("sql", "plpgsql", "")).isEmpty();
  }
}
