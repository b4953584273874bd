package dev.backstep.gate.logs;

import com.google.re2j.Pattern;
import dev.backstep.cluster.ContainerLogs;
import dev.backstep.cluster.ContainerLogs.Part;
import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.Workload;
import dev.backstep.effect.Author;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the pods of a workload logged, read as a plan's ServiceAccount. */
@ApplicationScoped
public class PodLogs {
  static final int MOST_PODS = 100;

  /** In bytes, of one container. */
  static final int MOST_OF_ONE = 4 << 20;

  /** In bytes, of all. */
  static final long MOST = 32L << 20;

  private final Impersonation impersonation;
  private final ContainerLogs logs;

  public PodLogs(Impersonation impersonation, ContainerLogs logs) {
    this.impersonation = impersonation;
    this.logs = logs;
  }

  /** The logs were not read to their end, for the reason in the message. */
  static final class UnreadException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadException(String message) {
      super(message);
    }
  }

  /**
   * Which logs.
   *
   * @param container empty: the first
   * @param since only what was logged after it
   */
  record Wanted(Workload workload, Optional<String> container, Instant since) {}

  /**
   * Counts the lines that match; asks the API server, and waits.
   *
   * @throws UnreadException when there is more than is read
   */
  long matches(Wanted wanted, Pattern pattern, Author author) throws UnreadException {
    var matches = 0L;
    var bytes = 0L;
    for (var part : parts(wanted, impersonation.as(author), author)) {
      var text = logs.read(part, author);
      var length = text.getBytes(StandardCharsets.UTF_8).length;
      bytes += length;
      if (length > MOST_OF_ONE || bytes > MOST) {
        throw new UnreadException(
            "pod %s logged more than is read: %d MiB of each container, %d MiB of all"
                .formatted(part.pod(), MOST_OF_ONE >> 20, MOST >> 20));
      }
      matches += text.lines().filter(line -> pattern.matcher(line).find()).count();
    }
    return matches;
  }

  private static List<Part> parts(Wanted wanted, KubernetesClient client, Author author)
      throws UnreadException {
    return pods(wanted, client, author).stream().flatMap(pod -> parts(pod, wanted)).toList();
  }

  /** A container that crashed and was started again has two logs. */
  private static Stream<Part> parts(Pod pod, Wanted wanted) {
    var name = pod.getMetadata().getName();
    var container =
        wanted.container().orElseGet(() -> pod.getSpec().getContainers().get(0).getName());
    return pod.getStatus().getContainerStatuses().stream()
        .filter(status -> status.getName().equals(container))
        .flatMap(
            status ->
                Stream.concat(
                    Stream.of(true).filter(earlier -> ended(status.getLastState())),
                    Stream.of(false).filter(earlier -> begun(status.getState()))))
        .map(earlier -> Part.since(wanted.since(), MOST_OF_ONE + 1, name, container, earlier));
  }

  private static boolean ended(ContainerState state) {
    return state != null && state.getTerminated() != null;
  }

  private static boolean begun(ContainerState state) {
    return ended(state) || state != null && state.getRunning() != null;
  }

  private static List<Pod> pods(Wanted wanted, KubernetesClient client, Author author)
      throws UnreadException {
    var pods =
        client
            .pods()
            .inNamespace(author.namespace())
            .withLabelSelector(wanted.workload().selector())
            .list()
            .getItems();
    if (pods.size() > MOST_PODS) {
      throw new UnreadException(
          "%s has %d pods, and the logs of at most %d are read"
              .formatted(wanted.workload().ref(), pods.size(), MOST_PODS));
    }
    return pods;
  }
}
