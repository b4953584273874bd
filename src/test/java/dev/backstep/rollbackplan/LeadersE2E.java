package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.AdmissionHook;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.MarkedWrites;
import dev.backstep.testing.OperatorProcess;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two processes stand for one lease; whichever leads dies in the middle of a run, and the other one
 * carries it on. Every effect happens once. {@code -Dbackstep.every-loss=true} has it die in every
 * way in every moment.
 */
@Order(1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LeadersE2E {
  private static final Logger LOG = Logger.getLogger(LeadersE2E.class);
  private static final Duration LEASE = Duration.ofSeconds(10);

  /** Tests run beside others on few cores: what it takes is measured, and this is no target. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String LEADS = " leads: it holds the lease";
  private static final String GIVEN_UP = "is given up";

  private static String leaseNamespace;

  /** When the operators are gone: whoever finds that its lease is gone ends. */
  @RegisterExtension
  @Order(1)
  static final AfterAllCallback LEASE_GOES_LAST =
      context -> {
        if (leaseNamespace != null) {
          Cluster.get().deleteNamespace(leaseNamespace);
        }
      };

  @RegisterExtension
  @Order(2)
  static final TestOperator operator = TestOperator.startedByATest(1);

  private static EverySort sorts;
  private static OperatorProcess first;
  private static OperatorProcess second;
  private static int runs;

  /** How a leader is lost. */
  enum Death {
    TERMINATED(OperatorProcess::terminate),
    KILLED(OperatorProcess::kill),
    FROZEN(OperatorProcess::freeze);

    private final Consumer<OperatorProcess> blow;

    Death(Consumer<OperatorProcess> blow) {
      this.blow = blow;
    }
  }

  /** While which write of a run's status. */
  enum Moment {
    CLAIMED("object.status.run.reason == 'RunStarted'"),
    BEFORE_AN_EFFECT("has(object.status.run.intent)"),
    AFTER_AN_EFFECT("object.status.run.reason == 'EffectApplied'"),
    SETTLING("object.status.phase == 'Verifying'"),
    SOAKING("object.status.phase == 'Soaking'");

    private final String condition;

    Moment(String condition) {
      this.condition = "has(object.status.run) && has(object.status.phase) && " + condition;
    }
  }

  static Stream<Arguments> losses() {
    return Boolean.getBoolean("backstep.every-loss")
        ? Stream.of(Death.values())
            .flatMap(death -> Stream.of(Moment.values()).map(at -> Arguments.of(death, at)))
        : Stream.of(
            Arguments.of(Death.TERMINATED, Moment.BEFORE_AN_EFFECT),
            Arguments.of(Death.TERMINATED, Moment.SOAKING),
            Arguments.of(Death.KILLED, Moment.AFTER_AN_EFFECT),
            Arguments.of(Death.FROZEN, Moment.BEFORE_AN_EFFECT));
  }

  @BeforeAll
  static void startBothAtOnce() throws Exception {
    assumeTrue(AdmissionHook.isReachable(), AdmissionHook.SKIPPED);
    leaseNamespace = Cluster.get().newNamespace("lease");
    var lease =
        Map.of(
            "BACKSTEP_LEADER_LEASE",
            "backstep",
            "BACKSTEP_LEADER_NAMESPACE",
            leaseNamespace,
            "BACKSTEP_LEADER_DURATION",
            LEASE.toSeconds() + "s");
    second = operator.another(lease);
    CompletableFuture.allOf(
            CompletableFuture.runAsync(() -> operator.start(lease)),
            CompletableFuture.runAsync(second::restart))
        .join();
    first = operator.process();
    sorts = EverySort.open(operator, "leaders");
    sorts.shop().apply(PLAN);
    sorts.shop().awaitCondition("Executable", "True");
  }

  @AfterAll
  static void stop() {
    if (sorts != null) {
      sorts.close();
    }
    if (second != null) {
      second.close();
    }
  }

  @Test
  @Order(1)
  void oneOfThemLeads() {
    assertThat(List.of(first.log(), second.log()))
        .filteredOn(log -> log.contains(LEADS))
        .hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("losses")
  @Order(2)
  void theOtherCarriesTheRunOn(Death death, Moment moment) throws Exception {
    var leader = leader();
    var other = leader == first ? second : first;
    var known = other.log().length();
    var id = "INC-" + ++runs;
    var struckAt = new CompletableFuture<Long>();
    var saidBefore = new CompletableFuture<String>();
    try (var writes = MarkedWrites.in(sorts.shop());
        var hook =
            AdmissionHook.during(
                sorts.shop().namespace(),
                "backstep.dev",
                "rollbackplans/status",
                moment.condition,
                () -> {
                  saidBefore.complete(other.log().substring(known));
                  death.blow.accept(leader);
                  struckAt.complete(System.nanoTime());
                })) {
      sorts.run(id);
      var struck = struckAt.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(saidBefore.join()).as("steps of who stands by").doesNotContain("run=");
      says(other, known, LEADS);
      var leads = System.nanoTime();
      if (death == Death.FROZEN) {
        leader.thaw();
      }
      says(other, known, "run=" + id);
      LOG.infof(
          "%s %s: the other leads after %d ms, and does the next step after %d ms",
          death, moment, millis(leads - struck), millis(System.nanoTime() - struck));
      Awaitility.await("the end of whoever leads no more")
          .atMost(PATIENCE)
          .until(() -> !leader.isAlive());
      sorts.reaches(id, Phase.Recovered);
      assertThat(writes.names()).containsExactly("web");
      assertThat(hook.requests()).isPositive();
    }
    isDoneOnceInEachRun();
    if (death == Death.TERMINATED) {
      assertThat(leader.log()).contains(GIVEN_UP);
    }
    if (!leader.isAlive()) {
      leader.restart();
    }
  }

  /** Whoever leads does not protect the others from a process that knows of no lease. */
  @Test
  @Order(3)
  void whoKnowsOfNoLeaseDoesNothingTwice() throws Exception {
    try (var stranger = operator.another()) {
      for (var i = 0; i < 5; i++) {
        var id = "INC-" + ++runs;
        sorts.run(id);
        sorts.reaches(id, Phase.Recovered);
        isDoneOnceInEachRun();
      }
      assertThat(stranger.log()).as("steps that the stranger wrote").contains("run=INC-");
    }
  }

  private static void isDoneOnceInEachRun() throws Exception {
    assertThat(sorts.caps())
        .as("after %d runs", runs)
        .containsExactly("mails=" + (10 + runs), "none=null", "posts=" + (20 + runs));
  }

  private static OperatorProcess leader() {
    var holder =
        Cluster.get()
            .client()
            .leases()
            .inNamespace(leaseNamespace)
            .withName("backstep")
            .require()
            .getSpec()
            .getHolderIdentity();
    return first.log().contains(holder + "," + LEADS) ? first : second;
  }

  private static void says(OperatorProcess process, int since, String what) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> process.log().substring(since).contains(what));
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web}
      spec:
        serviceAccountName: runner
        verification: {soak: 2s}
        gates:
        - {name: ready, interval: 1s, within: 20s, consecutiveSuccessLimit: 1,
           consecutiveFailureLimit: 1, workload: {kind: Deployment, name: web}}
        levels:
        - name: quiet
          actions:
          - {name: anew, restart: {workloads: [{kind: Deployment, name: web}]}}
          - name: raise
            sql:
              effect: Repair
              destructive: false
              databaseRef: {name: db}
              statements: UPDATE limits SET cap = cap + 1 WHERE cap IS NOT NULL
              maxRows: 2
      """;
}
