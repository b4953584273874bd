package dev.backstep.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every reference ladder, killed at every request in every way, ends as if nothing had happened.
 * {@code -Dbackstep.ladder=NAME} takes this one only, and tells its undisturbed history.
 */
class CrashMatrixTest {
  private static final int MOST_FINDINGS = 3;
  private static final String ONLY = System.getProperty("backstep.ladder", "");

  @BeforeAll
  static void quiet() {
    Quiet.now();
  }

  @Test
  void killedAnywhereItEndsTheSame() throws InterruptedException, ExecutionException {
    var effort = new Effort();
    var ladders = chosen();
    if (!ONLY.isEmpty()) {
      ladders.forEach(CrashMatrixTest::tell);
    }
    var threads = Executors.newFixedThreadPool(2);
    try {
      var matrices = ladders.stream().map(it -> new CrashMatrix(it, new Mistake()));
      var results = matrices.map(it -> threads.submit(() -> it.run(MOST_FINDINGS))).toList();
      var found = new ArrayList<String>();
      for (var i = 0; i < results.size(); i++) {
        found.addAll(check(ladders.get(i), results.get(i)));
      }
      System.out.println("crash matrix: " + effort);
      assertThat(found).as("%s", String.join("\n", found)).isEmpty();
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<ReferenceLadder> chosen() {
    var names = List.of(ONLY.split(","));
    return ONLY.isEmpty()
        ? ReferenceLadders.ALL
        : ReferenceLadders.ALL.stream().filter(it -> names.contains(it.name())).toList();
  }

  private static void tell(ReferenceLadder ladder) {
    var outcome =
        new Simulation(ladder, 1, new Trouble(), new Mistake()).tracing(System.out::println).run();
    System.out.println("ended in " + outcome.phase());
  }

  private static List<String> check(ReferenceLadder ladder, Future<CrashMatrix.Result> result)
      throws InterruptedException, ExecutionException {
    System.out.printf("%s: killed at %d points%n", ladder, result.get().points());
    result.get().found().forEach(System.out::println);
    return result.get().found();
  }
}
