package dev.backstep.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every reference ladder, killed at every request in every way, ends as if nothing had happened.
 */
class CrashMatrixTest {
  private static final int MOST_FINDINGS = 3;

  @BeforeAll
  static void quiet() {
    Quiet.now();
  }

  @Test
  void killedAnywhereItEndsTheSame() throws InterruptedException, ExecutionException {
    var effort = new Effort();
    var threads = Executors.newFixedThreadPool(2);
    try {
      var matrices = ReferenceLadders.ALL.stream().map(it -> new CrashMatrix(it, new Mistake()));
      var results = matrices.map(it -> threads.submit(() -> it.run(MOST_FINDINGS))).toList();
      for (var i = 0; i < results.size(); i++) {
        check(ReferenceLadders.ALL.get(i), results.get(i));
      }
      System.out.println("crash matrix: " + effort);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void check(ReferenceLadder ladder, Future<CrashMatrix.Result> result)
      throws InterruptedException, ExecutionException {
    List<String> found = result.get().found();
    System.out.printf("%s: killed at %d points%n", ladder, result.get().points());
    assertThat(found).as("%s", String.join("\n", found)).isEmpty();
  }
}
