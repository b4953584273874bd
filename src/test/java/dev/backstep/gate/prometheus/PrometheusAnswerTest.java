package dev.backstep.gate.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.gate.prometheus.PrometheusAnswer.NoAnswerException;
import dev.cel.common.values.NullValue;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What Prometheus' HTTP API answers, as its documentation has it. */
class PrometheusAnswerTest {
  private static PrometheusAnswer answer(String type, String result) throws NoAnswerException {
    return PrometheusAnswer.of(
        200,
        "{\"status\":\"success\",\"data\":{\"resultType\":\"%s\",\"result\":%s}}"
            .formatted(type, result));
  }

  private static PrometheusAnswer number(String text) throws NoAnswerException {
    return answer("vector", "[{\"metric\":{},\"value\":[1435781451.781,\"%s\"]}]".formatted(text));
  }

  @Test
  void theFirstSeriesIsTheValueAndAllOfThemAreRows() throws Exception {
    var said =
        answer(
            "vector",
            "[{\"metric\":{\"job\":\"web\"},\"value\":[1435781451.781,\"1\"]},"
                + "{\"metric\":{\"job\":\"api\"},\"value\":[1435781451.781,\"0.5\"]}]");

    assertThat(said.value()).isEqualTo(1.0);
    assertThat(said.rows())
        .containsExactly(
            Map.of("metric", Map.of("job", "web"), "value", 1.0),
            Map.of("metric", Map.of("job", "api"), "value", 0.5));
  }

  @Test
  void aScalarIsAValueWithoutRows() throws Exception {
    var said = answer("scalar", "[1435781451.781, \"42\"]");

    assertThat(said.value()).isEqualTo(42.0);
    assertThat(said.rows()).isEmpty();
  }

  @Test
  void nothingAndWhatIsNoNumberAreNull() throws Exception {
    assertThat(answer("vector", "[]"))
        .isEqualTo(new PrometheusAnswer(NullValue.NULL_VALUE, List.of()));
    assertThat(number("NaN").value()).isEqualTo(NullValue.NULL_VALUE);
    assertThat(answer("vector", "[{\"metric\":{},\"histogram\":[1,{}]}]").value())
        .isEqualTo(NullValue.NULL_VALUE);
    assertThat(number("+Inf").value()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(number("-Inf").value()).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void ofManySeriesAHundredAreSeen() throws Exception {
    var series =
        IntStream.range(0, 1000)
            .mapToObj(i -> "{\"metric\":{\"n\":\"%d\"},\"value\":[1,\"%d\"]}".formatted(i, i))
            .collect(Collectors.joining(",", "[", "]"));

    assertThat(answer("vector", series).rows()).hasSize(100);
  }

  @Test
  void aRangeIsNoAnswer() {
    assertThatThrownBy(() -> answer("matrix", "[]"))
        .isInstanceOf(NoAnswerException.class)
        .hasMessageStartingWith("answered a matrix: let the query answer an instant vector");
  }

  @Test
  void whatItSaysIsWrongIsSaid() {
    assertThatThrownBy(
            () ->
                PrometheusAnswer.of(
                    400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"no }\"}"))
        .hasMessage("answered 400: no }");
  }

  @Test
  void whatIsNotPrometheusIsNoAnswer() {
    for (var body : List.of("<html>", "", "[]", "\"success\"", "{\"ok\":true}")) {
      assertThatThrownBy(() -> PrometheusAnswer.of(200, body))
          .as(body)
          .hasMessage("answered 200, but not as Prometheus does");
    }
  }
}
