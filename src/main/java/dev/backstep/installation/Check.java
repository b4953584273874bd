package dev.backstep.installation;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.problem.Problem;
import dev.backstep.program.Ending;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What {@code helm test} runs: looks whether the API server serves the kinds of this version, the
 * operator's ServiceAccount has its rights, its pods are ready, and one of them leads.
 */
public final class Check {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final int PORT = 8080;

  private Check() {}

  /** Looks at what the environment names. */
  public static void main(String[] args) throws JsonProcessingException, InterruptedException {
    var installation = Installation.of(System.getenv(Installation.VARIABLE));
    try (var client = new KubernetesClientBuilder().build()) {
      var definitions = new Definitions(client);
      var rights = new Rights(client, installation.watched());
      var pods = new OperatorPods(installation.service(), PORT, installation.replicas());
      var problems =
          lastOf(
              () ->
                  Stream.of(definitions.problems(), rights.problems(), pods.problems())
                      .flatMap(List::stream)
                      .toList());
      System.exit(end(problems));
    }
  }

  /** What is wrong in the end: a pod that was just started needs some time. */
  private static List<Problem> lastOf(Supplier<List<Problem>> look) throws InterruptedException {
    var end = System.nanoTime() + PATIENCE.toNanos();
    var problems = look.get();
    while (!problems.isEmpty() && System.nanoTime() < end) {
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      problems = look.get();
    }
    return problems;
  }

  private static int end(List<Problem> problems) {
    if (problems.isEmpty()) {
      return Ending.done(
          "Backstep is in order: its kinds are served with all fields of this version, its ServiceAccount has its rights, its pods are ready, and one of them leads.");
    }
    return Ending.refused(
        new Problem(
            "NotInOrder",
            problems.stream().map(Problem::message).collect(Collectors.joining("\n"))));
  }
}
