package dev.backstep.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What wakes a plan; its own status does not, or it would wake itself for ever. */
class RelevantUpdatesTest {
  private static RollbackPlan plan(UnaryOperator<ObjectMetaBuilder> change) {
    var plan = new RollbackPlan();
    var metadata = new ObjectMetaBuilder().withName("web").withGeneration(1L);
    plan.setMetadata(change.apply(metadata).build());
    return plan;
  }

  private static boolean wakes(UnaryOperator<ObjectMetaBuilder> change) {
    return new RelevantUpdates().accept(plan(change), plan(it -> it));
  }

  @Test
  void anEditWakes() {
    assertThat(wakes(it -> it.withGeneration(2L))).isTrue();
  }

  @Test
  void aDeletionAndTheFinalizerWake() {
    assertThat(wakes(it -> it.withDeletionTimestamp("2026-11-21T12:00:00Z"))).isTrue();
    assertThat(wakes(it -> it.withFinalizers("backstep.dev/rollbackplan"))).isTrue();
  }

  @Test
  void aHumansWishForANewLookWakes() {
    assertThat(wakes(it -> it.addToAnnotations("backstep.dev/requested-at", "1"))).isTrue();
    assertThat(wakes(it -> it.addToAnnotations("example.com/note", "1"))).isFalse();
  }

  @Test
  void theStatusDoesNotWake() {
    var written = plan(it -> it.withResourceVersion("2"));
    written.setStatus(RollbackPlanStatusBuilder.builder().holding(1).build());

    assertThat(new RelevantUpdates().accept(written, plan(it -> it))).isFalse();
  }
}
