package dev.backstep.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.DbRestoreStatus;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.testing.Filled;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as dropped by the API server, and what does not. */
class DroppedFieldsTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00.123456789Z");

  /** What is missing is read as something else: it cannot be told from another value. */
  private static final List<String> FILLED_IN =
      List.of(".actions[].attempt", ".done.attempt", ".status.attempt", ".run.mode", "status.seq");

  /** The keys of maps are no fields. */
  private static final String KEY = ".key";

  private static <S> S read(JsonNode json, Class<S> type) {
    try {
      return Json.MAPPER.treeToValue(json, type);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static <S> S sentAndRead(S status, Class<S> type) {
    return read(Json.MAPPER.valueToTree(status), type);
  }

  /** Where a field of an object stands. */
  private record Field(String pointer, String name, String path) {}

  private static List<Field> fields(JsonNode json, String pointer, String path) {
    var found = new ArrayList<Field>();
    json.properties()
        .forEach(
            field -> {
              var at = path + "." + field.getKey();
              found.add(new Field(pointer, field.getKey(), at));
              var inner = field.getValue();
              var inside = pointer + "/" + field.getKey();
              found.addAll(
                  inner.isArray()
                      ? fields(inner.path(0), inside + "/0", at + "[]")
                      : fields(inner, inside, at));
            });
    return found;
  }

  @ParameterizedTest
  @ValueSource(classes = {RollbackPlanStatus.class, SyncControlStatus.class, DbRestoreStatus.class})
  void everyFieldThatIsMissingIsFoundByItself(Class<?> type) {
    // given
    var sent = Filled.of(type);
    var json = Json.MAPPER.valueToTree(sent);

    for (var field : fields(json, "", "status")) {
      // when
      var pruned = (ObjectNode) json.deepCopy();
      ((ObjectNode) pruned.at(field.pointer())).remove(field.name());
      var dropped = DroppedFields.of(sent, read(pruned, type));

      // then
      if (!field.path().endsWith(KEY) && FILLED_IN.stream().noneMatch(field.path()::endsWith)) {
        assertThat(dropped).as(field.path()).containsExactly(field.path());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {RollbackPlanStatus.class, SyncControlStatus.class, DbRestoreStatus.class})
  void nothingIsMissingOfWhatComesBackAsItWasSent(Class<?> type) {
    // given
    var sent = Filled.of(type);

    // then
    assertThat(DroppedFields.of(sent, read(Json.MAPPER.valueToTree(sent), type))).isEmpty();
  }

  /**
   * Of an action that was not made ready, "preparing: false" is sent, and comes back or does not.
   */
  @Test
  void whatSaysNothingIsNotMissed() {
    // given
    var action = ActionStatus.begun("web", NOON);
    var sent = status(List.of());

    // then
    assertThat(DroppedFields.of(action, action.withPreparing(false))).isEmpty();
    assertThat(DroppedFields.of(sent, sentAndRead(sent, RollbackPlanStatus.class))).isEmpty();
    assertThat(DroppedFields.of(new Pair("", List.of()), new Pair(null, null))).isEmpty();
    assertThat(DroppedFields.of(new Pair(null, null), new Pair("given", List.of("by default"))))
        .isEmpty();
  }

  /** Parts of a status. */
  private record Pair(String text, List<String> list) {}

  private static RollbackPlanStatus status(List<String> refused) {
    return RollbackPlanStatusBuilder.builder().refused(refused).ends(Map.of()).build();
  }

  @Test
  void whatHasAnotherValueIsNotMissing() {
    // given
    var action = ActionStatus.begun("web", NOON);

    // then
    assertThat(DroppedFields.of(action, ActionStatus.begun("other", NOON.minusSeconds(1))))
        .isEmpty();
    assertThat(DroppedFields.of(status(List.of("a", "b")), status(List.of("a")))).isEmpty();
  }

  @Test
  void aFieldOfManyElementsIsNamedOnce() {
    // given
    var sent = List.of(new Pair("a", null), new Pair("b", null));
    var kept = List.of(new Pair(null, null), new Pair(null, null));

    // then
    assertThat(DroppedFields.of(sent, kept)).containsExactly("status[].text");
  }

  @Test
  void aStatusThatIsNotThereIsMissingAsAWhole() {
    assertThat(DroppedFields.of(status(List.of("INC-1")), null)).containsExactly("status");
  }
}
