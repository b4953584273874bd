package dev.backstep.action.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.RollBack;
import dev.backstep.api.v1alpha1.action.RollBack.OnSchemaChange;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import java.util.List;
import org.junit.jupiter.api.Test;

class DestinationsTest {
  private static final ActionScope BEFORE_A_RUN = null;

  /** The preflight of a plan looks at actions that no run has filled in. */
  @Test
  void aRevisionThatARunHasToGiveIsNoProblemBeforeTheRun() {
    var web = new WorkloadRef(WorkloadKind.Deployment, "web");
    var action =
        new RollBack(
            List.of(web), new RollBack.To(null, "$(args.revision)", null), OnSchemaChange.Ask);

    assertThat(new Destinations(null, null, null).problems(action, BEFORE_A_RUN)).isEmpty();
  }
}
