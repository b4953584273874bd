package dev.backstep.database;

import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.Refusal;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;

/** The Secrets that databases are reached with, read as the plan's ServiceAccount. */
@ApplicationScoped
public class DatabaseSecrets {
  /** Says that a Secret may be used for databases; its value is true. */
  public static final String LABEL = "backstep.dev/database";

  private static final int FORBIDDEN = 403;

  private static final String MISSING =
      "Secret %s/%s does not exist. Create it with the keys host, port, dbname, user and password.";
  private static final String NOT_LABELLED =
      """
      Secret %1$s/%2$s may not be used for databases. Allow it:
      kubectl -n %1$s label secret %2$s %3$s=true
      """;
  private static final String MAY_NOT =
      """
      %1$s may not read Secret %2$s: %4$s Give it the right:
      kubectl -n %3$s create role %5$s-get-%2$s --verb=get --resource=secrets --resource-name=%2$s
      kubectl -n %3$s create rolebinding %5$s-get-%2$s --role=%5$s-get-%2$s --serviceaccount=%3$s:%5$s
      """;
  private static final String NOT_READ =
      "The API server did not let %s read Secret %s: %s It is tried again.";

  private final Impersonation impersonation;

  public DatabaseSecrets(Impersonation impersonation) {
    this.impersonation = impersonation;
  }

  /**
   * What the Secret says now: never from memory, because passwords rotate.
   *
   * @throws NoSessionException when it is not there, not labelled, incomplete or may not be read
   */
  Credentials read(String name, Author author) throws NoSessionException {
    var secret = secret(name, author);
    if (secret == null) {
      throw problem("SecretMissing", MISSING.formatted(author.namespace(), name));
    }
    var labels = secret.getMetadata().getLabels();
    if (labels == null || !"true".equals(labels.get(LABEL))) {
      throw problem("SecretNotLabelled", NOT_LABELLED.formatted(author.namespace(), name, LABEL));
    }
    return Credentials.of(name, secret.getData(), author.namespace());
  }

  private Secret secret(String name, Author author) throws NoSessionException {
    try {
      return impersonation
          .as(author)
          .secrets()
          .inNamespace(author.namespace())
          .withName(name)
          .get();
    } catch (KubernetesClientException e) {
      var said = Sentences.of(Refusal.said(e));
      var account = author.serviceAccount();
      throw e.getCode() == FORBIDDEN
          ? problem(
              "SecretForbidden", MAY_NOT.formatted(author, name, author.namespace(), said, account))
          : problem("SecretNotRead", NOT_READ.formatted(author, name, said));
    }
  }

  private static NoSessionException problem(String reason, String message) {
    return new NoSessionException(new Problem(reason, message));
  }
}
