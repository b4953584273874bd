package dev.backstep.gate.manual;

import dev.backstep.api.v1alpha1.Manual;
import dev.backstep.cluster.ItemAnswers.ItemAnswer;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.GateScope;
import dev.backstep.runbook.Reading;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A human looks: green when an Approval says Approve to the gate's name, red when Reject. */
@ApplicationScoped
public class ManualProbe implements GateProbe<Manual> {
  @Override
  public Class<Manual> type() {
    return Manual.class;
  }

  @Override
  public CompletionStage<Reading> measure(Manual gate, GateScope scope) {
    return CompletableFuture.completedStage(
        scope.answers().of(scope.gate()).map(ManualProbe::reading).orElseGet(Reading::none));
  }

  private static Reading reading(ItemAnswer answer) {
    if (!answer.trusted()) {
      return Reading.error(answer.message());
    }
    return answer.yes() ? Reading.green(answer.message()) : Reading.red(answer.message());
  }
}
