package dev.backstep.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.backstep.effect.Author;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Reading.Color;
import dev.backstep.testing.Workloads;
import dev.cel.common.values.NullValue;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What conditions see, and what is said of it. */
class JudgementTest {
  private static final GateScope SCOPE =
      GateScope.of(new Author("shop", "runner"), Workloads.of()).with().gate("queue").build();

  private final Judgement judgement = new Judgement("value", Map.of());

  private Reading judged(String condition, Object value) {
    return judgement.of(condition, value, Map.of(), SCOPE);
  }

  @Test
  void theValueThatDecidedIsSaidAndKept() {
    assertThat(judged("value < 5", 4L))
        .isEqualTo(Reading.green("value was 4").withValue(LongNode.valueOf(4)));
    assertThat(judged("value < 0.5", 0.75))
        .isEqualTo(
            Reading.red("value was 0.75, wanted value < 0.5").withValue(DoubleNode.valueOf(0.75)));
    assertThat(judged("true", 4L).message()).as("nothing was looked at").isEqualTo("value was 4");
  }

  @Test
  void whatIsNotThereIsNullAndNoNumber() {
    assertThat(judged("value == null", NullValue.NULL_VALUE))
        .isEqualTo(Reading.green("value was null"));
    assertThat(judged("value < 5", NullValue.NULL_VALUE).color()).isEqualTo(Color.ERROR);
    assertThat(judged("previous == null && before == null", 1L).color()).isEqualTo(Color.GREEN);
  }

  @Test
  void itIsComparedWithTheLastValueAndWithTheStart() {
    // given
    var scope =
        SCOPE
            .with()
            .previous(LongNode.valueOf(7))
            .atStart(Map.of("queue", LongNode.valueOf(9), "other", LongNode.valueOf(1)))
            .build();

    // when
    var reading = judgement.of("value < previous && value < before", 5L, Map.of(), scope);

    // then
    assertThat(reading.message()).isEqualTo("value was 5, previous was 7, before was 9");
    assertThat(reading.color()).isEqualTo(Color.GREEN);
  }

  @Test
  void aTextIsNeverSaid() {
    assertThat(judged("value == 'alice'", "alice@example.org"))
        .isEqualTo(
            Reading.red("value was a text of 17 characters, wanted value == 'alice'")
                .withValue(TextNode.valueOf("alice@example.org")));
    assertThat(judgement.recorded("alice").message()).isEqualTo("value was a text of 5 characters");
    assertThat(judgement.recorded(NullValue.NULL_VALUE).value()).isEqualTo(NullNode.instance);
  }

  @Test
  void aConditionThatDoesNotCompileIsKnownBefore() {
    assertThat(judgement.invalid("valeu < 5"))
        .hasValueSatisfying(it -> assertThat(it).startsWith("successCondition does not compile"));
    assertThat(judgement.invalid("value < 5")).isEmpty();
  }
}
