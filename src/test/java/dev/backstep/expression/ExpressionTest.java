package dev.backstep.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.expression.Expression.EvaluationFailedException;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {
  private static final Map<String, CelType> VARIABLES =
      Map.of(
          "status", SimpleType.INT,
          "headers", MapType.create(SimpleType.STRING, SimpleType.STRING),
          "body", SimpleType.DYN);

  private static Map<String, Object> answer(Object body) {
    return Map.of("status", 200L, "headers", Map.of("x-version", "v2"), "body", body);
  }

  private static Expression compiled(String text) {
    try {
      return Expression.compile(text, VARIABLES);
    } catch (InvalidExpressionException e) {
      throw new AssertionError(text, e);
    }
  }

  private static Map<String, Object> seen(String text, Object body) throws Exception {
    return compiled(text).evaluate(answer(body)).seen();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "status == 200 && body.ok == true| true",
        "status == 200 && body.ok == false| false",
        "body.items.exists(i, i.name == 'db' && i.up)| true",
        "headers['x-version'].startsWith('v')| true",
        "has(body.missing)| false",
      })
  void aConditionHoldsOrDoesNot(String text, boolean met) throws Exception {
    var body = Map.of("ok", true, "items", List.of(Map.of("name", "db", "up", true)));

    assertThat(compiled(text).test(answer(body))).isEqualTo(met);
  }

  /** A rate is written as 0 where it is none. */
  @Test
  void wholeNumbersAreComparedWithOthers() throws Exception {
    assertThat(compiled("body.rate < 0.5").test(answer(Map.of("rate", 0L)))).isTrue();
    assertThat(compiled("body.rate < 1").test(answer(Map.of("rate", 0.5)))).isTrue();
    assertThat(compiled("body.rate == 1").test(answer(Map.of("rate", 1.0)))).isTrue();
  }

  @Test
  void theValuesThatDecidedAreKnownByTheirPlaces() throws Exception {
    var body = Map.of("ok", false, "db", Map.of("lag", List.of(7L, 9L)));

    assertThat(seen("status == 200 && body.ok == true", body))
        .isEqualTo(Map.of("status", 200L, "body.ok", false));
    assertThat(seen("body.db.lag[1] < 5 || body['ok'] == true", body))
        .isEqualTo(Map.of("body.db.lag[1]", 9L, "body['ok']", false));
    assertThat(seen("has(body.up) || headers['x-version'] == 'v1'", body))
        .isEqualTo(Map.of("has(body.up)", false, "headers['x-version']", "v2"));
  }

  @Test
  void whatWasNotLookedAtIsNotSaid() throws Exception {
    assertThat(seen("status == 500 && body.ok == true", Map.of("ok", true)))
        .isEqualTo(Map.of("status", 200L));
  }

  @Test
  void whatALoopGoesThroughIsNoPlaceOfItsOwn() throws Exception {
    var body = Map.of("items", List.of(Map.of("up", true), Map.of("up", false)));

    assertThat(seen("body.items.all(i, i.up)", body).keySet()).containsExactly("body.items");
    assertThat(seen("[1, 2].all(body, body > 0)", body)).isEmpty();
  }

  @Test
  void theMembersThatItNamesAreFound() {
    assertThat(compiled("headers['a'] == headers.b || headers[\"a\"] == ''").members("headers"))
        .containsExactly("a", "b");
    assertThat(compiled("headers.exists(h, headers[h] == 'x')").members("headers")).isEmpty();
    assertThat(compiled("[{'a': 1}].exists(headers, headers.a == 1)").members("headers")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "body.ok == true| key 'ok' is not present in map.",
        "body.ok == true && status == 200| key 'ok' is not present in map.",
      })
  void aValueThatIsNotThereIsAnErrorThatNamesIt(String text, String message) {
    assertThatThrownBy(() -> compiled(text).test(answer(Map.of())))
        .isInstanceOf(EvaluationFailedException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "body.all(x, body.all(y, x >= 0 && y >= 0))",
        // Without the look at the budget afterwards, the right side would decide.
        "body.exists(x, body.exists(y, x < 0 && y < 0)) || status == 200",
        "body.map(x, body.map(y, x + y)).size() > 0",
      })
  void whatCostsTooMuchIsAnErrorAndNoResult(String text) {
    var body = LongStream.range(0, 20_000).boxed().toList();

    assertThatThrownBy(() -> compiled(text).test(answer(body)))
        .isInstanceOf(EvaluationFailedException.class)
        .hasMessageStartingWith("the condition takes too long; let it");
  }

  @Test
  void textsThatGrowAreEndedBeforeTheyFillTheMemory() {
    var text = "x".repeat(1 << 20);
    var expression = compiled("[1,2,3,4,5,6,7,8,9].map(i, body + body + body).size() > 0");

    assertThatThrownBy(() -> expression.test(answer(text)))
        .hasMessageStartingWith("the condition takes too long; let it");
  }

  @Test
  void everyMemberOfALargeAnswerMayBeLookedAt() throws Exception {
    var body = IntStream.range(0, 20_000).mapToObj(i -> Map.of("state", "ok")).toList();

    assertThat(compiled("body.all(x, x.state == 'ok')").test(answer(body))).isTrue();
  }

  @Test
  void aHugeRegularExpressionIsRefused() {
    assertThatThrownBy(
            () -> compiled("body.matches('((a{100}){100})+')").test(answer("a".repeat(1000))))
        .isInstanceOf(EvaluationFailedException.class);
  }

  @Test
  void whatIsNoConditionIsRefusedWithItsPlace() {
    assertThatThrownBy(() -> Expression.compile("status + 1", VARIABLES))
        .isInstanceOf(InvalidExpressionException.class);
    assertThatThrownBy(() -> Expression.compile("status = 1", VARIABLES))
        .hasMessageStartingWith("at 1:8");
  }

  @Test
  void conditionsAreCompiledOnceAndTheOldestAreForgotten() throws Exception {
    var expressions = new Expressions(VARIABLES, 2);
    var first = expressions.compiled("status == 200");

    assertThat(expressions.compiled("status == 200")).isSameAs(first);
    expressions.compiled("status == 201");
    expressions.compiled("status == 202");
    assertThat(expressions.compiled("status == 200")).isNotSameAs(first);
  }
}
