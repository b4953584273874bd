package dev.backstep.leader;

import static dev.backstep.leader.Standing.DOUBTS;
import static dev.backstep.leader.Standing.LEADS;
import static dev.backstep.leader.Standing.RESIGNED;
import static dev.backstep.leader.Standing.STANDS_BY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.testing.Cluster;
import dev.backstep.testing.Settings;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.quarkus.runtime.StartupEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several processes and a lease on a real API server; time passes as the tests want it. */
class ElectionIT {
  private static final AtomicInteger LEASES = new AtomicInteger();
  private static String namespace;

  private final AtomicLong nanos = new AtomicLong();
  private final KubernetesClient client = Cluster.get().client();
  private String name;

  @BeforeAll
  static void createNamespace() {
    namespace = Cluster.get().newNamespace("election");
  }

  @AfterAll
  static void deleteNamespace() {
    Cluster.get().deleteNamespace(namespace);
  }

  @BeforeEach
  void anotherLease() {
    name = "backstep-" + LEASES.incrementAndGet();
  }

  /** What would be a process. */
  private final class Candidate {
    final PassThreads passes = new PassThreads(1, true);
    final AtomicBoolean ended = new AtomicBoolean();
    final Election election;

    Candidate(String identity) {
      this(client, identity);
    }

    Candidate(KubernetesClient client, String identity) {
      var config =
          Settings.of(
              Map.of(
                  "backstep.leader.lease", name,
                  "backstep.leader.namespace", namespace,
                  "backstep.leader.identity", identity));
      var lease = new LeaderLease(client, Clock.systemUTC(), config);
      election = new Election(config, lease, passes, nanos::get, () -> ended.set(true));
    }

    Candidate ready() {
      election.stand();
      return this;
    }

    Candidate round() {
      election.round();
      return this;
    }

    /** Whether a pass that is handed over gets a thread. */
    boolean acts() {
      passes.execute(() -> {});
      return passes.getPoolSize() > 0;
    }
  }

  @Test
  void theFirstThatIsReadyLeadsAndTheOtherStandsBy() {
    var cold = new Candidate("cold").round();
    var first = new Candidate("first").ready().round();
    var second = new Candidate("second").ready().round();

    assertThat(cold.election.standing()).isEqualTo(STANDS_BY);
    assertThat(first.election.standing()).isEqualTo(LEADS);
    assertThat(second.election.standing()).isEqualTo(STANDS_BY);
    assertThat(second.election.leader()).isEqualTo("first");
    assertThat(second.acts()).isFalse();
  }

  @Test
  void aLeaseThatIsFreeIsTakenWhenTheProcessIsReadyAndNotWithTheNextLook()
      throws InterruptedException {
    var first = new Candidate("first").round();

    first.election.stand(new StartupEvent());

    await().until(() -> first.election.standing() == LEADS);
    first.election.resign();
  }

  @Test
  void oneOfThoseThatStartAtOnceLeads() {
    for (var i = 0; i < 10; i++) {
      anotherLease();
      var candidates = Stream.of("a", "b", "c").map(it -> new Candidate(it).ready()).toList();
      CompletableFuture.allOf(
              candidates.stream()
                  .map(it -> CompletableFuture.runAsync(it::round))
                  .toArray(CompletableFuture[]::new))
          .join();

      assertThat(candidates)
          .as(name)
          .filteredOn(it -> it.election.standing() == LEADS)
          .singleElement();
    }
  }

  @Test
  void whatIsGivenUpIsTakenAtOnce() throws InterruptedException {
    var first = new Candidate("first").ready().round();
    var second = new Candidate("second").ready().round();

    first.election.resign();
    second.round();

    assertThat(first.election.standing()).isEqualTo(RESIGNED);
    assertThat(first.acts()).isFalse();
    assertThat(second.election.standing()).isEqualTo(LEADS);
    assertThat(lease().getSpec().getLeaseTransitions()).isEqualTo(2);
  }

  @Test
  void whoStandsByGivesNothingUp() throws InterruptedException {
    var first = new Candidate("first").ready().round();
    new Candidate("second").ready().round().election.resign();

    assertThat(first.round().election.standing()).isEqualTo(LEADS);
    assertThat(first.ended).isFalse();
  }

  @Test
  void aLeaderThatRenewsStays() {
    var first = new Candidate("first").ready().round();
    var second = new Candidate("second").ready().round();

    for (var i = 0; i < 10; i++) {
      pass(Duration.ofSeconds(3));
      first.round();
      second.round();
    }

    assertThat(List.of(first.election.standing(), second.election.standing()))
        .containsExactly(LEADS, STANDS_BY);
  }

  @Test
  void aDeadLeaderIsFollowedWhenItsLeaseIsOver() {
    new Candidate("first").ready().round();
    var second = new Candidate("second").ready().round();

    pass(Duration.ofMillis(14_900));
    assertThat(second.round().election.standing()).isEqualTo(STANDS_BY);
    pass(Duration.ofMillis(100));
    assertThat(second.round().election.standing()).isEqualTo(LEADS);
  }

  /** What was seen before it was ready counts. */
  @Test
  void whoStartsAfterTheLeaderDiedDoesNotWaitLonger() {
    new Candidate("first").ready().round();
    var second = new Candidate("second").round();

    pass(Duration.ofSeconds(15));
    second.ready().round();

    assertThat(second.election.standing()).isEqualTo(LEADS);
  }

  @ParameterizedTest
  @ValueSource(longs = {-3600, 3600})
  void itDoesNotMatterWhatTheClockOfTheLeaderSays(long ahead) {
    new Candidate("first").ready().round();
    edit(
        it ->
            new LeaseBuilder(it)
                .editSpec()
                .withRenewTime(ZonedDateTime.now().plusSeconds(ahead))
                .endSpec()
                .build());
    var second = new Candidate("second").ready().round();
    assertThat(second.election.standing()).isEqualTo(STANDS_BY);

    pass(Duration.ofSeconds(15));

    assertThat(second.round().election.standing()).isEqualTo(LEADS);
  }

  @Test
  void whoSleptPastItsLeaseBeginsNothingAndEnds() {
    var first = new Candidate("first").ready().round();
    var second = new Candidate("second").ready().round();
    pass(Duration.ofSeconds(15));
    second.round();

    first.election.doubt();
    assertThat(first.election.standing()).isEqualTo(DOUBTS);
    assertThat(first.acts()).isFalse();
    first.round();

    assertThat(first.ended).isTrue();
    assertThat(second.round().election.standing()).isEqualTo(LEADS);
  }

  @Test
  void whoCouldNotRenewForLongGoesOnWhenNobodyElseHasLed() {
    var first = new Candidate("first").ready().round();

    pass(Duration.ofMillis(9_900));
    first.election.doubt();
    assertThat(first.election.standing()).isEqualTo(LEADS);
    pass(Duration.ofMinutes(10));
    first.election.doubt();
    assertThat(first.acts()).isFalse();
    first.round();

    assertThat(first.election.standing()).isEqualTo(LEADS);
    assertThat(first.ended).isFalse();
    assertThat(first.acts()).isTrue();
  }

  @Test
  void anOwnWriteWhoseAnswerWasLostIsNotTakenForSomebodyElses() {
    var first = new Candidate("first").ready().round();
    edit(
        it -> new LeaseBuilder(it).editSpec().withRenewTime(ZonedDateTime.now()).endSpec().build());

    first.round().round();

    assertThat(first.ended).isFalse();
    assertThat(first.election.standing()).isEqualTo(LEADS);
  }

  @Test
  void whoseLeaseIsDeletedEnds() {
    var first = new Candidate("first").ready().round();
    client.resource(lease()).delete();

    first.round();

    assertThat(first.ended).isTrue();
  }

  /** A container that is started again in its pod has its name, and is alone with it. */
  @Test
  void whoComesBackUnderItsNameDoesNotWait() {
    new Candidate("backstep-0").ready().round();

    assertThat(new Candidate("backstep-0").ready().round().election.standing()).isEqualTo(LEADS);
  }

  @Test
  void whoMayNotReadTheLeaseStandsByAndSaysThatItHearsNothing() {
    var nobody =
        new ConfigBuilder(client.getConfiguration())
            .withImpersonateUsername("system:serviceaccount:%s:nobody".formatted(namespace))
            .build();
    try (var theirs = new KubernetesClientBuilder().withConfig(nobody).build()) {
      var candidate = new Candidate(theirs, "first").ready();
      pass(Duration.ofSeconds(20));

      candidate.round();

      assertThat(candidate.election.standing()).isEqualTo(STANDS_BY);
      assertThat(candidate.election.silence()).isEqualTo(Duration.ofSeconds(20));
    }
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private Lease lease() {
    return client.leases().inNamespace(namespace).withName(name).require();
  }

  private void edit(UnaryOperator<Lease> change) {
    client.leases().inNamespace(namespace).withName(name).edit(change);
  }
}
