package dev.backstep.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.Json;
import dev.backstep.cluster.Impersonation;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpResponse;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Asks the API server what it would say to a Job, as a plan's ServiceAccount. Nothing is created;
 * what admission refuses, and what it only warns of because it will refuse the pods, is known then.
 */
@ApplicationScoped
public class JobTrials {
  private static final String PATH = "apis/batch/v1/namespaces/%s/jobs?dryRun=All";
  private static final int LIMIT_SECONDS = 10;
  private static final int BAD_REQUEST = 400;
  private static final int TOO_MANY = 429;
  private static final int SERVER_ERROR = 500;

  /** Said by the rules of RBAC, and by nobody else: those are looked at beside this. */
  private static final String NO_RIGHT = "cannot create resource";

  /** A Job is taken although its pods will not be: this is how one hears of it. */
  private static final String PODS_REFUSED = "would violate PodSecurity";

  /** RFC 9110, as the API server uses it: {@code 299 - "text"}. */
  private static final Pattern WARNING = Pattern.compile("299 \\S+ \"(.*)\"");

  private final Impersonation impersonation;

  public JobTrials(Impersonation impersonation) {
    this.impersonation = impersonation;
  }

  /** What keeps the Job, or its pods, from being created. */
  public List<Problem> problems(Job job, Author author) {
    var answer = tried(job, author);
    if (answer.code() == TOO_MANY || answer.code() >= SERVER_ERROR) {
      throw new KubernetesClientException(
          "the API server did not say whether it would take a Job: HTTP %s"
              .formatted(answer.code()));
    }
    return answer.code() >= BAD_REQUEST
        ? refused(said(answer.body())).toList()
        : answer.headers("Warning").stream()
            .map(JobTrials::text)
            .filter(it -> it.contains(PODS_REFUSED))
            .map(JobTrials::podsRefused)
            .toList();
  }

  private HttpResponse<byte[]> tried(Job job, Author author) {
    var client = impersonation.as(author);
    var http = client.getHttpClient();
    var request =
        http.newHttpRequestBuilder()
            .uri(client.getMasterUrl() + PATH.formatted(author.namespace()))
            .post("application/json", client.getKubernetesSerialization().asJson(job))
            .build();
    try {
      return http.sendAsync(request, byte[].class)
          .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
          .join();
    } catch (CompletionException e) {
      throw KubernetesClientException.launderThrowable(e.getCause());
    }
  }

  private static Stream<Problem> refused(String message) {
    return message.contains(NO_RIGHT)
        ? Stream.empty()
        : Stream.of(
            new Problem(
                "JobRefused",
                "The API server would not take the Job: %s. Correct the Job in the plan, or what refuses it."
                    .formatted(message)));
  }

  private static Problem podsRefused(String message) {
    return new Problem(
        "PodsRefused",
        "The pods of the Job would be refused: %s. Correct the template of the CronJob, or the label pod-security.kubernetes.io/enforce of the namespace."
            .formatted(message));
  }

  private static String text(String header) {
    var warning = WARNING.matcher(header);
    return (warning.matches() ? warning.group(1) : header).replace("\\\"", "\"");
  }

  private static String said(byte[] body) {
    try {
      return Json.MAPPER.readTree(body).path("message").asText();
    } catch (JsonProcessingException e) {
      return new String(body, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot be read", e);
    }
  }
}
