package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.simulation.MemoryCluster;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plans that a newer version wrote are left alone, and say so. */
class UnreadablePlansTest {
  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web}
      spec: {serviceAccountName: runner, gates: [], levels: [], %s}
      status: {%s}
      """;

  private final MemoryCluster cluster = new MemoryCluster();
  private final List<RollbackPlan> written = new ArrayList<>();

  private RollbackPlan plan(String spec, String status) {
    cluster.given(PLAN.formatted(spec, status));
    return cluster.plan();
  }

  private void report(RollbackPlan plan) {
    cluster
        .bean(UnreadablePlans.class)
        .report(
            plan,
            plan.unreadable().orElseThrow(),
            it -> {
              written.add(it);
              return it;
            });
  }

  private List<String> events() {
    cluster.pass(Duration.ofSeconds(1));
    return cluster.names("events").stream()
        .map(name -> cluster.find(Event.class, "events", name).orElseThrow().getMessage())
        .toList();
  }

  @Test
  void aSpecOfANewerVersionIsSaidToBeNotUnderstood() {
    // given
    var plan = plan("future: true", "");

    // when
    report(plan);
    report(plan);

    // then
    assertThat(written.get(0).getStatus().conditions())
        .extracting(Condition::getType, Condition::getStatus, Condition::getReason)
        .containsExactly(
            tuple(ConditionTypes.READY, "False", Reasons.NOT_UNDERSTOOD),
            tuple(ConditionTypes.STALLED, "True", Reasons.NOT_UNDERSTOOD));
    assertThat(events()).singleElement().asString().contains("spec.future", "Upgrade the operator");
  }

  /** Writing it would lose what it says. */
  @Test
  void aStatusOfANewerVersionIsNotWritten() {
    // when
    report(plan("", "future: true"));

    // then
    assertThat(written).isEmpty();
    assertThat(events()).singleElement().asString().contains("status.future");
  }

  @Test
  void whatItHeldWhenItWasDeletedIsSaid() {
    // given
    var holds =
        "holds: [{run: INC-1, claim: c, action: a, type: scale, kind: Deployment, name: web}]";

    // when
    var unreadable = cluster.bean(UnreadablePlans.class);
    unreadable.deleted(plan("future: true", holds), "spec.future");
    unreadable.deleted(plan("future: true", ""), "spec.future");

    // then
    assertThat(events()).singleElement().asString().contains("What it held stays held");
  }
}
