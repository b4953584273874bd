package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.AdmissionHook;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * kill -9 between every two writes of a run with effects of every sort, and of its undo, on a real
 * API server, a real PostgreSQL and a real endpoint. It takes long, so it is asked for: {@code mvn
 * verify -DskipUTs -Dit.test=EveryWriteE2E -Dbackstep.every-write=before}, when everything that
 * comes before a write was done, or {@code after}, before anything follows from it; and with {@code
 * -Dbackstep.every-write.from=12} from the twelfth on, with {@code
 * -Dbackstep.every-write.only=5,31} at these alone. {@link EverySortE2E} has some of them.
 */
@EnabledIfSystemProperty(named = EveryWriteE2E.WHERE, matches = "before|after")
class EveryWriteE2E {
  static final String WHERE = "backstep.every-write";
  static final String FROM = WHERE + ".from";
  static final String ONLY = WHERE + ".only";

  private static final Logger LOG = Logger.getLogger(EveryWriteE2E.class);

  /** More than any run has. */
  private static final int NEVER = 10_000;

  /** A benchmark may be in the way. */
  private static final Duration UNTIL_ALONE = Duration.ofMinutes(10);

  @RegisterExtension static final TestOperator operator = TestOperator.running(1);

  /** In one shop: every run has to leave everything as it was for the next. */
  @Test
  void survivesEachOfThem() throws Exception {
    assumeTrue(AdmissionHook.isReachable(), AdmissionHook.SKIPPED);
    try (var sorts = EverySort.openWithMore(operator, "every-write")) {
      var writes = writes(sorts, 0, NEVER);
      LOG.infof("a run and its undo are %d writes", writes.size());
      var round = 0;
      for (var write : wanted(writes.size())) {
        round++;
        assertThat(writes(sorts, round, write))
            .as("the fault fired at write %d, and the operator was alone", write)
            .startsWith(writes.subList(0, write).toArray(String[]::new));
        LOG.infof("survived write %d of %d: %s", write, writes.size(), writes.get(write - 1));
      }
    }
  }

  private static List<Integer> wanted(int writes) {
    var only = System.getProperty(ONLY);
    return only == null
        ? IntStream.rangeClosed(Integer.getInteger(FROM, 1), writes).boxed().toList()
        : Arrays.stream(only.split(",")).map(Integer::valueOf).toList();
  }

  /** One run and its undo: which writes there were. */
  private static List<String> writes(EverySort sorts, int round, int killedAt) throws Exception {
    var run = "INC-" + round;
    Awaitility.await("nobody else serves the namespace")
        .atMost(UNTIL_ALONE)
        .until(operator::isAlone);
    try (var hook = hook(sorts.shop().namespace(), killedAt)) {
      sorts.run(run);
      sorts.reaches(run, Phase.Mitigated);
      sorts.isDone(round);
      sorts.shop().state("Undone");
      sorts.reaches(run, Phase.Undone);
      sorts.isAsBefore(round);
      assertThat(operator.isAlone()).as("nobody else served the namespace").isTrue();
      return hook.texts();
    }
  }

  private static AdmissionHook hook(String namespace, int killedAt) throws Exception {
    return "after".equals(System.getProperty(WHERE))
        ? AdmissionHook.killAfter(namespace, "runner", killedAt, operator)
        : AdmissionHook.killBefore(namespace, "runner", killedAt, operator);
  }
}
