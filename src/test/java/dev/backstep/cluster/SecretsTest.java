package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.api.v1alpha1.value.SecretKey;
import dev.backstep.effect.Author;
import dev.backstep.problem.ProblemException;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.StandingClock;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecretsTest {
  private static final Author RUNNER = new Author("shop", "runner");
  private static final SecretKey KEY = new SecretKey("token", "value");

  private final LoopbackApi api = new LoopbackApi();
  private final StandingClock clock = new StandingClock(Instant.EPOCH);
  private final Secrets secrets = new Secrets(new Impersonation(api.client()), clock);

  @AfterEach
  void stop() {
    api.close();
  }

  private static Secret secret(String value) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("token")
        .endMetadata()
        .addToData("value", Base64.getEncoder().encodeToString(value.getBytes()))
        .build();
  }

  @Test
  void isReadOnceInTenMinutes() throws Exception {
    // given
    api.has(secret("old\n"));
    var first = secrets.read(RUNNER, KEY);
    api.has(secret("new\n"));

    // when
    clock.pass(Duration.ofMinutes(9));
    var kept = secrets.read(RUNNER, KEY);
    clock.pass(Duration.ofMinutes(1));
    var again = secrets.read(RUNNER, KEY);

    // then
    assertThat(first).isEqualTo("old");
    assertThat(kept).isEqualTo("old");
    assertThat(again).isEqualTo("new");
    assertThat(api.asked()).hasSize(2);
  }

  @Test
  void whatOneServiceAccountReadIsNotShownToAnother() throws Exception {
    // given
    api.has(secret("value"));
    secrets.read(RUNNER, KEY);
    api.refuses("GET", secret(""), 403, "forbidden");

    // when
    var other = new Author("shop", "other");

    // then
    assertThatThrownBy(() -> secrets.read(other, KEY))
        .hasMessage("ServiceAccount other cannot read Secret token (HTTP 403)");
    assertThat(api.asked())
        .extracting(LoopbackApi.Asked::user)
        .containsExactly("system:serviceaccount:shop:runner", "system:serviceaccount:shop:other");
  }

  @Test
  void isReadAgainAfterItWasForgotten() throws Exception {
    // given
    api.has(secret("old"));
    secrets.read(RUNNER, KEY);
    api.has(secret("new"));

    // when
    secrets.forget(RUNNER, "token");

    // then
    assertThat(secrets.read(RUNNER, KEY)).isEqualTo("new");
  }

  @Test
  void whatIsNotThereIsLookedForEachTime() throws Exception {
    // given
    api.has(secret("value"));
    var missing = new SecretKey("token", "other");

    // when
    assertThatThrownBy(() -> secrets.read(RUNNER, missing))
        .isInstanceOf(ProblemException.class)
        .hasMessage("Secret token with key other does not exist");
    assertThatThrownBy(() -> secrets.read(RUNNER, new SecretKey("none", "value")))
        .hasMessage("Secret none with key value does not exist");
    api.has(new SecretBuilder(secret("value")).addToData("other", "aGVyZQ==").build());

    // then
    assertThat(secrets.read(RUNNER, missing)).isEqualTo("here");
  }
}
