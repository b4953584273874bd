package dev.backstep.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.simulation.MemoryCluster;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is remembered of plans does not outlive them. */
class MemoriesTest {
  private final MemoryCluster cluster = new MemoryCluster();
  private final List<RollbackPlan> cached = new ArrayList<>();
  private final List<String> forgotten = new ArrayList<>();
  private final Memories memories = new Memories(List.of(forgotten::add), cluster.clock());

  private RollbackPlan plan(String name, String uid) {
    var plan = new RollbackPlan();
    plan.getMetadata().setNamespace(MemoryCluster.NAMESPACE);
    plan.getMetadata().setName(name);
    plan.getMetadata().setUid(uid);
    return plan;
  }

  private Optional<RollbackPlan> find(ResourceID id) {
    return cached.stream().filter(plan -> ResourceID.fromResource(plan).equals(id)).findFirst();
  }

  private RollbackPlan seen(String name, String uid) {
    var plan = plan(name, uid);
    cached.add(plan);
    memories.seen(plan, this::find);
    return plan;
  }

  @Test
  void aPlanThatVanishedIsForgotten() {
    // given
    var other = seen("other", "uid-1");
    cached.remove(seen("gone", "uid-2"));

    // when
    cluster.pass(Duration.ofMinutes(1));
    memories.seen(other, this::find);

    // then
    assertThat(forgotten).containsExactly("uid-2");
  }

  @Test
  void aPlanThatWasCreatedAgainIsAnotherOne() {
    // given
    cached.remove(seen("web", "uid-1"));

    // when
    seen("web", "uid-2");

    // then
    assertThat(forgotten).containsExactly("uid-1");
  }

  @Test
  void itIsNotLookedInEveryPass() {
    // given
    var other = seen("other", "uid-1");
    cached.remove(seen("gone", "uid-2"));

    // when
    memories.seen(other, this::find);

    // then
    assertThat(forgotten).isEmpty();
  }
}
