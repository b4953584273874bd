package dev.backstep.gate.manual;

import dev.backstep.api.v1alpha1.value.Manual;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.GateScope;
import dev.backstep.measure.Reading;
import dev.backstep.runbook.ItemAnswers.ItemAnswer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** A human looks: green when an Approval says Approve to the gate's name, red when Reject. */
@ApplicationScoped
public class ManualProbe implements GateProbe<Manual> {
  private static final int THREADS = 2;

  private final Executor readers;

  /** With threads of its own: whether an answer counts may be asked of the API server. */
  @Inject
  public ManualProbe() {
    this(Executors.newFixedThreadPool(THREADS, ManualProbe::daemon));
  }

  /** With threads of the caller's choice. */
  public ManualProbe(Executor readers) {
    this.readers = readers;
  }

  private static Thread daemon(Runnable work) {
    var thread = new Thread(work, "manual-gates");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public Class<Manual> type() {
    return Manual.class;
  }

  @Override
  public CompletionStage<Reading> measure(Manual gate, GateScope scope) {
    return CompletableFuture.supplyAsync(
        () -> scope.answers().of(scope.gate()).map(ManualProbe::reading).orElseGet(Reading::none),
        readers);
  }

  private static Reading reading(ItemAnswer answer) {
    if (!answer.trusted()) {
      return Reading.error(answer.message());
    }
    return answer.yes() ? Reading.green(answer.message()) : Reading.red(answer.message());
  }
}
