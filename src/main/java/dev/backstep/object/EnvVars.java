package dev.backstep.object;

import dev.backstep.api.v1alpha1.value.NamedValue;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;

/** Environment variables of containers, as plans say them. */
public final class EnvVars {
  private EnvVars() {}

  /** The variable, with its value or with where that is read from. */
  public static EnvVar of(NamedValue named) {
    var variable = new EnvVarBuilder().withName(named.name());
    if (named.valueFrom() == null) {
      return variable.withValue(named.value()).build();
    }
    var secret = named.valueFrom().secretKeyRef();
    return variable
        .withNewValueFrom()
        .withNewSecretKeyRef(secret.key(), secret.name(), null)
        .endValueFrom()
        .build();
  }
}
