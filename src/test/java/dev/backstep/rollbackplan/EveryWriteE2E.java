package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.AdmissionHook;
import dev.backstep.testing.TestOperator;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * kill -9 between every two writes of a run with effects of every sort, and of its undo, on a real
 * API server, a real PostgreSQL and a real endpoint. It takes long, so it is asked for: {@code mvn
 * verify -DskipUTs -Dit.test=EveryWriteE2E -Dbackstep.every-write=before}, when everything that
 * comes before a write was done, or {@code after}, before anything follows from it. {@link
 * EverySortE2E} has some of them.
 */
@EnabledIfSystemProperty(named = EveryWriteE2E.WHERE, matches = "before|after")
class EveryWriteE2E {
  static final String WHERE = "backstep.every-write";

  private static final Logger LOG = Logger.getLogger(EveryWriteE2E.class);

  /** More than any run has. */
  private static final int NEVER = 10_000;

  @RegisterExtension static final TestOperator operator = TestOperator.running(1);

  /** In one shop: every run has to leave everything as it was for the next. */
  @Test
  void survivesEachOfThem() throws Exception {
    assumeTrue(AdmissionHook.isReachable(), AdmissionHook.SKIPPED);
    var lands = "after".equals(System.getProperty(WHERE));
    try (var sorts = EverySort.open(operator, "every-write")) {
      var writes = writes(sorts, 0, NEVER, lands);
      LOG.infof("a run and its undo are %d writes", writes);
      for (var write = 1; write <= writes; write++) {
        assertThat(writes(sorts, write, write, lands))
            .as("the fault fired at write %d", write)
            .isGreaterThanOrEqualTo(write);
        LOG.infof("survived write %d of %d", write, writes);
      }
    }
  }

  /** One run and its undo: how many writes there were. */
  private static int writes(EverySort sorts, int round, int killedAt, boolean lands)
      throws Exception {
    var run = "INC-" + round;
    var namespace = sorts.shop().namespace();
    try (var hook = AdmissionHook.atWrite(namespace, "runner", killedAt, lands, operator::kill)) {
      sorts.run(run);
      sorts.reaches(run, Phase.Mitigated);
      sorts.isDone(round);
      sorts.shop().state("Undone");
      sorts.reaches(run, Phase.Undone);
      sorts.isAsBefore(round);
      return hook.requests();
    }
  }
}
