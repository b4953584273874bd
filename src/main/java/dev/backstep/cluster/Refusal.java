package dev.backstep.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Set;

/** What the API server says when it does not do what it was asked. */
public final class Refusal {
  private static final int BAD_REQUEST = 400;
  private static final int FORBIDDEN = 403;
  private static final int TOO_LARGE = 413;
  private static final int UNPROCESSABLE = 422;

  private static final Set<Integer> VERDICTS =
      Set.of(BAD_REQUEST, FORBIDDEN, TOO_LARGE, UNPROCESSABLE);

  private Refusal() {}

  /** True when trying again changes nothing before somebody changes something. */
  public static boolean isVerdict(KubernetesClientException e) {
    return (VERDICTS.contains(e.getCode()) || said(e).contains("request is too large"))
        && !namespaceTerminates(e);
  }

  /** True when the namespace is being deleted, so that nothing can be created in it any more. */
  public static boolean namespaceTerminates(KubernetesClientException e) {
    var status = e.getStatus();
    var details = status == null ? null : status.getDetails();
    return e.getCode() == FORBIDDEN
        && details != null
        && details.getCauses().stream()
            .anyMatch(cause -> "NamespaceTerminating".equals(cause.getReason()));
  }

  /** Its words, without those of the client around them. */
  public static String said(KubernetesClientException e) {
    var status = e.getStatus();
    var message = status == null ? null : status.getMessage();
    return message == null ? String.valueOf(e.getMessage()) : message;
  }
}
