package dev.backstep.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.backstep.expression.Expression.EvaluationFailedException;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
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

  // ---- hostile

  private static final String LONG = "a".repeat(1 << 20);

  /** Each of these took minutes or all memory in one step, which nobody can end. */
  static Stream<Arguments> hostile() {
    var zeros = Collections.nCopies(500_000, 0L);
    var lists = "(%sbody).size() > 0".formatted("body + ".repeat(200));
    var bytes = "(%sbytes(body)).size() > 0".formatted("bytes(body) + ".repeat(100));
    var twice = "[1]%s".formatted(".map(x, [x, x])".repeat(60));
    return Stream.of(
        Arguments.of("body.matches('((a{30}){10}b?){3}c')", LONG),
        Arguments.of("matches(body, '((a{30}){10}b?){3}c')", LONG),
        Arguments.of("body.a.contains(body.b)", Map.of("a", LONG, "b", "a".repeat(1 << 18) + "b")),
        Arguments.of(lists, zeros),
        Arguments.of(bytes, LONG),
        Arguments.of("%s == %s".formatted(twice, twice), ""),
        Arguments.of("%s in [%s]".formatted(twice, twice), ""));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void aStepThatWouldTakeTooLongIsNotBegun(String text, Object body) {
    var expression = compiled(text);

    assertThatThrownBy(
            () ->
                assertTimeoutPreemptively(
                    Duration.ofSeconds(10), () -> expression.test(answer(body))))
        .isInstanceOf(EvaluationFailedException.class)
        .hasMessageStartingWith("the condition takes too long; let it");
  }

  @Test
  void aRegularExpressionThatFillsTheMemoryIsRefused() {
    assertThatThrownBy(
            () -> compiled("body.matches('(((a{1000}){1000}){1000})')").test(answer("a")))
        .isInstanceOf(EvaluationFailedException.class)
        .hasMessage("the regular expression is none: it is too large; repeat less in it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "body.text.matches('.*ready.*')| true",
        "matches(body.text, '^not')| false",
        "body.text.contains('ready')| true",
        "body.items.map(i, i.name).exists(n, n.contains('b'))| true",
        "body.items.filter(i, i.up).size() == 20000| true",
        "body.items.map(i, i.up, i.name).size() == 20000| true",
      })
  void whatIsOfUseHasRoomInTheBudget(String text, boolean met) throws Exception {
    var items = Collections.nCopies(20_000, Map.of("name", "db", "up", true));
    var body = Map.of("text", "x".repeat(1 << 19) + " is ready", "items", items);

    assertThat(compiled(text).test(answer(body))).isEqualTo(met);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"(", "[", "!", "- ", "body.a", "true && ", "true ? true : ", "[1].all(x, "})
  void whatIsNestedTooDeepIsRefusedOrCompiles(String part) {
    var text = part.repeat(2048 / part.length());

    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          try {
            assertThat(Expression.compile(text, VARIABLES)).isNotNull();
          } catch (InvalidExpressionException e) {
            assertThat(e).hasMessageNotContaining("\n");
          }
        });
  }

  /** What an endpoint answers is not for everybody who may read a status. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int(body) == 1| a text is no number",
        "double(body) == 1.0| a text is no number",
        "timestamp(body) == timestamp('2020-01-01T00:00:00Z')| a text is no time",
      })
  void aTextThatDoesNotFitIsNotSaid(String text, String message) {
    assertThatThrownBy(() -> compiled(text).test(answer("canary-7f3a91")))
        .isInstanceOf(EvaluationFailedException.class)
        .hasMessage(message);
  }
}
