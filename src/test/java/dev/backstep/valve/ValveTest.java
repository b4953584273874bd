package dev.backstep.valve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.claim.Claims;
import dev.backstep.cluster.Annotations;
import dev.backstep.journal.MemoryTable;
import dev.backstep.resource.Rest;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.valve.Valve.Position;
import dev.backstep.valve.Valve.Turn;
import dev.backstep.valve.ValveLoop.ValveClaims;
import dev.backstep.valve.ValveLoop.ValveWakeups;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A kind that is no RollbackPlan is carried on by the same parts, killed anywhere or not. */
class ValveTest {
  private static final String VALVE =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: Valve
      metadata: {name: main}
      spec: {deployment: web, replicas: 0%s}
      """;

  private final MemoryTable journal = new MemoryTable();
  private final MemoryCluster cluster = new MemoryCluster(journal);
  private final List<String> woken = new ArrayList<>();

  @BeforeEach
  void target() throws Exception {
    cluster.givenDeployment("web", 3, "app:v1");
    var source = cluster.bean(ValveWakeups.class).eventSource();
    source.setEventHandler(event -> woken.add(event.getRelatedCustomResourceID().getName()));
    source.start();
  }

  private Valve valve() {
    return cluster.find(Valve.class, "valves", "main").orElseThrow();
  }

  private Deployment web() {
    return cluster.find(Deployment.class, "deployments", "web").orElseThrow();
  }

  private Valve put(Valve valve) {
    return cluster.client().resource(valve).updateStatus();
  }

  private Rest<Valve> pass(ValveLoop loop) {
    var rest = loop.reconcile(valve(), this::put);
    cluster.pass(Duration.ofSeconds(3));
    return rest;
  }

  private List<String> events() {
    return cluster.names("events").stream()
        .map(name -> cluster.find(Event.class, "events", name).orElseThrow())
        .filter(event -> event.getInvolvedObject().getKind().equals("Valve"))
        .map(Event::getReason)
        .toList();
  }

  @Test
  void itIsClaimedTurnedAndRecorded() {
    // given
    cluster.given(VALVE.formatted(""));
    var loop = cluster.bean(ValveLoop.class);

    // when
    pass(loop);
    pass(loop);
    pass(loop);

    // then
    var claim = Claims.name(valve(), "1");
    assertThat(web().getSpec().getReplicas()).isZero();
    assertThat(Annotations.of(web()).get(Annotations.MARK)).startsWith(claim + "/turn/apply/1/0");
    assertThat(valve().said().intent()).isNull();
    assertThat(valve().said().turns())
        .extracting(Turn::phase)
        .containsExactly(Position.Claimed, Position.Turning, Position.Turned);
    assertThat(cluster.bean(ValveClaims.class).ownerOf(MemoryCluster.NAMESPACE, claim))
        .contains("main");
    assertThat(events()).containsExactlyInAnyOrder("Claimed", "Turning", "Turned");
    assertThat(journal.rows()).contains("uid-2 1", "uid-2 2", "uid-2 3");
    assertThat(woken).isNotEmpty().containsOnly("main");
  }

  @Test
  void whatIsTurnedIsNotWrittenAgain() {
    // given
    itIsClaimedTurnedAndRecorded();
    cluster.requests();

    // when
    pass(cluster.bean(ValveLoop.class));

    // then
    assertThat(cluster.requests()).allMatch(request -> request.startsWith("GET"));
  }

  @Test
  void aProcessThatWasKilledBeforeItSentIsSucceeded() {
    // given
    cluster.given(VALVE.formatted(""));
    pass(cluster.bean(ValveLoop.class));
    assertThatThrownBy(
            () ->
                cluster
                    .bean(ValveLoop.class)
                    .reconcile(
                        valve(),
                        valve -> {
                          put(valve);
                          throw new IllegalStateException("killed");
                        }))
        .hasMessage("killed");
    assertThat(valve().said().intent()).isNotNull();

    // when
    var successor = cluster.another(ValveLoop.class);
    pass(successor);
    pass(successor);

    // then
    assertThat(web().getSpec().getReplicas()).isZero();
    assertThat(valve().said().intent()).isNull();
  }

  @Test
  void aStaleProcessWritesNothing() {
    // given
    cluster.given(VALVE.formatted(""));
    var stale = valve();
    pass(cluster.bean(ValveLoop.class));

    // when
    var rest = cluster.another(ValveLoop.class).reconcile(stale, this::put);

    // then
    assertThat(rest.pause()).isEqualTo(Duration.ofSeconds(1));
    assertThat(valve().said().turns()).hasSize(1);
  }

  @Test
  void whatTheApiServerRefusesIsSaid() {
    // given
    cluster.given(VALVE.formatted(""));
    cluster.refuse("POST", "controllerrevisions", 503, "ServiceUnavailable", "etcd is away");

    // when
    pass(cluster.bean(ValveLoop.class));

    // then
    assertThat(valve().said().conditions())
        .extracting(Condition::getType, Condition::getReason)
        .containsExactly(tuple(ConditionTypes.HELD_UP, Reasons.API_REQUEST_FAILED));
    assertThat(valve().said().conditions().get(0).getMessage()).contains("the Valve stands still");
  }

  @Test
  void whatANewerVersionWroteIsLeftAlone() {
    // given
    cluster.given(VALVE.formatted(", colour: red"));

    // when
    pass(cluster.bean(ValveLoop.class));

    // then
    assertThat(valve().said().reason()).isEqualTo(Reasons.NOT_UNDERSTOOD);
    assertThat(valve().said().conditions().get(0).getMessage()).contains("spec.colour");
    assertThat(events()).containsExactly(Reasons.NOT_UNDERSTOOD);
    assertThat(web().getSpec().getReplicas()).isEqualTo(3);
  }
}
