package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;
import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Leaves threads to the plans whose run is open or about to begin. Plans at rest share half of the
 * SDK's threads: however long the API server lets all of them wait, a run is carried on.
 */
@ApplicationScoped
public class Seats {
  static final int AT_REST = ConfigurationService.DEFAULT_RECONCILIATION_THREADS_NUMBER / 2;

  /** When a plan that found no seat looks again. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Semaphore free = new Semaphore(AT_REST);

  /** Carries a plan on, now or, while there is no seat for it, a little later. */
  Rest take(RollbackPlan plan, Supplier<Rest> pass) {
    if (goesFirst(plan)) {
      return pass.get();
    }
    if (!free.tryAcquire()) {
      return new Rest(plan, PAUSE);
    }
    try {
      return pass.get();
    } finally {
      free.release();
    }
  }

  private static boolean goesFirst(RollbackPlan plan) {
    var wish = plan.getSpec() == null ? null : plan.getSpec().run();
    var run = PlanView.statusOf(plan).run();
    return PlanView.runOpen(plan) || wish != null && (run == null || !wish.id().equals(run.id()));
  }
}
