package dev.backstep.cluster;

import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.api.v1alpha1.value.SecretKey;
import dev.backstep.effect.Author;
import dev.backstep.memory.Fresh;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads Secrets as a plan's ServiceAccount: its RBAC decides what a plan may send where. What was
 * read is kept in memory for a while, for that ServiceAccount alone, and shown to nobody.
 */
@ApplicationScoped
public class Secrets {
  private static final Duration KEPT = Duration.ofMinutes(10);

  /** In characters, of all that are kept; the API server stores at most 1 MiB in each. */
  private static final long KEPT_CHARACTERS = 8L << 20;

  private final Impersonation impersonation;
  private final Fresh<Name, Map<String, String>> kept;

  public Secrets(Impersonation impersonation, Clock clock) {
    this.impersonation = impersonation;
    this.kept = new Fresh<>(clock, KEPT, KEPT_CHARACTERS);
  }

  private record Name(Author author, String secret) {}

  /**
   * The value of a key, without the line break that files end with. Asks the API server, and waits
   * for it, when the Secret was not read in the last ten minutes.
   *
   * @throws ProblemException when the Secret or the key is not there, or may not be read
   */
  public String read(Author author, SecretKey key) throws ProblemException {
    var value = data(new Name(author, key.name())).get(key.key());
    if (value == null) {
      forget(author, key.name());
      throw new ProblemException(
          new Problem(
              "SecretMissing",
              "Secret %s with key %s does not exist".formatted(key.name(), key.key())));
    }
    return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8).strip();
  }

  /**
   * What keeps the pods of others from reading these values, asked anew; a Secret that the
   * ServiceAccount itself may not read is none, because pods need no right for it.
   */
  public List<Problem> absent(Author author, List<NamedValue> values) {
    return values.stream()
        .filter(it -> it.valueFrom() != null)
        .map(it -> it.valueFrom().secretKeyRef())
        .distinct()
        .flatMap(key -> absent(author, key).stream())
        .toList();
  }

  private Optional<Problem> absent(Author author, SecretKey key) {
    forget(author, key.name());
    try {
      if (data(new Name(author, key.name())).containsKey(key.key())) {
        return Optional.empty();
      }
    } catch (ProblemException e) {
      return Optional.empty();
    }
    forget(author, key.name());
    return Optional.of(
        new Problem(
            "SecretMissing",
            "Secret %s with key %s does not exist in namespace %s, so pods that read it would not start. Create it, or correct the plan."
                .formatted(key.name(), key.key(), author.namespace())));
  }

  /** It is read again when it is needed next: what it says was not accepted. */
  public void forget(Author author, String secret) {
    kept.forget(new Name(author, secret), Duration.ZERO);
  }

  private Map<String, String> data(Name name) throws ProblemException {
    var known = kept.get(name);
    if (known.isPresent()) {
      return known.get();
    }
    var secret = get(name);
    var data =
        secret == null || secret.getData() == null ? Map.<String, String>of() : secret.getData();
    kept.put(name, data, data.values().stream().mapToLong(String::length).sum() + 1);
    return data;
  }

  private Secret get(Name name) throws ProblemException {
    var author = name.author();
    try {
      return impersonation
          .as(author)
          .secrets()
          .inNamespace(author.namespace())
          .withName(name.secret())
          .get();
    } catch (KubernetesClientException e) {
      throw new ProblemException(
          new Problem(
              "SecretUnreadable",
              "ServiceAccount %s cannot read Secret %s (HTTP %d)"
                  .formatted(author.serviceAccount(), name.secret(), e.getCode())));
    }
  }
}
