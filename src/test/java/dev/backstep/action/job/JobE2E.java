package dev.backstep.action.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of an action whose Job has no luck with its pod, on a real node. */
class JobE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.running();

  private static final String RIGHTS =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: jobs}
      rules:
      - {apiGroups: [batch], resources: [jobs], verbs: [create, patch]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: jobs}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: jobs}
      """;

  private static final String LEVEL =
      """
      - name: repair
        onActionFailure: Ask
        actions:
        - name: program
          timeout: 60s
          job: {effect: Repair, destructive: false, run: {image: "%s", timeout: %s}}
      """;

  private static Shop open(String name, String image, String timeout) {
    var shop = Shop.open(name).serving("web", "v1");
    shop.apply(RIGHTS);
    shop.plan(LEVEL.formatted(image, timeout));
    shop.awaitCondition("Executable", "True");
    shop.patch(
        """
        {"spec":{"run":{"id":"INC-1","reason":"orders wait","requestedBy":"alice",
         "levels":["repair"],"entry":"Always"}}}
        """);
    return shop;
  }

  @Test
  void aPodThatNeverStartsEndsWithTheJobsTime() {
    try (var shop = open("job-never", "backstep.dev/nowhere:1", "8s")) {
      shop.awaitPhase(Phase.AwaitingAnswer);

      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.ACTION_FAILED);
      assertThat(shop.runStatus().message())
          .contains("failed: Job was active longer than specified deadline")
          .contains("logs job/bs-job-");
    }
  }
}
