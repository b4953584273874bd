package dev.backstep.gate.http;

import dev.backstep.api.v1alpha1.gate.HttpGate;
import dev.backstep.api.v1alpha1.value.NamedValue;
import dev.backstep.api.v1alpha1.value.SecretKey;
import dev.backstep.cluster.Impersonation;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.http.HttpCall.NotMeasurableException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Headers and bodies; what is in Secrets is read as the plan's ServiceAccount. */
@ApplicationScoped
public class SecretValues {
  private final Impersonation impersonation;

  public SecretValues(Impersonation impersonation) {
    this.impersonation = impersonation;
  }

  /** The value, without the line break that files end with. */
  String of(NamedValue header, GateScope scope) throws NotMeasurableException {
    return header.valueFrom() == null
        ? header.value()
        : secret(header.valueFrom().secretKeyRef(), scope);
  }

  /** What is sent; null: nothing. */
  String body(HttpGate gate, GateScope scope) throws NotMeasurableException {
    return gate.bodyFrom() == null ? gate.body() : secret(gate.bodyFrom().secretKeyRef(), scope);
  }

  private String secret(SecretKey ref, GateScope scope) throws NotMeasurableException {
    try {
      var secret =
          impersonation
              .as(scope.namespace(), scope.serviceAccount())
              .secrets()
              .inNamespace(scope.namespace())
              .withName(ref.name())
              .get();
      var data = secret == null ? null : secret.getData();
      var value = data == null ? null : data.get(ref.key());
      if (value == null) {
        throw new NotMeasurableException(
            "Secret %s with key %s does not exist".formatted(ref.name(), ref.key()));
      }
      return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8).strip();
    } catch (KubernetesClientException e) {
      throw new NotMeasurableException(
          "ServiceAccount %s cannot read Secret %s (HTTP %d)"
              .formatted(scope.serviceAccount(), ref.name(), e.getCode()));
    }
  }
}
