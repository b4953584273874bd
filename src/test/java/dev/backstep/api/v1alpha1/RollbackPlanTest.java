package dev.backstep.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RollbackPlanTest {
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private static String plan(String gate, String action, String status) {
    return """
        {"apiVersion":"backstep.dev/v1alpha1","kind":"RollbackPlan","metadata":{"name":"web"},
         "spec":{"serviceAccountName":"runner","gates":[%s],
           "levels":[{"name":"one","actions":[%s]}]},
         "status":%s}
        """
        .formatted(gate, action, status);
  }

  private static final String GATE =
      "{\"name\":\"api\",\"workload\":{\"kind\":\"Deployment\",\"name\":\"web\"}}";
  private static final String ACTION = "{\"name\":\"a\",\"restart\":{\"workloads\":[]}}";

  @Test
  void aKnownPlanIsReadable() {
    var plan = SERIALIZATION.unmarshal(plan(GATE, ACTION, "null"), RollbackPlan.class);

    assertThat(plan.unreadable()).isEmpty();
    assertThat(plan.getSpec().gates()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"name\":\"b\",\"teleport\":{}} | {} | spec.levels[0].actions[0].teleport (unknown field)",
        "{\"name\":\"b\"}                 | {} | action b (no known kind of action)",
        "{\"name\":\"a\",\"restart\":{\"workloads\":[{\"kind\":\"Rocket\",\"name\":\"x\"}]}} | {} | kind",
        "{\"name\":\"a\",\"restart\":{\"workloads\":[]}} | {\"phase\":\"Dancing\"} | status.phase",
        "{\"name\":\"a\",\"restart\":{\"workloads\":[]}} | {\"run\":{\"id\":\"X\"}} | status.run",
      })
  void whatANewerVersionWroteIsSaidAndSurvivesACopy(String action, String status, String said) {
    var plan = SERIALIZATION.unmarshal(plan(GATE, action, status), RollbackPlan.class);

    var copy = SERIALIZATION.clone(plan);

    assertThat(plan.unreadable().orElseThrow()).contains(said);
    assertThat(copy.unreadable()).isEqualTo(plan.unreadable());
    assertThat(copy.getSpec()).isNull();
  }
}
