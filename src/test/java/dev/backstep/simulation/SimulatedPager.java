package dev.backstep.simulation;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.notification.Notice;
import dev.backstep.rollbackplan.status.PlanNotices;
import dev.backstep.rollbackplan.view.PlanView;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who is told what happens: takes letters, or answers that it cannot. TOLD: what happens first is
 * told first. There is no rest before everything was told that the plan's status ever said.
 */
final class SimulatedPager implements SimulatedApiServer.Listener {
  private static final int TAKEN = 200;
  private static final int AWAY = 503;

  private final Simulation world;
  private final Set<String> due = new HashSet<>();
  private final Set<String> taken = new HashSet<>();
  private final Map<String, Long> last = new HashMap<>();
  private long awayUntil;

  SimulatedPager(Simulation world) {
    this.world = world;
  }

  /** It takes nothing for so long. */
  void away(long millis) {
    awayUntil = world.time().elapsed() + millis;
  }

  boolean isAway() {
    return world.time().elapsed() < awayUntil;
  }

  /** A letter comes, whose key is {@code <uid>/<claim>/<seq>}. */
  Answer handle(String key) {
    if (isAway()) {
      return new Answer(AWAY, TextNode.valueOf(""));
    }
    world.done();
    if (taken.add(key)) {
      var cut = key.lastIndexOf('/');
      var seq = Long.parseLong(key.substring(cut + 1));
      var before = last.put(key.substring(0, cut), seq);
      if (before != null && before > seq) {
        world.violated("TOLD", "step %d was told before %d".formatted(before, seq), null);
      }
    }
    return new Answer(TAKEN, TextNode.valueOf(""));
  }

  /**
   * What is news once is to be told, also where the operator took it out of the status; what
   * somebody else took out of it is known to nobody.
   */
  @Override
  public void written(SimulatedApiServer.Write write) {
    if (!SimulatedApiServer.isLadder(write)) {
      return;
    }
    if (write.after() == null
        || !write.writer().operator() && !write.after().at("/status/transitions").isArray()) {
      due.clear();
    } else {
      var plan = (RollbackPlan) world.typed(write.after());
      PlanNotices.of(plan, PlanView.statusOf(plan)).notices().stream()
          .map(notice -> key(plan, notice))
          .forEach(due::add);
    }
  }

  /** True while something was not told. */
  boolean hasNews() {
    return world.plan() != null && !taken.containsAll(due);
  }

  private static String key(RollbackPlan plan, Notice notice) {
    return "%s/%s/%d".formatted(plan.getMetadata().getUid(), notice.claim(), notice.seq());
  }
}
