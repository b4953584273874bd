package dev.backstep.api.v1alpha1.action;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.value.CallStep;
import dev.backstep.expression.Expression;
import dev.cel.common.types.SimpleType;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of the action, evaluated as the API server does. */
class HttpActionTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private static final String PAUSE =
      """
      method: POST
      timeout: 10s
      effect: Hold
      destructive: false
      service: {name: web, port: 80}
      undo: {path: /resume}
      """;

  /** The messages of all rules that a document breaks. */
  private static List<String> broken(Class<?> type, String yaml) throws Exception {
    var self = Json.MAPPER.convertValue(YAML.readTree(yaml), Map.class);
    var broken = new ArrayList<String>();
    for (var rule : type.getAnnotationsByType(ValidationRule.class)) {
      var expression = Expression.compile(rule.value(), Map.of("self", SimpleType.DYN));
      if (!expression.test(Map.of("self", self))) {
        broken.add(rule.message());
      }
    }
    return broken;
  }

  private static List<String> broken(String... changes) throws Exception {
    var action = (ObjectNode) YAML.readTree(PAUSE);
    for (var change : changes) {
      action.setAll((ObjectNode) YAML.readTree(change));
    }
    action.properties().removeIf(it -> it.getValue().isNull());
    return broken(HttpAction.class, YAML.writeValueAsString(action));
  }

  @Test
  void aWholeActionBreaksNoRule() throws Exception {
    assertThat(broken()).isEmpty();
    assertThat(broken("{effect: Repair, undo: null}")).isEmpty();
    assertThat(broken("{verify: {path: /state, successCondition: body.paused}}")).isEmpty();
    assertThat(broken("{service: null, url: 'http://a/b', undo: {url: 'http://a/c'}}")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{undo: null}|undo is required with effect Hold: it is what gives back what is held",
        "{timeout: 61s}|timeout must be between 1s and 60s",
        "{method: DELETE, body: a}|only POST, PUT and PATCH send a body",
        "{body: a, bodyFrom: {secretKeyRef: {}}}|body and bodyFrom cannot both be set",
        "{verify: {method: PUT, successCondition: a}}|verify only reads: its method is GET or HEAD",
        "{verify: {body: a, successCondition: a}}|verify only reads: it sends no body",
        "{verify: {path: /a}}|verify needs a successCondition of its own: true means that it was done",
        "{undo: {url: 'http://a/b'}}|undo and verify go to the same service: give them a path instead of a url",
        "{service: null, url: 'http://a/b'}|with url, undo and verify have a url of their own instead of a path",
      })
  void eachRuleSaysWhatIsWrong(String change, String message) throws Exception {
    assertThat(broken(change)).containsExactly(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{url: 'http://a/b', path: /c}|url and path cannot both be set: a url has its path in it",
        "{body: a, bodyFrom: {secretKeyRef: {}}}|body and bodyFrom cannot both be set",
        "{method: DELETE, body: a}|only POST, PUT and PATCH send a body",
        "{timeout: 61s}|timeout must be between 1s and 60s",
      })
  void eachRuleOfAStepSaysWhatIsWrong(String step, String message) throws Exception {
    assertThat(broken(CallStep.class, step)).containsExactly(message);
    assertThat(broken(CallStep.class, "{timeout: 60s}")).isEmpty();
  }
}
