package dev.backstep.cluster;

import dev.backstep.effect.Author;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;

/**
 * What containers logged, read on the author's rights. The API server asks the node for it, which
 * may take long to answer: it is read on threads that may wait.
 */
@ApplicationScoped
public class ContainerLogs {
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;

  private final Impersonation impersonation;

  public ContainerLogs(Impersonation impersonation) {
    this.impersonation = impersonation;
  }

  /**
   * A part of the log of one container.
   *
   * @param earlier true: of the container before it was started again
   * @param limits which part, as parameters of the request
   */
  public record Part(String pod, String container, boolean earlier, String limits) {
    /**
     * What was logged after a time.
     *
     * @param bytes no more than so many, from the beginning
     */
    public static Part since(
        Instant since, int bytes, String pod, String container, boolean earlier) {
      var time = URLEncoder.encode(since.toString(), StandardCharsets.UTF_8);
      return new Part(pod, container, earlier, "limitBytes=%d&sinceTime=%s".formatted(bytes, time));
    }

    /**
     * The last lines.
     *
     * @param bytes no more than so many, from the first of these lines on
     */
    public static Part last(int lines, int bytes, String pod, String container) {
      return new Part(pod, container, false, "limitBytes=%d&tailLines=%d".formatted(bytes, lines));
    }
  }

  /**
   * Reads it, and waits; empty: nothing was logged, or the container, or what an earlier one
   * logged, is gone meanwhile.
   */
  public String read(Part part, Author author) {
    // Not by the client's own way, which would watch the pod first.
    var path =
        "/api/v1/namespaces/%s/pods/%s/log?container=%s&previous=%s&%s"
            .formatted(
                author.namespace(), part.pod(), part.container(), part.earlier(), part.limits());
    try {
      return Objects.requireNonNullElse(impersonation.as(author).raw(path), "");
    } catch (KubernetesClientException e) {
      if (e.getCode() == BAD_REQUEST || e.getCode() == NOT_FOUND) {
        return "";
      }
      throw e;
    }
  }
}
