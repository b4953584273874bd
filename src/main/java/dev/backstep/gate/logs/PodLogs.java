package dev.backstep.gate.logs;

import com.google.re2j.Pattern;
import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.Workload;
import dev.backstep.effect.Author;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
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

  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;

  private final Impersonation impersonation;

  public PodLogs(Impersonation impersonation) {
    this.impersonation = impersonation;
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
    var client = impersonation.as(author);
    var matches = 0L;
    var bytes = 0L;
    for (var log : logs(wanted, client, author)) {
      var text = read(log, wanted, client);
      var length = text.getBytes(StandardCharsets.UTF_8).length;
      bytes += length;
      if (length > MOST_OF_ONE || bytes > MOST) {
        throw new UnreadException(
            "pod %s logged more than is read: %d MiB of each container, %d MiB of all"
                .formatted(log.pod(), MOST_OF_ONE >> 20, MOST >> 20));
      }
      matches += text.lines().filter(line -> pattern.matcher(line).find()).count();
    }
    return matches;
  }

  /**
   * One log.
   *
   * @param earlier true: of the container before it was started again
   */
  private record Log(String pod, String container, boolean earlier) {}

  private static List<Log> logs(Wanted wanted, KubernetesClient client, Author author)
      throws UnreadException {
    return pods(wanted, client, author).stream().flatMap(pod -> logs(pod, wanted)).toList();
  }

  /** A container that crashed and was started again has two. */
  private static Stream<Log> logs(Pod pod, Wanted wanted) {
    var name = pod.getMetadata().getName();
    var container =
        wanted.container().orElseGet(() -> pod.getSpec().getContainers().get(0).getName());
    return pod.getStatus().getContainerStatuses().stream()
        .filter(status -> status.getName().equals(container))
        .flatMap(
            status ->
                Stream.of(
                        Optional.of(new Log(name, container, true))
                            .filter(it -> ended(status.getLastState())),
                        Optional.of(new Log(name, container, false))
                            .filter(it -> begun(status.getState())))
                    .flatMap(Optional::stream));
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

  /** Not by the client's own way, which would watch the pod first. */
  private static String read(Log log, Wanted wanted, KubernetesClient client) {
    var path =
        "/api/v1/namespaces/%s/pods/%s/log?container=%s&previous=%s&limitBytes=%d&sinceTime=%s"
            .formatted(
                wanted.workload().object().getMetadata().getNamespace(),
                log.pod(),
                log.container(),
                log.earlier(),
                MOST_OF_ONE + 1,
                URLEncoder.encode(wanted.since().toString(), StandardCharsets.UTF_8));
    try {
      return Objects.requireNonNullElse(client.raw(path), "");
    } catch (KubernetesClientException e) {
      if (e.getCode() == BAD_REQUEST || e.getCode() == NOT_FOUND) {
        // The container, or what an earlier one logged, is gone meanwhile.
        return "";
      }
      throw e;
    }
  }
}
